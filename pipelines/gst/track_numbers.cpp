#include "pipelines/gst/track_numbers.hpp"

#include "pipelines/gst/source_formats.hpp"

namespace vdoc::gst {

namespace {

/// Dolby Vision whose base layer is not made for other screens, or that only adds to another track.
std::string dolby_vision_reason(const movie_track& track, std::string& name) {
  if (track.enhancement_layer) {
    name = "Dolby Vision enhancement layer";
    return "it only adds to another track, which is used without it";
  }
  if (track.sample_entry.starts_with("dv") && track.dolby_vision_profile == 5) {
    name = "Dolby Vision video (profile 5)";
    return "its colours cannot be shown without a Dolby Vision decoder";
  }
  return {};
}

} // namespace

const movie_track* track_numbers::boxes_of(const source_stream& stream) const {
  return find_track(boxes_, stream.id);
}

track_numbers::numbered track_numbers::of(const source_stream& stream) {
  if (const auto seen = known_.find(stream.id); seen != known_.end()) {
    auto again = seen->second;
    again.is_new = false;
    return again;
  }
  numbered out;
  out.kind = stream.kind;
  if (stream.kind == stream_kind::video || stream.kind == stream_kind::audio)
    out.refused = reason_to_refuse(stream.offered.get(), out.name);
  const auto* boxes = boxes_of(stream);
  if (boxes != nullptr && stream.kind == stream_kind::video)
    if (auto reason = dolby_vision_reason(*boxes, out.name); !reason.empty())
      out.refused = std::move(reason);
  if (out.refused.empty())
    out.track = stream.kind == stream_kind::video   ? video_++
                : stream.kind == stream_kind::audio ? audio_++
                                                    : text_++;
  known_.emplace(stream.id, out);
  return out;
}

} // namespace vdoc::gst
