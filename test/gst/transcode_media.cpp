#include "test/gst/transcode_media.hpp"

#include "pipelines/gst/graph.hpp"
#include "pipelines/gst/owned.hpp"

#include <gst/app/gstappsink.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace vdoc::gst::test {

std::string shell(const std::string& command) {
  auto* pipe = popen((command + " 2>&1").c_str(), "r");
  std::string out;
  std::array<char, 65536> part{};
  while (const auto size = fread(part.data(), 1, part.size(), pipe))
    out.append(part.data(), size);
  if (pclose(pipe) != 0)
    throw std::runtime_error{command + ": " + out};
  return out;
}

void ffmpeg(const std::string& arguments, const std::filesystem::path& file) {
  shell("ffmpeg -nostdin -v error -y " + arguments + ' ' + file.string());
}

std::vector<std::uint8_t> bytes_of(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

stream parse(const std::filesystem::path& file, const std::string& elements) {
  owned<GstElement> top{gst_parse_launch(
      ("filesrc location=" + file.string() + " ! " + elements + " ! appsink name=out sync=false")
          .c_str(),
      nullptr)};
  owned<GstElement> out{gst_bin_get_by_name(GST_BIN(top.get()), "out")};
  gst_element_set_state(top.get(), GST_STATE_PLAYING);
  stream made;
  while (owned<GstSample> sample{gst_app_sink_pull_sample(GST_APP_SINK(out.get()))}) {
    auto* buffer = gst_sample_get_buffer(sample.get());
    made.format.caps = owned<char>{gst_caps_to_string(gst_sample_get_caps(sample.get()))}.get();
    const bool header = GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_HEADER);
    if (header && made.format.caps.starts_with("video/x-theora"))
      continue; // in the caps, too
    fragment::access_unit unit;
    if (GST_BUFFER_PTS_IS_VALID(buffer))
      unit.pts = std::chrono::nanoseconds{GST_BUFFER_PTS(buffer)};
    if (GST_BUFFER_DTS_IS_VALID(buffer))
      unit.dts = std::chrono::nanoseconds{GST_BUFFER_DTS(buffer)};
    unit.key = !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
    unit.bytes.resize(gst_buffer_get_size(buffer));
    gst_buffer_extract(buffer, 0, unit.bytes.data(), unit.bytes.size());
    made.units.push_back(std::move(unit));
  }
  gst_element_set_state(top.get(), GST_STATE_NULL);
  if (made.units.empty())
    throw std::runtime_error{"nothing parsed from " + file.string() + " with " + elements};
  const auto zero = times(made.units).front();
  for (auto& unit : made.units) {
    if (unit.pts != fragment::unknown_time)
      unit.pts -= zero;
    if (unit.dts != fragment::unknown_time)
      unit.dts -= zero;
  }
  return made;
}

std::vector<fragment::timestamp> times(const std::vector<fragment::access_unit>& units) {
  std::vector<fragment::timestamp> out;
  out.reserve(units.size());
  for (const auto& unit : units)
    out.push_back(unit.pts);
  std::sort(out.begin(), out.end());
  return out;
}

namespace {

std::uint32_t count_between(const std::vector<fragment::access_unit>& units,
                            fragment::timestamp begin, fragment::timestamp end) {
  return static_cast<std::uint32_t>(
      std::count_if(units.begin(), units.end(),
                    [&](const auto& unit) { return unit.pts >= begin && unit.pts < end; }));
}

fragment::timestamp end_of(const stream& from) {
  const auto all = times(from.units);
  const auto last_but_one = all.size() > 1 ? all[all.size() - 2] : fragment::timestamp{0};
  return all.back() + (all.back() - last_but_one);
}

} // namespace

std::vector<fragment::fragment> cut(const stream& from, const std::filesystem::path& work,
                                    std::chrono::milliseconds shortest) {
  std::filesystem::create_directories(work / "runs");
  std::vector<std::size_t> cuts{0};
  for (std::size_t i = 1; i < from.units.size(); ++i)
    if (from.units[i].key && from.units[i].pts - from.units[cuts.back()].pts >= shortest)
      cuts.push_back(i);
  std::vector<fragment::fragment> out;
  for (std::size_t n = 0; n < cuts.size(); ++n) {
    const bool is_last = n + 1 == cuts.size();
    fragment::fragment one;
    one.index = static_cast<std::uint32_t>(n);
    one.run = "runs/" + std::to_string(n) + ".au";
    one.begin = n == 0 ? times(from.units).front() : from.units[cuts[n]].pts;
    one.end = is_last ? end_of(from) : from.units[cuts[n + 1]].pts;
    one.frames = count_between(from.units, one.begin, one.end);
    fragment::access_unit_writer writer{work / one.run, from.format};
    auto at = cuts[n];
    for (const auto stop = is_last ? from.units.size() : cuts[n + 1] + 1; at < stop; ++at)
      writer.append(from.units[at]);
    while (at < from.units.size() && from.units[at].pts < one.end)
      writer.append(from.units[at++]);
    one.run_bytes = writer.flush();
    out.push_back(one);
  }
  return out;
}

