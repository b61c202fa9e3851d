#include "pipelines/gst/transcode_graphs.hpp"

#include "pipelines/gst/rescaler.hpp"

#include <gst/gst.h>
#include <gst/video/video.h>

#include <algorithm>
#include <array>

namespace vdoc::gst {

namespace {

/// A smaller one would make x264 think of fewer B-frames, and write other parameter sets.
constexpr std::uint32_t shortest_key_distance = 48;

std::string fraction(int numerator, int denominator) {
  return std::to_string(numerator) + '/' + std::to_string(denominator);
}

void check_options(const encode_options& options) {
  constexpr std::array presets{"ultrafast", "superfast", "veryfast", "faster",  "fast",
                               "medium",    "slow",      "slower",   "veryslow"};
  if (std::find(presets.begin(), presets.end(), options.preset) == presets.end())
    throw failure{fault{culprit::user, "there is no preset \"" + options.preset + '"',
                        "take one of x264's, from ultrafast to veryslow", ""}};
  if (options.crf < 1 || options.crf > 50)
    throw failure{fault{culprit::user, "CRF must be from 1 to 50", "", ""}};
}

/// The largest rung is about half of the work: in a thread of its own, so that one fragment keeps
/// two cores busy. x264 works in bursts (it decides on a group of pictures at a time), and threads
/// that wait for each other leave a core idle: 3.7 % of two cores when it may lag by 4 pictures,
/// 2.2 % by 16, 1.0 % by 32. Less when they are larger than 1080p.
element thread_boundary(const std::string& name) {
  return {"queue",
          name,
          {{"max-size-buffers", "32"}, {"max-size-bytes", "104857600"}, {"max-size-time", "0"}}};
}

std::string raw_caps(const encode_plan& plan) {
  const auto& largest = plan.rungs.front();
  return "video/x-raw, format=I420, width=" + std::to_string(largest.width_px) +
         ", height=" + std::to_string(largest.height_px) +
         ", framerate=" + fraction(plan.fps_numerator, plan.fps_denominator) +
         ", pixel-aspect-ratio=1/1, interlace-mode=progressive, chroma-site=mpeg2, colorimetry=" +
         plan.colorimetry;
}

/// The scaler has made Y'CbCr of such pictures, its own way.
bool is_rgb(const std::string& colorimetry) {
  GstVideoColorimetry read;
  return gst_video_colorimetry_from_string(&read, colorimetry.c_str()) &&
         read.matrix == GST_VIDEO_COLOR_MATRIX_RGB;
}

/// What a source leaves open ("full range", and no more) is what players would assume.
std::string completed(const std::string& told, const std::string& usual) {
  GstVideoColorimetry read;
  GstVideoColorimetry assumed;
  if (!gst_video_colorimetry_from_string(&read, told.c_str()) ||
      !gst_video_colorimetry_from_string(&assumed, usual.c_str()))
    return usual;
  if (read.range == GST_VIDEO_COLOR_RANGE_UNKNOWN)
    read.range = assumed.range;
  if (read.matrix == GST_VIDEO_COLOR_MATRIX_UNKNOWN)
    read.matrix = assumed.matrix;
  if (read.transfer == GST_VIDEO_TRANSFER_UNKNOWN)
    read.transfer = assumed.transfer;
  if (read.primaries == GST_VIDEO_COLOR_PRIMARIES_UNKNOWN)
    read.primaries = assumed.primaries;
  return owned<char>{gst_video_colorimetry_to_string(&read)}.get();
}

/// What GStreamer assumes of pictures of this size. A decoder that knows nothing says the same.
std::string assumed_by_gstreamer(int width_px, int height_px) {
  GstVideoInfo info;
  gst_video_info_set_format(&info, GST_VIDEO_FORMAT_I420, static_cast<guint>(std::max(width_px, 1)),
                            static_cast<guint>(std::max(height_px, 1)));
  return owned<char>{gst_video_colorimetry_to_string(&info.colorimetry)}.get();
}

std::string stream_colorimetry(const std::string& caps) {
  owned<GstCaps> parsed{gst_caps_from_string(caps.c_str())};
  if (!parsed || gst_caps_is_empty(parsed.get()) || gst_caps_is_any(parsed.get()))
    return {};
  const char* found =
      gst_structure_get_string(gst_caps_get_structure(parsed.get(), 0), "colorimetry");
  return found == nullptr ? "" : found;
}

} // namespace

std::string decodable_caps(const std::string& caps) {
  owned<GstCaps> parsed{gst_caps_from_string(caps.c_str())};
  if (!parsed || gst_caps_is_empty(parsed.get()) || gst_caps_is_any(parsed.get()))
    return caps;
  parsed.reset(gst_caps_make_writable(parsed.release()));
  auto* fields = gst_caps_get_structure(parsed.get(), 0);
  gst_structure_remove_field(fields, "codec-alpha");
  int across = 1;
  int down = 1;
  if (gst_structure_get_fraction(fields, "pixel-aspect-ratio", &across, &down) && across <= 0)
    gst_structure_remove_field(fields, "pixel-aspect-ratio");
  return owned<char>{gst_caps_to_string(parsed.get())}.get();
}

std::string flip_method(const probe::orientation& turn) {
  switch (turn.clockwise_degrees) {
  case 90:
    return turn.mirrored ? "ur-ll" : "90r";
  case 180:
    return turn.mirrored ? "vert" : "180";
  case 270:
    return turn.mirrored ? "ul-lr" : "90l";
  default:
    return turn.mirrored ? "horiz" : "identity";
  }
}

graph decode_graph(const decode_plan& plan) {
  graph out;
  out.then(
      {"appsrc",
       "units",
       {{"caps", plan.caps}, {"format", "time"}, {"max-bytes", "0"}, {"emit-signals", "false"}}});
  out.then({plan.decoder.factory, "decoder", plan.decoder.properties});
  out.then({"vdocdeinterlace", "deinterlace", {}});
  const bool on_its_side = plan.turn.clockwise_degrees % 180 != 0;
  const int width = on_its_side ? plan.height_px : plan.width_px;
  const int height = on_its_side ? plan.width_px : plan.height_px;
  out.then({"vdocscale",
            "scale",
            {{"width", std::to_string(width)}, {"height", std::to_string(height)}}});
  if (const auto method = flip_method(plan.turn); method != "identity")
    out.then({"videoflip", "turn", {{"video-direction", method}}});
  out.then({"appsink", "pictures", {{"sync", "false"}, {"max-buffers", "3"}}});
  return out;
}

std::string sink_name(const std::string& rendition) {
  return "units_" + rendition;
}

element x264(const ladder::rendition& rung, const encode_plan& plan) {
  // Rates are only for the ceiling here; without one, a buffer of 0 ms switches it off.
  const int rate = std::max(rung.max_bitrate_kbps, 1);
  const bool capped = rung.max_bitrate_kbps > 0 && rung.buffer_kbit > 0;
  const int buffer_ms = capped ? std::clamp(rung.buffer_kbit * 1000 / rate, 1, 10'000) : 0;
  // Headers stand in the configuration, which is the same for every fragment. Without
  // cpu-independent, bytes depend on the processor, and on one with AVX-512 even on chance: there
  // x264 164 (mbtree_propagate_list) takes eight macroblocks of a row at a time, and what it takes
  // beyond the last row of a picture was never written. It costs 3 % of an encode.
  std::string rest = "repeat-headers=0:stitchable=1:cpu-independent=1";
  if (plan.fps_numerator == 0)
    rest += ":fps=30"; // for the level only: x264 takes durations from the time stamps
  return {"x264enc",
          "encode_" + rung.name,
          {{"speed-preset", plan.options.preset},
           {"pass", "qual"},
           {"quantizer", std::to_string(plan.options.crf)},
           {"bitrate", std::to_string(rate)},
           {"vbv-buf-capacity", std::to_string(buffer_ms)},
           {"key-int-max", std::to_string(std::max(plan.frames, shortest_key_distance))},
           {"threads", "1"},
           {"insert-vui", "true"},
           {"option-string", rest}}};
}

graph encode_graph(const encode_plan& plan) {
  check_options(plan.options);
  const auto is_wanted = [&](const ladder::rendition& rung) {
    return std::find(plan.wanted.begin(), plan.wanted.end(), rung.name) != plan.wanted.end();
  };
  std::size_t count = plan.rungs.size();
  while (count > 0 && !is_wanted(plan.rungs[count - 1]))
    --count;
  graph out;
  out.then(
      {"appsrc", "pictures", {{"caps", raw_caps(plan)}, {"format", "time"}, {"max-bytes", "0"}}});
  std::string above = "pictures";
  for (std::size_t i = 0; i < count; ++i) {
    const auto& rung = plan.rungs[i];
    if (i > 0) {
      const auto scale = "scale_" + rung.name;
      out.then(
          {"vdocscale",
           scale,
           {{"width", std::to_string(rung.width_px)}, {"height", std::to_string(rung.height_px)}}},
          false);
      out.connect({above, scale, {}, {}, {}});
      above = scale;
    }
    if (!is_wanted(rung))
      continue;
    auto pictures = above;
    if (i + 1 < count) {
      const auto split = "split_" + rung.name;
      out.then({"tee", split, {}}, false).connect({above, split, {}, {}, {}});
      pictures = above = split;
    }
    if (i == 0 && count > 1) {
      pictures = "own_thread_" + rung.name;
      out.then(thread_boundary(pictures), false).connect({above, pictures, {}, {}, {}});
    }
    const auto encoder = x264(rung, plan);
    out.then(encoder, false).connect({pictures, encoder.name, {}, {}, {}});
    out.then({"appsink", sink_name(rung.name), {{"sync", "false"}, {"async", "false"}}}, true,
             "video/x-h264, stream-format=avc, alignment=au, profile=high");
  }
  return out;
}

std::vector<ladder::rendition> scaled_rungs(const std::vector<ladder::rendition>& ladder) {
  std::vector<ladder::rendition> out;
  std::copy_if(ladder.begin(), ladder.end(), std::back_inserter(out),
               [](const auto& one) { return !one.copied; });
  return out;
}

std::string carried_colorimetry(const probe::video_stream& source, const std::string& stream_caps,
                                const std::string& decoded) {
  const bool sd = usual_matrix(source.coded_width_px, source.coded_height_px) == matrix::bt601;
  const std::string usual = sd ? "bt601" : "bt709";
  for (const auto& told : {source.color.colorimetry, stream_colorimetry(stream_caps)})
    if (!told.empty())
      return is_rgb(told) ? usual : completed(told, usual);
  const bool says_something =
      !decoded.empty() && !is_rgb(decoded) &&
      decoded != assumed_by_gstreamer(source.coded_width_px, source.coded_height_px);
  return says_something ? completed(decoded, usual) : usual;
}

} // namespace vdoc::gst
