#pragma once

#include "pipelines/gst/demuxer.hpp"

#include <functional>
#include <memory>
#include <string>

namespace vdoc::gst {

/// From the access units of one audio track to chunks on disk, about as long as a segment each.
/// A unit without a time follows the one before. A chunk has its name only once it is complete:
/// when a source is read again, an encoder may be reading the same chunk from before. One thread.
class audio_lane {
public:
  audio_lane(const demux_request& request, std::uint32_t track,
             std::function<void(const audio_chunk&)> tell);

  void set_format(const std::string& caps);
  void put(fragment::access_unit unit);
  /// Tells the last chunk, empty if need be.
  void end();

  [[nodiscard]] fragment::timestamp end_time() const noexcept { return end_; }
  [[nodiscard]] std::uint64_t units() const noexcept { return units_; }

private:
  void open();
  void close(bool last);
  [[nodiscard]] std::filesystem::path aside() const; ///< where the chunk lies until it is complete

  std::filesystem::path work_;
  std::chrono::milliseconds length_;
  std::function<void(const audio_chunk&)> tell_;
  fragment::stream_format format_;
  audio_chunk chunk_;
  std::unique_ptr<fragment::access_unit_writer> out_;
  fragment::timestamp end_{0};
  fragment::timestamp last_{0}; ///< pts of the unit before
  std::uint64_t units_ = 0;
};

} // namespace vdoc::gst
