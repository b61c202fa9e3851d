#include "pipelines/gst/key_survey.hpp"

#include "pipelines/gst/source_formats.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

namespace vdoc::gst {

namespace {

using namespace std::chrono_literals;
using fragment::bitstream;
using fragment::timestamp;

constexpr std::size_t most_times = 600;

constexpr std::array usual_rates{
    std::pair{24000, 1001}, std::pair{24, 1},        std::pair{25, 1},  std::pair{30000, 1001},
    std::pair{30, 1},       std::pair{48, 1},        std::pair{50, 1},  std::pair{60000, 1001},
    std::pair{60, 1},       std::pair{120000, 1001}, std::pair{120, 1}, std::pair{100, 1},
    std::pair{15000, 1001}, std::pair{15, 1},        std::pair{12, 1},  std::pair{10, 1},
};

bitstream codec_of(const std::string& name) {
  constexpr std::array known{
      std::pair{"h264", bitstream::h264},        std::pair{"hevc", bitstream::h265},
      std::pair{"mpeg1", bitstream::mpeg_video}, std::pair{"mpeg2", bitstream::mpeg_video},
      std::pair{"mpeg4", bitstream::mpeg4},      std::pair{"vp8", bitstream::vp8},
      std::pair{"vp9", bitstream::vp9},          std::pair{"theora", bitstream::theora},
      std::pair{"vc1", bitstream::vc1},
  };
  for (const auto& [text, codec] : known)
    if (name == text)
      return codec;
  return bitstream::other;
}

bool near(double one, double other, double share) {
  return std::abs(one - other) <= other * share;
}

} // namespace

fragment::bitstream_format bitstream_of(const GstCaps* caps) {
  fragment::bitstream_format out{codec_of(codec_name(caps)), 4};
  const auto* value = gst_structure_get_value(gst_caps_get_structure(caps, 0), "codec_data");
  auto* config = value != nullptr ? gst_value_get_buffer(value) : nullptr;
  GstMapInfo map;
  if (config != nullptr && gst_buffer_map(config, &map, GST_MAP_READ)) {
    out.length_bytes = fragment::length_bytes_in(out.codec, {map.data, map.size});
    gst_buffer_unmap(config, &map);
  }
  return out;
}

void key_survey::set_format(const source_stream& stream) {
  format_ = bitstream_of(stream.caps.get());
}

void key_survey::see(const source_unit& unit) {
  GstMapInfo map;
  if (!gst_buffer_map(unit.bytes, &map, GST_MAP_READ))
    return;
  const auto header = fragment::read_picture(format_, {map.data, map.size}, unit.key);
  ++units_;
  bytes_ += map.size;
  gst_buffer_unmap(unit.bytes, &map);
  // What is shown begins between key frames: a copy could not begin there.
  if (unit.clipped && !any_time_)
    all_idr_ = false;
  if (unit.pts == fragment::unknown_time)
    ++untimed_;
  if (unit.pts == fragment::unknown_time || unit.clipped)
    return;
  if (!std::exchange(any_time_, true))
    first_ = last_ = last_key_ = unit.pts;
  first_ = std::min(first_, unit.pts);
  last_ = std::max(last_, unit.pts);
  if (header.key == fragment::key_kind::idr) {
    any_idr_ = true;
    last_key_ = unit.pts;
  } else if (header.key != fragment::key_kind::none) {
    all_idr_ = false;
  }
  longest_ = std::max(longest_, unit.pts + unit.duration - last_key_);
  if (times_.size() < most_times && !header.hidden)
    times_.push_back(unit.pts);
}

std::int64_t key_survey::bitrate_bps() const {
  constexpr timestamp enough = 1s;
  if (last_ - first_ < enough)
    return 0;
  return static_cast<std::int64_t>(static_cast<double>(bytes_) * 8.0 /
                                   std::chrono::duration<double>(last_ - first_).count());
}

ladder::copy_evidence key_survey::evidence(const source_stream& stream) const {
  ladder::copy_evidence out;
  if (!stream.caps || format_.codec != bitstream::h264)
    return out;
  const auto* caps = gst_caps_get_structure(stream.caps.get(), 0);
  const auto text = [&](const char* name) {
    const auto* found = gst_structure_get_string(caps, name);
    return std::string{found != nullptr ? found : ""};
  };
  const auto profile = text("profile");
  constexpr std::array fit{"constrained-baseline", "baseline",        "main", "high",
                           "progressive-high",     "constrained-high"};
  out.h264_high_or_lower =
      std::find(fit.begin(), fit.end(), profile) != fit.end() && !text("level").empty();
  const auto interlacing = text("interlace-mode");
  const auto structure = text("coded-picture-structure");
  guint depth = 8;
  gst_structure_get_uint(caps, "bit-depth-luma", &depth);
  out.yuv420_8bit_progressive = text("chroma-format") == "4:2:0" && depth == 8 &&
                                (interlacing.empty() || interlacing == "progressive") &&
                                (structure.empty() || structure == "frame");
  out.closed_gop = any_idr_ && all_idr_;
  out.longest_key_distance_s = std::chrono::duration<double>(longest_).count();
  out.bitrate_bps = bitrate_bps();
  return out;
}

void key_survey::correct_rate(int& numerator, int& denominator) const {
  if (times_.size() < 4 || untimed_ * 10 > units_)
    return;
  auto sorted = times_;
  std::sort(sorted.begin(), sorted.end());
  std::vector<timestamp> steps;
  // The last pictures may have neighbours that were not read any more.
  for (std::size_t i = 1; i + (times_.size() > 40 ? 20 : 0) < sorted.size(); ++i)
    steps.push_back(sorted[i] - sorted[i - 1]);
  auto middle = steps;
  std::nth_element(middle.begin(), middle.begin() + static_cast<long>(middle.size() / 2),
                   middle.end());
  const auto usual = middle[middle.size() / 2];
  const auto even = std::count_if(steps.begin(), steps.end(), [&](timestamp step) {
    return step >= usual - 1100us && step <= usual + 1100us;
  });
  if (usual <= 0ns || static_cast<double>(even) < 0.9 * static_cast<double>(steps.size())) {
    numerator = 0;
    denominator = 1;
    return;
  }
  timestamp sum{0};
  std::int64_t summed = 0;
  for (const auto step : steps)
    if (step >= usual - 1100us && step <= usual + 1100us) {
      sum += step;
      ++summed;
    }
  const auto rate = static_cast<double>(summed) / std::chrono::duration<double>(sum).count();
  const auto doubt = std::max(0.0004, 0.0011 / std::chrono::duration<double>(sum).count());
  if (numerator > 0 && near(rate, static_cast<double>(numerator) / denominator, doubt))
    return;
  for (const auto& [top, bottom] : usual_rates)
    if (near(rate, static_cast<double>(top) / bottom, doubt)) {
      numerator = top;
      denominator = bottom;
      return;
    }
  numerator = static_cast<int>(std::lround(rate * 1000));
  denominator = 1000;
}

} // namespace vdoc::gst
