#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vdoc::test {

/// A box of ISO 14496-12, where it lies.
struct box {
  std::string type;
  std::size_t begin = 0; ///< of its header
  std::size_t body = 0;  ///< behind the header
  std::size_t end = 0;
};

/// The boxes that lie side by side in [from, to). Throws std::runtime_error when one does not fit.
std::vector<box> boxes_in(std::string_view bytes, std::size_t from, std::size_t to);
/// The first box at a path like "moov/trak/mdia". Throws std::runtime_error when there is none.
box box_at(std::string_view bytes, std::string_view path);
bool has_box(std::string_view bytes, std::string_view path);

std::uint64_t big_endian(std::string_view bytes, std::size_t at, std::size_t size);

/// What the init segment of one CMAF track says.
struct track_header {
  std::uint32_t timescale = 0;
  std::string handler;         ///< "vide", "soun"
  std::string sample_entry;    ///< "avc1", "mp4a"
  std::string codec_config;    ///< avcC's body, or AudioSpecificConfig
  std::int64_t edit_begin = 0; ///< media time that is shown at 0 (elst); 0 without an edit list
  std::uint32_t default_duration = 0, default_size = 0, default_flags = 0; ///< trex
  int width_px = 0, height_px = 0;                                         ///< of the sample entry
};
track_header read_init(std::string_view bytes);

/// A sample of a movie fragment; times in ticks with the edit list applied.
struct sample_seen {
  std::int64_t pts = 0, dts = 0;
  std::uint32_t duration = 0;
  bool sync = false;
  std::string_view bytes; ///< into the segment that was given
};
struct movie_fragment {
  std::uint32_t sequence = 0;
  std::int64_t decode_time = 0; ///< tfdt, with the edit list applied
  std::vector<sample_seen> samples;
};
/// All movie fragments of a media segment; samples point into `bytes`.
std::vector<movie_fragment> read_fragments(std::string_view bytes, const track_header& header);

} // namespace vdoc::test
