#include "test/hls/small_tracks.hpp"

#include "test/support/mp4_boxes.hpp"

#include <set>

namespace vdoc::test {

namespace {

void add_boxes(std::string& out, std::string_view all, std::size_t from, std::size_t to,
               const std::string& path) {
  static const std::set<std::string> holders{"moov", "trak", "mdia", "minf", "dinf",
                                             "stbl", "edts", "mvex", "moof", "traf"};
  for (const auto& one : boxes_in(all, from, to))
    if (holders.contains(one.type))
      add_boxes(out, all, one.body, one.end, path + one.type + '/');
    else
      out += path + one.type + ':' + to_hex(all.substr(one.body, one.end - one.body)) + '\n';
}

} // namespace

bytes from_hex(std::string_view digits) {
  bytes all;
  std::string pair;
  for (const char digit : digits) {
    if (digit == ' ')
      continue;
    pair += digit;
    if (pair.size() == 2) {
      all.push_back(static_cast<std::uint8_t>(std::stoi(pair, nullptr, 16)));
      pair.clear();
    }
  }
  return all;
}

std::string to_hex(std::string_view all) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char one : all) {
    const auto value = static_cast<unsigned char>(one);
    out += {digits[value >> 4U], digits[value & 15U]};
  }
  return out;
}

hls::track video_track() {
  hls::track track;
  track.timescale = 30'000;
  track.codec_config = from_hex(high_config);
  track.width_px = 320;
  track.height_px = 180;
  return track;
}

hls::track audio_track() {
  hls::track track;
  track.what = hls::track::kind::aac;
  track.timescale = 48'000;
  track.codec_config = from_hex("1190");
  track.channels = 2;
  track.rate_hz = 48'000;
  track.language = "en";
  track.priming_samples = 1024;
  return track;
}

hls::timestamp video_time(std::int64_t tick) {
  return hls::timestamp{tick * 1'000'000'000 / 30'000};
}

hls::timestamp audio_time(std::int64_t sample) {
  return hls::timestamp{sample * 1'000'000'000 / 48'000};
}

hls::access_unit picture(std::int64_t at, bool key, std::size_t size) {
  hls::access_unit unit;
  unit.pts = video_time(at);
  unit.key = key;
  for (int shift = 24; shift >= 0; shift -= 8)
    unit.bytes.push_back(static_cast<std::uint8_t>(size >> shift));
  unit.bytes.push_back(key ? 0x65 : 0x41);
  unit.bytes.resize(4 + size, static_cast<std::uint8_t>(at / 1001));
  return unit;
}

hls::access_unit sound(std::int64_t n, std::size_t size) {
  hls::access_unit unit;
  unit.pts = audio_time((n - 1) * 1024);
  unit.key = true;
  unit.bytes.assign(size, static_cast<std::uint8_t>(n));
  return unit;
}

std::string box_tree(std::string_view all) {
  std::string out;
  add_boxes(out, all, 0, all.size(), "");
  return out;
}

std::string tree(std::string_view written) {
  std::string out;
  for (const char one : written)
    if (one != ' ' && !(one == '\n' && (out.empty() || out.back() == '\n')))
      out += one;
  return out;
}

} // namespace vdoc::test
