#pragma once

#include "pipelines/fragment/cutter.hpp"
#include "pipelines/fragment/display_order.hpp"
#include "pipelines/fragment/picture_header.hpp"
#include "pipelines/gst/demuxer.hpp"
#include "pipelines/gst/run_files.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace vdoc::gst {

/// An access unit with what its stream and its own headers say.
struct parsed_unit {
  fragment::access_unit unit;
  fragment::picture_header header;
  bool shown = true;
};

/// What a video stream's caps mean for taking it apart.
struct video_format {
  fragment::stream_format stored;
  fragment::bitstream_format read;
  bool only_decode_times = false; ///< of the container
  friend bool operator==(const video_format&, const video_format&) = default;
};

/// From the access units of a stream to fragments on disk. One thread.
class video_lane {
public:
  /// `tell` gets the fragments in order; it may block.
  video_lane(const demux_request& request, std::function<void(const fragment::fragment&)> tell);

  /// The units that follow have this format.
  void set_format(const video_format& format);
  [[nodiscard]] const video_format& format() const { return format_; }
  /// Takes the next unit in decode order, its times on the job's timeline.
  void put(parsed_unit one);
  void end();

  [[nodiscard]] fragment::timestamp end_time() const;
  [[nodiscard]] std::uint64_t units() const noexcept { return units_; }
  /// What was lost or repaired, for people.
  [[nodiscard]] std::vector<std::string> warnings() const;

private:
  struct held_unit {
    fragment::access_unit unit;
    std::size_t format = 0; ///< how many formats there were before
  };
  [[nodiscard]] fragment::timestamp duration_of(const fragment::access_unit& unit) const;
  void join_fields(parsed_unit one);
  void order(parsed_unit one);
  void cut(const std::vector<fragment::picture>& pictures);
  void start();

  std::function<void(const fragment::fragment&)> tell_;
  fragment::cut_rules rules_;
  fragment::timestamp usual_duration_{0}; ///< by the rate that was measured; 0: not known
  run_files files_;
  video_format format_;
  std::vector<video_format> formats_; ///< all so far: the last is `format_`
  std::size_t cut_format_ = 0;        ///< the one that the cutter has been told of
  std::optional<fragment::display_order> order_;
  std::optional<fragment::cutter> cutter_;
  std::optional<parsed_unit> first_field_;
  std::deque<held_unit> held_; ///< what the order holds back, in order
  std::uint64_t next_ticket_ = 0;
  std::uint64_t units_ = 0;
};

} // namespace vdoc::gst
