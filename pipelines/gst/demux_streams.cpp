#include "pipelines/gst/demux_streams.hpp"

#include "pipelines/fragment/h264_reordering.hpp"
#include "pipelines/gst/key_survey.hpp"
#include "pipelines/gst/source_formats.hpp"

#include <algorithm>
#include <cmath>
#include <system_error>

namespace vdoc::gst {

namespace {

using namespace std::chrono_literals;
using fragment::timestamp;
using fragment::unknown_time;

std::vector<std::uint8_t> configuration_of(const GstCaps* caps) {
  const auto* value = gst_structure_get_value(gst_caps_get_structure(caps, 0), "codec_data");
  auto* config = value != nullptr ? gst_value_get_buffer(value) : nullptr;
  std::vector<std::uint8_t> out;
  if (config != nullptr) {
    out.resize(gst_buffer_get_size(config));
    gst_buffer_extract(config, 0, out.data(), out.size());
  }
  return out;
}

/// Decoders get the picture alone: with alpha in the caps, one that wants a second stream is
/// chosen.
std::string stored_caps(const GstCaps* caps) {
  const owned<GstCaps> plain{gst_caps_copy(caps)};
  gst_structure_remove_field(gst_caps_get_structure(plain.get(), 0), "codec-alpha");
  const owned<char> text{gst_caps_to_string(plain.get())};
  return text.get();
}

video_format format_of(const source_stream& stream, bool only_decode_times) {
  video_format out;
  const auto* caps = stream.caps.get();
  out.stored.caps = stored_caps(caps);
  out.read = bitstream_of(caps);
  out.only_decode_times = only_decode_times;
  const auto codec = out.read.codec;
  const auto may_reorder =
      codec == fragment::bitstream::h265 || codec == fragment::bitstream::vc1 ||
      (codec == fragment::bitstream::h264 && fragment::may_reorder_h264(configuration_of(caps)));
  out.stored.ordered_only = only_decode_times && stream.kind == stream_kind::video && may_reorder;
  return out;
}

/// Setup packets that are in the caps as well.
bool is_header(const source_stream& stream, const source_unit& unit) {
  if (!GST_BUFFER_FLAG_IS_SET(unit.bytes, GST_BUFFER_FLAG_HEADER))
    return false;
  return gst_structure_has_field(gst_caps_get_structure(stream.caps.get(), 0), "streamheader");
}

fragment::access_unit copied(const source_unit& unit) {
  fragment::access_unit out{unit.pts, unit.dts, unit.duration, unit.key, {}};
  out.bytes.resize(gst_buffer_get_size(unit.bytes));
  gst_buffer_extract(unit.bytes, 0, out.bytes.data(), out.bytes.size());
  return out;
}

} // namespace

demux_streams::demux_streams(const demux_request& request, demux_listener& told, credit& tokens,
                             std::atomic<std::uint64_t>& beats)
    : request_{request}, told_{told}, tokens_{tokens}, beats_{beats},
      only_decode_times_{request.probe.container == "avi"}, numbers_{read_movie_boxes(
                                                                request.source)},
      video_{request, [this](const fragment::fragment& one) { tell(one); }}, gate_{std::in_place} {
  for (const auto track : request.audio_tracks)
    audio_.try_emplace(track, request, track,
                       [this](const audio_chunk& one) { told_.on_audio(one); });
}

bool demux_streams::on_stream(source_stream& stream) {
  const auto number = numbers_.of(stream);
  if (!number.refused.empty())
    return false;
  target to;
  to.kind = number.kind;
  to.track = number.track;
  const auto asked = [&](const std::vector<std::uint32_t>& tracks) {
    return std::find(tracks.begin(), tracks.end(), number.track) != tracks.end();
  };
  switch (number.kind) {
  case stream_kind::video:
    if (!request_.video)
      return false;
    break;
  case stream_kind::audio: {
    const auto late = !gate_ && !audio_.empty() && number.is_new; // may go on where another ended
    if (!asked(request_.audio_tracks) && !late)
      return false;
    if (asked(request_.audio_tracks))
      audio_streams_[number.track] = &stream;
    break;
  }
  case stream_kind::text:
    if (!asked(request_.subtitle_tracks))
      return false;
    to.markup =
        codec_name(stream.offered.get()) == "ssa" ? text_markup::substation : text_markup::tags;
    break;
  default:
    return false;
  }
  if (gate_ && number.kind == stream_kind::audio)
    gate_->expect(stream.number, false);
  targets_[stream.number] = to;
  return true;
}

void demux_streams::on_format(source_stream& stream) {
  const auto to = targets_.find(stream.number);
  if (to != targets_.end())
    to->second.format = std::make_shared<const video_format>(format_of(stream, only_decode_times_));
}

/// The picture track that inspect put first, or its continuation under another number.
bool demux_streams::claim_video(source_stream& stream) {
  if (video_stream_ == &stream)
    return true;
  if (video_stream_ != nullptr && !video_stream_->ended)
    return false;
  const auto wanted = request_.probe.video.empty() ? "" : request_.probe.video.front().codec;
  if (!wanted.empty() && codec_name(stream.caps.get()) != wanted)
    return false;
  video_stream_ = &stream;
  if (gate_)
    gate_->expect(stream.number, true);
  return true;
}

demux_streams::target* demux_streams::target_of(source_stream& stream) {
  const auto found = targets_.find(stream.number);
  if (found == targets_.end() || !found->second.format)
    return nullptr;
  auto& to = found->second;
  if (to.kind == stream_kind::video)
    return claim_video(stream) ? &to : nullptr;
  if (to.kind != stream_kind::audio || audio_.contains(to.track))
    return &to;
  for (auto& [track, one] : audio_streams_)
    if (one->ended) {
      one = &stream;
      to.track = track;
      return &to;
    }
  return nullptr;
}

bool demux_streams::on_unit(source_stream& stream, const source_unit& unit) {
  try {
    if (auto* to = target_of(stream); to != nullptr && !is_header(stream, unit))
      take(stream, unit, *to);
    return true;
  } catch (const std::system_error& error) {
    const std::lock_guard lock{guard_};
    const auto full = error.code() == std::errc::no_space_on_device;
    trouble_ =
        fault{culprit::peer, full ? "the disk is full: " + request_.work.string() : error.what(),
              full ? "make room and resume" : "check the disk", "demux"};
  } catch (const std::exception& error) {
    const std::lock_guard lock{guard_};
    trouble_ = fault{culprit::ours, error.what(), {}, "demux"};
  }
  return false;
}

std::optional<timestamp> demux_streams::shown_at(const source_unit& unit, const parsed_unit& one,
                                                 stream_kind kind) const {
  const auto time = unit.pts != unknown_time && !(only_decode_times_ && kind == stream_kind::video)
                        ? unit.pts
                        : unit.dts;
  if (time == unknown_time)
    return std::nullopt;
  if (kind == stream_kind::audio && unit.clipped)
    return time + unit.duration > unit.edit_begin ? std::optional{unit.edit_begin} : std::nullopt;
  if (!one.shown || one.header.hidden)
    return std::nullopt;
  return time;
}

/// Transport and program streams have no index: their clock is what the demuxer makes of it.
source_unit demux_streams::steadied(const source_stream& stream, const source_unit& unit) {
  auto out = unit;
  const auto& container = request_.probe.container;
  if (container != "mpegts" && container != "mpegps")
    return out;
  const auto decoded_at = unit.dts != unknown_time ? unit.dts : unit.pts;
  const auto shift = clock_.shift(stream.number, decoded_at, unit.duration);
  for (auto* time : {&out.pts, &out.dts})
    if (*time != unknown_time)
      *time += shift;
  return out;
}

void demux_streams::take(source_stream& stream, const source_unit& read, const target& to) {
  const auto unit = steadied(stream, read);
  if (to.kind == stream_kind::audio && unit.clipped && unit.pts > unit.edit_begin)
    return; // after the edit
  ++units_;
  origin_gate::waiting waiting{stream.number, to.format, {copied(unit), {}, !unit.clipped}};
  auto& one = waiting.one;
  if (to.kind == stream_kind::video) {
    one.header = fragment::read_picture(to.format->read, one.unit.bytes, unit.key);
    note_damage(unit, one);
  }
  if (!gate_) {
    pass(std::move(waiting));
    return;
  }
  const auto shown = to.kind == stream_kind::text ? std::nullopt : shown_at(unit, one, to.kind);
  gate_->put(std::move(waiting), shown);
  if (gate_->ready() &&
      (!request_.video || video_stream_ != nullptr || gate_->held().size() > 2000))
    open_gate();
}

void demux_streams::open_gate() {
  auto gate = std::move(*gate_);
  gate_.reset();
  origin_ = gate.origin();
  for (auto& one : gate.held())
    pass(std::move(one));
}

void demux_streams::pass(origin_gate::waiting waiting) {
  const auto& to = targets_.at(waiting.stream);
  auto& unit = waiting.one.unit;
  for (auto* time : {&unit.pts, &unit.dts})
    if (*time != unknown_time)
      *time -= origin_;
  switch (to.kind) {
  case stream_kind::video:
    video_.set_format(*waiting.format);
    video_.put(std::move(waiting.one));
    break;
  case stream_kind::audio: {
    auto& lane = audio_.at(to.track);
    lane.set_format(waiting.format->stored.caps);
    lane.put(std::move(unit));
    break;
  }
  default:
    pass_text(to, unit);
  }
}

void demux_streams::pass_text(const target& to, const fragment::access_unit& unit) {
  constexpr auto usual_length = 4s;
  if (unit.pts == unknown_time)
    return;
  const std::string_view written{reinterpret_cast<const char*>(unit.bytes.data()),
                                 unit.bytes.size()};
  timed_text one;
  one.track = to.track;
  one.begin = std::max(unit.pts, timestamp{0});
  one.end = unit.pts + (unit.duration > 0ns ? unit.duration : timestamp{usual_length});
  one.text = plain_text(written, to.markup);
  if (!one.text.empty() && one.end > one.begin)
    told_.on_text(one);
}

void demux_streams::note_damage(const source_unit& unit, const parsed_unit& one) {
  if (unit.pts == unknown_time || !one.shown)
    return;
  if (unit.damaged && shown_until_ != unknown_time)
    damage_.hole(shown_until_ - origin_, unit.pts - origin_, unit.duration);
  shown_until_ = std::max(shown_until_, unit.pts + unit.duration);
}

/// Transport and program streams say nothing of what is lost: a piece with fewer pictures than its
/// time has room for has a hole.
void demux_streams::note_missing(const fragment::fragment& one) {
  const auto& container = request_.probe.container;
  if ((container != "mpegts" && container != "mpegps") || request_.probe.video.empty())
    return;
  const auto& video = request_.probe.video.front();
  const auto room = std::chrono::duration<double>(one.end - one.begin).count() *
                    video.fps_numerator / std::max(video.fps_denominator, 1);
  if (const auto missing = std::lround(room) - static_cast<long>(one.frames);
      video.fps_numerator > 0 && missing > 0)
    damage_.missing(one.begin, one.end, static_cast<std::uint64_t>(missing));
}

void demux_streams::tell(const fragment::fragment& one) {
  note_missing(one);
  if (tokens_.take(beats_))
    told_.on_fragment(one);
}

demux_summary demux_streams::finish(timestamp duration) {
  if (gate_)
    open_gate();
  if (request_.video)
    video_.end();
  demux_summary out;
  out.video_end = video_.end_time();
  out.duration = out.video_end;
  out.access_units = video_.units();
  out.warnings = damage_.warnings();
  for (auto& text : video_.warnings())
    out.warnings.push_back(std::move(text));
  for (auto& [track, lane] : audio_) {
    lane.end();
    out.duration = std::max(out.duration, lane.end_time());
    if (lane.units() == 0)
      out.warnings.push_back("audio track " + std::to_string(track + 1) + " is empty");
  }
  constexpr auto tolerated = 2s;
  if (duration > out.duration + tolerated)
    out.warnings.push_back("it ends at " + seconds_text(out.duration) + " of " +
                           seconds_text(duration) + ": the rest is missing");
  return out;
}

std::optional<fault> demux_streams::trouble() const {
  const std::lock_guard lock{guard_};
  return trouble_;
}

} // namespace vdoc::gst
