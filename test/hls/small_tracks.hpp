#pragma once

#include "pipelines/hls/hls.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vdoc::test {

using hls::bytes;

/// "0164 000d" as bytes; spaces do not count.
bytes from_hex(std::string_view digits);
std::string to_hex(std::string_view all);
inline std::string_view as_text(const bytes& all) {
  return {reinterpret_cast<const char*>(all.data()), all.size()};
}

/// What x264 wrote for 320x180 at 30000/1001 with 3 B-frames: two pictures may move.
inline constexpr std::string_view high_config =
    "0164000dffe1 0018 6764000dacd941419f9f011000003e90000ea600f1429960 01 0004 68ef8fcb fdf8f800";
/// The same at 25 without B-frames, Baseline.
inline constexpr std::string_view baseline_config =
    "0142c00cffe1 0017 6742c00cda05067e7c044000000300400000 0c83c50aa8 01 0004 68ce0fc8";

/// 320x180 at 30000/1001, timescale 30000.
hls::track video_track();
/// 48 kHz stereo, English, primed by 1024.
hls::track audio_track();

/// A picture at tick `at` of 30000 whose only NAL unit is of `type` with `size` bytes.
hls::access_unit picture(std::int64_t at, bool key, std::size_t size = 3);
/// Frame n of a sound track: `size` bytes, all n.
hls::access_unit sound(std::int64_t n, std::size_t size = 4);
/// Tick of 30000, truncated to nanoseconds as demuxers do.
hls::timestamp video_time(std::int64_t tick);
hls::timestamp audio_time(std::int64_t sample);

/// Boxes as text, one a line: "moov/mvhd:00000000..." with the content in hexadecimal. Those that
/// hold boxes are named in the paths of what they hold.
std::string box_tree(std::string_view all);
/// What a test writes for legibility, "moov/mvhd: 00000000 0000", as box_tree writes it: blanks and
/// empty lines do not count.
std::string tree(std::string_view written);

} // namespace vdoc::test
