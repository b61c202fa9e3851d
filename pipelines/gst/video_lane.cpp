#include "pipelines/gst/video_lane.hpp"

#include <xxhash.h>

#include <utility>

namespace vdoc::gst {

using fragment::unknown_time;

video_lane::video_lane(const demux_request& request,
                       std::function<void(const fragment::fragment&)> tell)
    : tell_{std::move(tell)}, rules_{.target = request.segment,
                                     .only_at_idr = request.cut_only_at_idr},
      files_{request.work, request.first_wanted} {
  if (request.probe.video.empty() || request.probe.video.front().fps_numerator <= 0)
    return;
  const auto& video = request.probe.video.front();
  usual_duration_ = fragment::timestamp{std::int64_t{1'000'000'000} * video.fps_denominator /
                                        video.fps_numerator};
}

/// Parsers make a duration of the rate that a stream claims, which may be a million pictures a
/// second.
fragment::timestamp video_lane::duration_of(const fragment::access_unit& unit) const {
  constexpr auto shortest = std::chrono::microseconds{500};
  return unit.duration >= shortest ? unit.duration : usual_duration_;
}

void video_lane::set_format(const video_format& format) {
  if (!formats_.empty() && format == format_)
    return;
  format_ = format;
  formats_.push_back(format);
}

/// The first format decides how the whole stream is ordered and cut.
void video_lane::start() {
  rules_.ordered_only = format_.stored.ordered_only;
  auto how = fragment::reordering_of(format_.read.codec);
  if (how == fragment::reordering::free && format_.only_decode_times)
    how = fragment::reordering::none;
  order_.emplace(how, format_.only_decode_times);
  cutter_.emplace(rules_, fragment::stored_size(formats_.front().stored));
}

void video_lane::put(parsed_unit one) {
  if (!order_)
    start();
  ++units_;
  if (first_field_ || one.header.field)
    join_fields(std::move(one));
  else
    order(std::move(one));
}

/// Two fields that follow each other are one picture, and one access unit for us.
void video_lane::join_fields(parsed_unit one) {
  if (!first_field_) {
    first_field_ = std::move(one);
    return;
  }
  auto first = std::move(*first_field_);
  first_field_.reset();
  if (!one.header.field || one.header.key != fragment::key_kind::none) {
    order(std::move(first));
    put(std::move(one));
    --units_;
    return;
  }
  auto& bytes = first.unit.bytes;
  bytes.insert(bytes.end(), one.unit.bytes.begin(), one.unit.bytes.end());
  first.unit.duration += one.unit.duration;
  if (first.unit.pts == unknown_time)
    first.unit.pts = one.unit.pts;
  order(std::move(first));
}

void video_lane::order(parsed_unit one) {
  one.unit.duration = duration_of(one.unit);
  fragment::picture picture;
  auto& header = picture.header;
  header.pts = one.unit.pts;
  header.dts = one.unit.dts;
  header.duration = one.unit.duration;
  header.key = one.header.key;
  header.shown = one.shown && !one.header.hidden;
  header.stored_bytes = fragment::stored_size(one.unit);
  header.digest = XXH3_64bits(one.unit.bytes.data(), one.unit.bytes.size());
  picture.kind = one.header.kind;
  picture.ticket = next_ticket_++;
  one.unit.key = one.header.key != fragment::key_kind::none;
  held_.push_back({std::move(one.unit), formats_.size() - 1});
  cut(order_->put(picture));
}

void video_lane::cut(const std::vector<fragment::picture>& pictures) {
  for (const auto& picture : pictures) {
    auto held = std::move(held_.front());
    held_.pop_front();
    if (std::exchange(cut_format_, held.format) != held.format)
      cutter_->format_changes(fragment::stored_size(formats_[held.format].stored));
    if (!rules_.ordered_only)
      held.unit.pts = picture.header.pts;
    else
      held.unit.pts = unknown_time;
    held.unit.dts = picture.header.dts;
    const auto decisions = cutter_->on(picture.header);
    for (const auto& one : files_.carry_out(decisions, held.unit, formats_[held.format].stored))
      tell_(one);
  }
}

void video_lane::end() {
  if (!order_)
    return;
  if (first_field_)
    order(*std::exchange(first_field_, std::nullopt));
  cut(order_->end());
  for (const auto& one : files_.carry_out(cutter_->end(), {}, {}))
    tell_(one);
}

fragment::timestamp video_lane::end_time() const {
  return cutter_ ? cutter_->last_end() : fragment::timestamp{0};
}

std::vector<std::string> video_lane::warnings() const {
  std::vector<std::string> out;
  if (!cutter_)
    return out;
  const auto say = [&](std::uint64_t lost, const std::string& why) {
    if (lost > 0)
      out.push_back("pictures lost " + why + ": " + std::to_string(lost));
  };
  say(cutter_->undecodable(), "at the start, where the key frame they need is missing");
  say(cutter_->late(), "because they came out of order");
  return out;
}

} // namespace vdoc::gst
