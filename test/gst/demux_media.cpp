#include "test/gst/demux_media.hpp"

#include "pipelines/fragment/picture_header.hpp"
#include "test/support/temp_folder.hpp"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstdio>
#include <fstream>
#include <mutex>
#include <sstream>
#include <stdexcept>

namespace vdoc::test {

namespace {

constexpr auto pictures = "-f lavfi -i testsrc2=s=128x72:r=25:d=12";
constexpr auto sound = "-f lavfi -i sine=f=440:r=48000:d=12";

std::string with(std::string text, const std::string& word, const std::string& value) {
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word))
    text.replace(at, word.size(), value);
  return text;
}

std::vector<double> times_ms(const std::string& lines) {
  std::vector<double> out;
  std::istringstream in{lines};
  for (std::string line; std::getline(in, line);)
    if (!line.empty() && (std::isdigit(static_cast<unsigned char>(line[0])) != 0 || line[0] == '-'))
      out.push_back(std::stod(line) * 1000);
  return out;
}

/// Collects under a lock; `wait` returns when the end has come.
class collector final : public gst::demux_listener {
public:
  explicit collector(demuxed& into) : into_{into} {}
  gst::demuxer* source = nullptr;

  void on_fragment(const fragment::fragment& one) override {
    const std::lock_guard lock{guard_};
    into_.fragments.push_back(one);
    source->grant(1);
  }
  void on_audio(const gst::audio_chunk& one) override {
    const std::lock_guard lock{guard_};
    into_.chunks[one.track].push_back(one);
  }
  void on_text(const gst::timed_text& one) override {
    const std::lock_guard lock{guard_};
    into_.texts.push_back(one);
  }
  void on_end(const gst::demux_summary& summary) override {
    const std::lock_guard lock{guard_};
    into_.summary = summary;
    over_.notify_all();
  }
  void on_failure(const fault& why) override {
    const std::lock_guard lock{guard_};
    into_.failure = why;
    over_.notify_all();
  }
  bool wait() {
    std::unique_lock lock{guard_};
    return over_.wait_for(lock, std::chrono::minutes{2},
                          [this] { return into_.summary || into_.failure; });
  }

private:
  demuxed& into_;
  std::mutex guard_;
  std::condition_variable over_;
};

double ms(fragment::timestamp time) {
  return static_cast<double>(time.count()) / 1e6;
}

bool is_shown(const fragment::access_unit& unit, const std::string& caps) {
  using fragment::bitstream;
  const auto codec = caps.starts_with("video/x-vp8")   ? bitstream::vp8
                     : caps.starts_with("video/x-vp9") ? bitstream::vp9
                                                       : bitstream::other;
  return !fragment::read_picture({codec, 4}, unit.bytes, false).hidden;
}

void read_back(demuxed& out, const std::filesystem::path& work) {
  for (const auto& piece : out.fragments) {
    fragment::access_unit_reader reader{work / piece.run, piece.run_bytes};
    for (fragment::access_unit unit; reader.next(unit);) {
      const auto time = reader.format().ordered_only ? unit.dts : unit.pts;
      if (time >= piece.begin && time < piece.end && is_shown(unit, reader.format().caps))
        out.pictures_ms.push_back(ms(time));
    }
  }
  std::sort(out.pictures_ms.begin(), out.pictures_ms.end());
  for (const auto& [track, chunks] : out.chunks)
    for (const auto& chunk : chunks)
      for (auto& unit : fragment::read_all(work / chunk.file))
        out.sound[track].push_back(std::move(unit));
  for (const auto& one : std::filesystem::directory_iterator{work / "runs"})
    out.runs.push_back(one.path().filename().string());
  std::sort(out.runs.begin(), out.runs.end());
}

} // namespace

const std::filesystem::path& demux_folder() {
  static const temp_folder folder;
  return folder.path();
}

std::filesystem::path written(const std::string& name, const std::string& bytes) {
  auto file = demux_folder() / name;
  std::ofstream{file, std::ios::binary} << bytes;
  return file;
}

std::string said_by(const std::string& line) {
  auto* pipe = ::popen(line.c_str(), "r");
  if (pipe == nullptr)
    throw std::runtime_error{"cannot run " + line};
  std::string out;
  std::array<char, 4096> part{};
  while (const auto got = std::fread(part.data(), 1, part.size(), pipe))
    out.append(part.data(), got);
  if (::pclose(pipe) != 0)
    throw std::runtime_error{"failed: " + line};
  return out;
}

std::filesystem::path made(const std::string& name, const std::string& recipe) {
  auto file = demux_folder() / name;
  if (!std::filesystem::exists(file))
    said_by("ffmpeg -nostdin -v quiet -y " +
            with(with(recipe, "{pictures}", pictures), "{sound}", sound) + " " + file.string() +
            " 2>&1");
  return file;
}

std::vector<double> pictures_by_ffprobe(const std::filesystem::path& source) {
  auto times = times_ms(said_by("ffprobe -v quiet -select_streams v:0 -show_entries "
                                "frame=best_effort_timestamp_time -of csv=p=0 " +
                                source.string()));
  std::sort(times.begin(), times.end());
  return times;
}

std::vector<double> sound_by_ffprobe(const std::filesystem::path& source, int track) {
  return times_ms(said_by("ffprobe -v quiet -select_streams a:" + std::to_string(track) +
                          " -show_entries packet=pts_time -of csv=p=0 " + source.string()));
}

std::uint32_t demuxed::frames() const {
  std::uint32_t sum = 0;
  for (const auto& one : fragments)
    sum += one.frames;
  return sum;
}

demuxed demux(const std::filesystem::path& source,
              const std::function<void(gst::demux_request&)>& change) {
  return demux(source, gst::inspect(source, {}).probe, change);
}

demuxed demux(const std::filesystem::path& source, const probe::source_probe& known,
              const std::function<void(gst::demux_request&)>& change) {
  static int runs = 0;
  gst::demux_request request;
  request.source = source;
  request.work = demux_folder() / ("work-" + std::to_string(++runs));
  request.probe = known;
  request.video = !request.probe.video.empty();
  for (std::uint32_t i = 0; i < request.probe.audio.size(); ++i)
    request.audio_tracks.push_back(i);
  for (std::uint32_t i = 0; i < request.probe.subtitles.size(); ++i)
    if (request.probe.subtitles[i].is_text)
      request.subtitle_tracks.push_back(i);
  if (change)
    change(request);
  demuxed out;
  collector told{out};
  {
    gst::demuxer demuxer{request, told};
    told.source = &demuxer;
    demuxer.start();
    if (!told.wait())
      throw std::runtime_error{"no end: " + demuxer.launch_line()};
    out.launch_line = demuxer.launch_line();
  }
  read_back(out, request.work);
  std::filesystem::remove_all(request.work);
  return out;
}

} // namespace vdoc::test
