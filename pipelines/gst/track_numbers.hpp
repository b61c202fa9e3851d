#pragma once

#include "pipelines/gst/movie_boxes.hpp"
#include "pipelines/gst/source_reader.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vdoc::gst {

/// Which track of the probe a stream is. The same for the same source every time, so that inspect
/// and the demuxer speak of the same track; a stream that comes again (MPEG-TS) keeps its number.
class track_numbers {
public:
  struct numbered {
    stream_kind kind = stream_kind::other;
    std::uint32_t track = 0; ///< among the usable ones of its kind
    bool is_new = true;      ///< false: seen before under the same id
    std::string refused;     ///< why it is not usable; empty when it is
    std::string name;        ///< for people
  };
  explicit track_numbers(movie_boxes boxes) : boxes_{std::move(boxes)} {}
  numbered of(const source_stream& stream);

  /// What the boxes say of a stream; null for other containers.
  [[nodiscard]] const movie_track* boxes_of(const source_stream& stream) const;

private:
  movie_boxes boxes_;
  std::map<std::string, numbered> known_;
  std::uint32_t video_ = 0;
  std::uint32_t audio_ = 0;
  std::uint32_t text_ = 0;
};

} // namespace vdoc::gst
