#include "pipelines/gst/demuxer.hpp"
#include "pipelines/gst/key_survey.hpp"
#include "pipelines/gst/movie_chapters.hpp"
#include "pipelines/gst/source_checks.hpp"
#include "pipelines/gst/source_formats.hpp"
#include "pipelines/gst/stream_facts.hpp"
#include "pipelines/gst/track_numbers.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>

namespace vdoc::gst {

namespace {

using namespace std::chrono_literals;
using fragment::timestamp;
using clock = std::chrono::steady_clock;

/// Enough pictures to see whether they come evenly, where nothing else is asked of them.
constexpr std::uint64_t short_look = 150;
constexpr timestamp long_look = 30s;
/// Streams that have not shown up after so much of the others are not waited for.
constexpr std::uint64_t most_sound_units = 4000;

struct found_stream {
  source_stream* stream = nullptr; ///< the reader's; looked at again once that has stopped
  track_numbers::numbered number;
  owned<GstCaps> first_caps;
  key_survey keys;
  std::uint64_t units = 0;
};

/// Collects on the streaming thread until it has seen enough.
class survey final : public source_listener {
public:
  explicit survey(const std::filesystem::path& source) : numbers_{read_movie_boxes(source)} {}

  bool on_stream(source_stream& stream) override {
    const std::lock_guard lock{guard_};
    auto number = numbers_.of(stream);
    if (!number.is_new)
      return false;
    const auto read = number.refused.empty() && number.kind != stream_kind::other;
    streams_.push_back({&stream, std::move(number), nullptr, {}, 0});
    return read;
  }

  void on_format(source_stream& stream) override {
    const std::lock_guard lock{guard_};
    auto& found = of(stream);
    if (!found.first_caps)
      found.first_caps.reset(gst_caps_ref(stream.caps.get()));
    if (stream.kind == stream_kind::video)
      found.keys.set_format(stream);
  }

  bool on_unit(source_stream& stream, const source_unit& unit) override {
    const std::lock_guard lock{guard_};
    auto& found = of(stream);
    ++found.units;
    if (stream.kind == stream_kind::video)
      found.keys.see(unit);
    enough_ = enough_ || is_enough();
    if (enough_)
      changed_.notify_all();
    return !enough_;
  }

  void set_complete(bool complete) { complete_ = complete; }
  bool seen_enough(std::chrono::milliseconds limit) {
    std::unique_lock lock{guard_};
    return changed_.wait_for(lock, limit, [this] { return enough_; });
  }
  [[nodiscard]] std::deque<found_stream>& streams() { return streams_; }
  [[nodiscard]] const track_numbers& numbers() const { return numbers_; }

private:
  found_stream& of(const source_stream& stream) {
    return *std::find_if(streams_.begin(), streams_.end(),
                         [&](const found_stream& one) { return one.stream->id == stream.id; });
  }

  [[nodiscard]] bool is_enough() const {
    auto any_video = false;
    auto all_known = true;
    std::uint64_t sound_units = 0;
    for (const auto& one : streams_) {
      if (!one.number.refused.empty() || one.number.kind == stream_kind::other)
        continue;
      all_known = all_known && one.first_caps != nullptr;
      if (one.number.kind == stream_kind::audio)
        sound_units = std::max(sound_units, one.units);
      if (one.number.kind != stream_kind::video || one.number.track != 0)
        continue;
      any_video = true;
      const auto is_h264 =
          one.first_caps && bitstream_of(one.first_caps.get()).codec == fragment::bitstream::h264;
      if (one.keys.span() >= long_look)
        return true;
      if (is_h264 || one.units < short_look)
        all_known = false;
    }
    return sound_units > most_sound_units || (all_known && (any_video || complete_));
  }