std::vector<fragment::fragment> cut_one_run(const stream& from, const std::filesystem::path& work,
                                            std::chrono::milliseconds length) {
  std::filesystem::create_directories(work / "runs");
  const auto shown = times(from.units);
  const auto end = end_of(from);
  fragment::access_unit_writer writer{work / "runs/long.au", from.format};
  std::vector<fragment::fragment> out;
  std::size_t written = 0;
  for (auto begin = shown.front(); begin < end;) {
    fragment::fragment one;
    one.index = static_cast<std::uint32_t>(out.size());
    one.run = "runs/long.au";
    one.begin = begin;
    const auto cut_at = std::lower_bound(shown.begin(), shown.end(), begin + length);
    one.end = cut_at == shown.end() ? end : *cut_at;
    one.run_ends = cut_at == shown.end();
    one.frames = count_between(from.units, one.begin, one.end);
    // As far as every picture of the fragment, and the first of the next, has been read.
    std::size_t needed = 0;
    for (std::size_t i = 0; i < from.units.size(); ++i)
      if (from.units[i].pts <= one.end)
        needed = i + 1;
    while (written < needed)
      writer.append(from.units[written++]);
    one.run_bytes = writer.flush();
    out.push_back(one);
    begin = one.end;
  }
  return out;
}

ladder::rendition rung(const std::string& name, int width_px, int height_px) {
  ladder::rendition out;
  out.name = name;
  out.width_px = width_px;
  out.height_px = height_px;
  return out;
}

std::vector<fragment::access_unit> encoded(const std::filesystem::path& work,
                                           const std::string& name) {
  std::vector<std::filesystem::path> files;
  for (const auto& one : std::filesystem::directory_iterator{work / "encoded" / name})
    files.push_back(one.path());
  std::sort(files.begin(), files.end());
  std::vector<fragment::access_unit> out;
  for (const auto& file : files)
    for (auto& unit : fragment::read_all(file))
      out.push_back(std::move(unit));
  return out;
}

void write_h264(const std::filesystem::path& file, const std::vector<std::uint8_t>& configuration,
                const std::vector<fragment::access_unit>& units) {
  std::ofstream out{file, std::ios::binary};
  const auto nal = [&](const std::uint8_t* from, std::size_t size) {
    out.write("\0\0\0\1", 4);
    out.write(reinterpret_cast<const char*>(from), static_cast<std::streamsize>(size));
  };
  const auto sets = [&] {
    std::size_t at = 5;
    for (int kind = 0; kind < 2; ++kind)
      for (int count = configuration.at(at++) & 0x1F; count > 0; --count) {
        const std::size_t size = configuration.at(at) * 256U + configuration.at(at + 1);
        nal(configuration.data() + at + 2, size);
        at += 2 + size;
      }
  };
  for (const auto& unit : units) {
    if (unit.key)
      sets();
    for (std::size_t at = 0; at + 4 <= unit.bytes.size();) {
      std::size_t size = 0;
      for (int i = 0; i < 4; ++i)
        size = size << 8U | unit.bytes.at(at++);
      nal(unit.bytes.data() + at, size);
      at += size;
    }
  }
}

std::vector<std::vector<std::uint8_t>> luma(const std::filesystem::path& file, int width_px,
                                            int height_px, const std::string& filter) {
  const auto size = std::to_string(width_px) + ':' + std::to_string(height_px);
  const auto raw = file.string() + ".luma";
  ffmpeg("-i " + file.string() + " -an -fps_mode passthrough -vf \"" + filter +
             (filter.empty() ? "" : ",") + "scale=" + size + ",format=gray\" -f rawvideo",
         raw);
  std::ifstream in{raw, std::ios::binary};
  std::vector<std::vector<std::uint8_t>> out;
  std::vector<std::uint8_t> one(static_cast<std::size_t>(width_px) * height_px);
  while (in.read(reinterpret_cast<char*>(one.data()), static_cast<std::streamsize>(one.size())))
    out.push_back(one);
  std::filesystem::remove(raw);
  return out;
}

double difference(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    sum += std::abs(int{a[i]} - int{b[i]});
  return sum / static_cast<double>(std::max(a.size(), b.size()));
}

} // namespace vdoc::gst::test
