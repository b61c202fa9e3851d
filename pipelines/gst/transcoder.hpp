#pragma once

#include "pipelines/fault.hpp"
#include "pipelines/fragment/fragment.hpp"
#include "pipelines/gst/turn.hpp"
#include "pipelines/ladder/ladder.hpp"
#include "pipelines/probe/source_probe.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace vdoc::gst {

struct encode_options {
  std::string preset = "veryfast"; ///< x264's names
  int crf = 23;
};

/// A small picture taken along while transcoding, for thumbnails and the document.
struct picture {
  fragment::timestamp pts{0};
  std::uint64_t hash = 0; ///< perceptual (64 bits of a DCT): near pictures, few bits apart
  std::array<std::uint8_t, 256> luma{}; ///< 16 x 16 mean luma, for scene cuts
  std::string jpeg; ///< file name relative to the work folder; at most 960 px wide
};

/// What is asked of one fragment.
struct transcode_request {
  fragment::fragment piece;
  std::filesystem::path work;         ///< where the run is
  std::filesystem::path results = {}; ///< where what is made goes; empty: there, too
  probe::video_stream source;
  std::vector<ladder::rendition> ladder; ///< the whole ladder: the cascade of scales follows it
  std::vector<std::string> wanted;       ///< names to encode now: bytes do not depend on which
  encode_options options;
  std::chrono::milliseconds picture_every{0}; ///< 0: none
  std::chrono::seconds patience{10};          ///< without progress, then it is torn down
  bool bridge = false; ///< black pictures instead of the run, which is not opened

  [[nodiscard]] const std::filesystem::path& made_in() const {
    return results.empty() ? work : results;
  }
};

struct encoded_rendition {
  std::string name;
  std::string
      file; ///< of access units (avc, AUD-free), relative to made_in(): encoded/<name>/<index>.au
  std::uint32_t frames = 0;
  std::uint64_t bytes = 0;                ///< of the access units
  std::vector<std::uint8_t> codec_config; ///< avcC
  std::string colorimetry;                ///< as written into the stream
};

/// Pictures of a fragment that something is wrong with.
struct damage {
  std::uint32_t pictures = 0;
  fragment::timestamp first{0}, last{0}; ///< when those are shown
  void add(fragment::timestamp at) {
    first = pictures == 0 ? at : std::min(first, at);
    last = pictures == 0 ? at : std::max(last, at);
    ++pictures;
  }
};

struct transcode_result {
  std::vector<encoded_rendition> renditions; ///< the copied one too, when it was wanted
  std::vector<picture> pictures;
  std::uint32_t frames_decoded = 0;     ///< shown pictures in [begin, end)
  damage lost;                          ///< access units of the fragment that gave no picture
  damage concealed;                     ///< pictures of which the decoder made up a part
  std::chrono::nanoseconds cpu{0};      ///< of this process meanwhile
  std::chrono::nanoseconds wall{0};     ///< since it had its turn
  std::chrono::nanoseconds overhead{0}; ///< wall minus the time between first push and last pull
};

/// Decodes a fragment once, scales in a cascade and encodes the wanted renditions, with one thread
/// of x264 each, so that the bytes are a function of the request alone. Keeps the decoder of the
/// last run open, so that the next fragment of a long run goes on where it is. A fragment of which
/// nothing can be decoded becomes black pictures, all counted as lost. One thread; blocks.
class transcoder {
public:
  /// `shared` is waited for before several rungs are encoded.
  explicit transcoder(turn shared = {});
  ~transcoder();
  /// Throws vdoc::failure. `cancelled` is looked at at least every 100 ms.
  transcode_result run(const transcode_request& request, const std::atomic<bool>& cancelled);
  /// The graphs of the last request in gst-launch's notation, one a line.
  [[nodiscard]] std::string launch_lines() const;

private:
  struct engine;
  std::unique_ptr<engine> engine_;
};

} // namespace vdoc::gst