  std::mutex guard_;
  std::condition_variable changed_;
  track_numbers numbers_;
  std::deque<found_stream> streams_;
  std::atomic<bool> complete_{false};
  bool enough_ = false;
};

/// Reads until enough was seen, the end, or an error. False when it stopped moving.
bool read_on(source_reader& reader, survey& seen, std::chrono::seconds patience) {
  auto progress = reader.progress();
  auto moved = clock::now();
  for (;;) {
    seen.set_complete(reader.streams_complete());
    if (seen.seen_enough(5ms) || reader.over())
      return true;
    const auto now = clock::now();
    if (const auto next = reader.progress(); next != progress) {
      progress = next;
      moved = now;
    } else if (now - moved > (reader.error() ? std::chrono::seconds{1} : patience)) {
      return reader.error().has_value();
    }
  }
}

void check_size(const probe::video_stream& video, const std::string& name,
                const inspect_limits& limits) {
  const auto pixels = static_cast<std::int64_t>(video.coded_width_px) * video.coded_height_px;
  if (video.coded_width_px <= limits.largest_width_px &&
      video.coded_height_px <= limits.largest_height_px && pixels <= limits.largest_pixels)
    return;
  throw failure{fault{culprit::user,
                      name + " is too large: " + std::to_string(video.coded_width_px) + "x" +
                          std::to_string(video.coded_height_px) + " pixels",
                      "scale it down, or raise the limits on sizes in the configuration",
                      {}}};
}

/// A picture that is not moving: cover art, or a slide that a podcast carries along.
bool is_attached_picture(const found_stream& one, const probe::video_stream& video, bool at_end) {
  const auto still = video.codec == "png" || video.codec == "mjpeg";
  return still && at_end && one.units <= 1;
}

class report {
public:
  report(const std::filesystem::path& source, const inspect_limits& limits, const survey& seen)
      : name_{source.filename().string()}, limits_{limits}, seen_{seen} {}

  void add(found_stream& one, bool at_end) {
    auto& stream = *one.stream;
    if (one.first_caps)
      stream.caps.reset(gst_caps_ref(one.first_caps.get()));
    if (!one.number.refused.empty()) {
      out_.probe.refused.push_back({one.number.name, one.number.refused});
      return;
    }
    switch (one.number.kind) {
    case stream_kind::video:
      add_video(one, at_end);
      break;
    case stream_kind::audio:
      add_audio(one, at_end);
      break;
    case stream_kind::text:
    case stream_kind::picture_text:
      out_.probe.subtitles.push_back(subtitle_facts(stream));
      break;
    case stream_kind::other:
      break;
    }
  }
  /// Empty audio tracks at the end are left out; others keep their place, for the numbers' sake.
  inspection& result() {
    auto& audio = out_.probe.audio;
    audio.resize(std::min(audio.size(), last_audio_with_sound_));
    return out_;
  }

private:
  void add_video(found_stream& one, bool at_end);
  void add_audio(const found_stream& one, bool at_end);

