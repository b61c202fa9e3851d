#pragma once

#include "pipelines/fragment/access_unit.hpp"

#include <cstdint>
#include <string>

namespace vdoc::fragment {

/// The unit of work, of parallelism, of retry, of progress and of resume: the pictures of one
/// segment, with what decoding them needs.
///
/// A *run* is a file of access units that begins at a key frame K. It holds K up to the next cut
/// K', then K' itself and the pictures after it that are shown before it, because those lean on
/// K'. Usually a run holds one fragment. When key frames are too far apart for the segment length,
/// one run carries several fragments that follow each other, each reading a longer prefix; a
/// worker that has just decoded the previous one goes on where it is.
struct fragment {
  std::uint32_t index = 0;     ///< 0, 1, 2, ... over the whole job
  std::string run;             ///< file name of the run, relative to the job's work folder
  std::uint64_t run_bytes = 0; ///< the prefix of the run that this fragment needs
  bool run_ends = true;        ///< no unit follows the prefix: the decoder may be drained
  std::uint32_t skip = 0;      ///< `ordered_only` runs: pictures of the run shown before `begin`
  timestamp begin{0};       ///< first picture shown; pictures with begin <= pts < end belong here
  timestamp end{0};         ///< of the next fragment's first picture, or of the stream
  std::uint32_t frames = 0; ///< access units with begin <= pts < end
  std::string hash;         ///< of the bytes and times of those units: the fragment's fingerprint

  friend bool operator==(const fragment&, const fragment&) = default;
};

} // namespace vdoc::fragment
