#include "test/hls/coded_track.hpp"

#include "test/support/command.hpp"
#include "test/support/ffprobe.hpp"

#include <algorithm>
#include <fstream>
#include <ostream>
#include <sstream>

namespace vdoc::test {

namespace {

using hls::bytes;

/// Reads ffprobe's hex dump: "00000000: 0164 0015 ...  .d.." a line.
bytes parse_dump(const std::string& dump) {
  bytes out;
  std::istringstream lines{dump};
  for (std::string line; std::getline(lines, line);) {
    if (line.size() < 10)
      continue;
    const auto digits = line.substr(10, 39);
    for (std::size_t at = 0; at + 1 < digits.size();) {
      if (digits[at] == ' ') {
        ++at;
        continue;
      }
      out.push_back(static_cast<std::uint8_t>(std::stoi(digits.substr(at, 2), nullptr, 16)));
      at += 2;
    }
  }
  return out;
}

fragment::timestamp truncated(std::int64_t ticks, std::int64_t numerator,
                              std::int64_t denominator) {
  return fragment::timestamp{ticks * numerator * 1'000'000'000 / denominator};
}

std::int64_t number(const nlohmann::json& object, const char* key) {
  return std::stoll(object.at(key).is_string() ? object.at(key).get<std::string>()
                                               : object.at(key).dump());
}

void write_all(std::ofstream& out, const bytes& all) {
  out.write(reinterpret_cast<const char*>(all.data()), static_cast<std::streamsize>(all.size()));
}

} // namespace

coded_track read_coded(const std::filesystem::path& file, const std::string& stream) {
  const auto seen =
      ffprobe(file.string(), {"-select_streams", stream, "-show_packets", "-show_streams",
                              "-show_data", "-show_entries", "packet=pts,duration,flags,size,pos"});
  const auto& about = seen.at("streams").at(0);
  coded_track track;
  const bool audio = about.at("codec_type") == "audio";
  track.what.what = audio ? hls::track::kind::aac : hls::track::kind::h264;
  track.what.codec_config = parse_dump(about.at("extradata"));
  const auto base = about.at("time_base").get<std::string>();
  const auto slash = base.find('/');
  const auto numerator = std::stoll(base), denominator = std::stoll(base.substr(slash + 1));
  track.what.timescale = static_cast<std::uint32_t>(denominator);
  if (audio) {
    track.what.rate_hz = static_cast<int>(number(about, "sample_rate"));
    track.what.timescale = static_cast<std::uint32_t>(track.what.rate_hz);
    track.what.channels = about.at("channels");
  } else {
    track.what.width_px = about.at("width");
    track.what.height_px = about.at("height");
  }
  std::ifstream in{file, std::ios::binary};
  for (const auto& one : seen.at("packets")) {
    fragment::access_unit unit;
    const auto pts = number(one, "pts"), duration = number(one, "duration");
    unit.pts = truncated(pts, numerator, denominator);
    unit.duration = truncated(duration, numerator, denominator);
    unit.key = one.at("flags").get<std::string>().starts_with('K');
    unit.bytes.resize(static_cast<std::size_t>(number(one, "size")));
    in.seekg(number(one, "pos"));
    in.read(reinterpret_cast<char*>(unit.bytes.data()),
            static_cast<std::streamsize>(unit.bytes.size()));
    track.end = std::max(track.end, truncated(pts + duration, numerator, denominator));
    track.units.push_back(std::move(unit));
  }
  if (audio && track.units.front().pts < fragment::timestamp{0})
    track.what.priming_samples = 1024;
  return track;
}

std::vector<part> cut_at_keys(const coded_track& track) {
  std::vector<part> parts;
  const auto& units = track.units;
  std::size_t begin = 0;
  for (std::size_t i = 1; i <= units.size(); ++i)
    if (i == units.size() || units[i].key) {
      parts.push_back({std::span{units}.subspan(begin, i - begin),
                       i == units.size() ? track.end : units[i].pts});
      begin = i;
    }
  return parts;
}

std::vector<part> cut_every(const coded_track& track, std::size_t units_each) {
  std::vector<part> parts;
  const auto& units = track.units;
  for (std::size_t begin = 0; begin < units.size(); begin += units_each) {
    const auto count = std::min(units_each, units.size() - begin);
    const auto next = begin + count;
    parts.push_back({std::span{units}.subspan(begin, count),
                     next == units.size() ? track.end : units[next].pts});
  }
  return parts;
}

void write_cmaf(const coded_track& track, const std::vector<part>& parts,
                const std::filesystem::path& file) {
  std::ofstream out{file, std::ios::binary};
  write_all(out, hls::cmaf_init(track.what));
  std::uint32_t sequence = 0;
  for (const auto& one : parts)
    write_all(out, hls::cmaf_segment(track.what, one.units, one.end, ++sequence));
}

void write_transport(const coded_track& track, const std::vector<part>& parts,
                     const std::filesystem::path& file) {
  std::ofstream out{file, std::ios::binary};
  hls::continuity counters;
  for (const auto& one : parts)
    write_all(out, hls::ts_segment(track.what, one.units, one.end, counters));
}

std::ostream& operator<<(std::ostream& out, const packet& one) {
  return out << "pts " << one.pts << " dts " << one.dts << " for " << one.duration
             << (one.key ? " key" : "");
}

std::vector<packet> packets_in(const std::string& file, const std::string& stream) {
  const auto seen =
      ffprobe(file, {"-select_streams", stream, "-show_entries", "packet=pts,dts,duration,flags"});
  std::vector<packet> list;
  for (const auto& one : seen.at("packets"))
    list.push_back({number(one, "pts"), number(one, "dts"),
                    one.contains("duration") ? number(one, "duration") : 0,
                    one.at("flags").get<std::string>().starts_with('K')});
  return list;
}

std::string decoded_sums(const std::string& file, const std::string& stream) {
  std::istringstream lines{
      run_or_throw({"ffmpeg", "-v", "error", "-i", file, "-map", "0:" + stream, "-fps_mode",
                    "passthrough", "-enc_time_base", "1:1000000", "-f", "framemd5", "-"})
          .out};
  std::string sums;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#'))
      continue;
    // stream, dts, pts, duration, size, hash
    std::istringstream fields{line};
    std::string field;
    for (int i = 0; std::getline(fields, field, ','); ++i)
      if (i == 2 || i == 5)
        sums += field;
    sums += '\n';
  }
  return sums;
}

} // namespace vdoc::test