  std::string name_;
  const inspect_limits& limits_;
  const survey& seen_;
  std::size_t last_audio_with_sound_ = 0;
  inspection out_;
};

void report::add_video(found_stream& one, bool at_end) {
  auto video = video_facts(*one.stream);
  if (const auto* boxes = seen_.numbers().boxes_of(*one.stream); boxes != nullptr) {
    if (boxes->has_turn && boxes->turn != video.turn) {
      if ((boxes->turn.clockwise_degrees - video.turn.clockwise_degrees) % 180 != 0)
        std::swap(video.display_width_px, video.display_height_px);
      video.turn = boxes->turn;
    }
    if (boxes->carries_enhancement)
      out_.probe.warnings.push_back(
          "Dolby Vision enhancement layer is left out: there is no decoder for it, the base layer "
          "is used");
    else if (boxes->dolby_vision_profile >= 0)
      out_.probe.warnings.push_back("Dolby Vision metadata is ignored, the base layer is used");
  }
  check_size(video, name_, limits_);
  if (is_attached_picture(one, video, at_end))
    return;
  if (one.units == 0 && at_end) {
    out_.probe.warnings.push_back("video track " + std::to_string(one.number.track + 1) +
                                  " is empty");
    return;
  }
  if (video.coded_width_px <= 0 || video.coded_height_px <= 0) {
    out_.probe.refused.push_back({video.codec_name, "its size is not known"});
    return;
  }
  one.keys.correct_rate(video.fps_numerator, video.fps_denominator);
  const auto evidence = one.keys.evidence(*one.stream);
  if (const auto measured = one.keys.bitrate_bps(); measured > 0)
    video.bitrate_bps = measured;
  if (out_.probe.video.empty())
    out_.copy = evidence;
  out_.probe.video.push_back(std::move(video));
}

void report::add_audio(const found_stream& one, bool at_end) {
  auto& audio = out_.probe.audio;
  if (one.units == 0 && at_end)
    out_.probe.warnings.push_back("audio track " + std::to_string(one.number.track + 1) +
                                  " is empty");
  else
    last_audio_with_sound_ = audio.size() + 1;
  if (static_cast<int>(audio.size()) < limits_.most_audio_tracks) {
    audio.push_back(audio_facts(*one.stream));
    return;
  }
  constexpr auto why = "there are more audio tracks than the limit";
  if (out_.probe.refused.empty() || out_.probe.refused.back().why != why)
    out_.probe.warnings.push_back("only the first " + std::to_string(limits_.most_audio_tracks) +
                                  " audio tracks are used");
  out_.probe.refused.push_back({"audio track " + std::to_string(one.number.track + 1), why});
}

[[noreturn]] void refuse_all(const std::string& name, const probe::source_probe& probe) {
  fault why{culprit::user, name + " cannot be played here", "convert it to H.264 first", {}};
  for (const auto& one : probe.refused)
    why.what += (&one == &probe.refused.front() ? ": " : "; ") + one.what + " (" + one.why + ")";
  throw failure{why};
}

} // namespace

inspection inspect(const std::filesystem::path& source, const inspect_limits& limits) {
  initialise();
  check_readable(source);
  const auto growing = probe::growing_file::at(source);
  survey seen{source};
  source_reader reader{source, seen};
  std::optional<fault> broken;
  try {
    reader.start();
  } catch (const failure& error) {
    broken = error.why();
  }
  if (!broken && !read_on(reader, seen, limits.patience)) {
    reader.stop();
    throw failure{fault{culprit::user,
                        source.filename().string() + " cannot be read: nothing came for " +
                            std::to_string(limits.patience.count()) + " s",
                        "check that the file is complete and its storage answers", "inspect"}};
  }
  if (const auto trouble = reader.upload_trouble()) {
    reader.stop();
    throw failure{*trouble};
  }
  const auto at_end = reader.over();
  const auto duration = reader.duration();
  const auto error = reader.error();
  auto said = explain(source, reader);
  reader.stop();
  report out{source, limits, seen};
  for (auto& one : seen.streams())
    out.add(one, at_end);
  auto& probe = out.result().probe;
  probe.container = container_name(reader.file_type());
  probe.duration = duration;
  probe.bytes =
      growing ? growing->length().value_or(growing->bytes()) : std::filesystem::file_size(source);
  probe.title = text_of(reader.tags(), GST_TAG_TITLE);
  probe.chapters = chapters_of(reader.contents());
  if (probe.chapters.empty() && !growing) // they may lie anywhere
    probe.chapters = read_movie_chapters(source);
  close_chapters(probe.chapters, duration);
  if (probe.video.empty() && probe.audio.empty()) {
    if (!probe.refused.empty())
      refuse_all(source.filename().string(), probe);
    throw failure{std::move(said)};
  }
  if (error)
    probe.warnings.push_back("damaged: some of it, maybe a track, is unreadable: " + error->what);
  return out.result();
}

} // namespace vdoc::gst
