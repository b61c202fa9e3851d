#include "pipelines/gst/movie_chapters.hpp"

#include "pipelines/captions/text.hpp"
#include "pipelines/gst/audio_timeline.hpp"
#include "pipelines/gst/box_file.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace vdoc::gst {

namespace {

using box = box_file::box;

constexpr std::uint64_t most_chapters = 1000;
constexpr std::uint64_t longest_title = 1000; ///< bytes
constexpr int deepest = 8;
constexpr std::int64_t latest_s = 1'000'000'000; ///< what is later makes no sense

std::chrono::nanoseconds time_of(std::int64_t ticks, std::int64_t ticks_per_second) {
  const auto latest = latest_s * ticks_per_second;
  return std::chrono::nanoseconds{
      rescaled(std::clamp(ticks, -latest, latest), 1'000'000'000, ticks_per_second)};
}

struct text_track {
  std::uint32_t id = 0;
  std::string kind; ///< of the media: "text", "vide", ...
  std::int64_t ticks_per_second = 0;
  std::optional<std::int64_t> first_shown; ///< media time at which the first edit with media begins
  std::int64_t empty_before = 0;           ///< length of the empty edits before it, in movie ticks
  std::map<std::string, box> tables;       ///< stts, stsc, stsz, stco or co64
};

/// What a movie holds that has to do with chapters.
struct movie {
  std::int64_t ticks_per_second = 0;
  std::vector<text_track> tracks;
  std::set<std::uint32_t> chapter_tracks;
  std::optional<box> list; ///< chpl
};

class chapter_reader {
public:
  explicit chapter_reader(const std::filesystem::path& source) : file_{source} {}
  std::vector<probe::chapter> read();

private:
  void see_movie(const box& from);
  void see_track(const box& from, text_track& track, int depth);
  void see_edits(const box& from, text_track& track);
  std::int64_t time_scale(const box& header);
  std::vector<std::uint64_t> places_of(const text_track& track, std::uint64_t count);
  std::string title_at(std::uint64_t at, std::uint64_t bytes);
  std::vector<probe::chapter> of_track(const text_track& track);
  std::vector<probe::chapter> of_list(const box& list);

  box_file file_;
  movie movie_;
};

/// Of `mvhd` and `mdhd`, which begin alike.
std::int64_t chapter_reader::time_scale(const box& header) {
  const bool long_times = file_.number(header.begin, 1) == 1;
  return static_cast<std::int64_t>(file_.number(header.begin + (long_times ? 20 : 12), 4));
}

void chapter_reader::see_edits(const box& from, text_track& track) {
  const bool long_times = file_.number(from.begin, 1) == 1;
  const std::uint64_t width = long_times ? 8 : 4;
  const auto count = std::min(file_.number(from.begin + 4, 4), most_chapters);
  for (std::uint64_t n = 0; n < count && !track.first_shown; ++n) {
    const auto at = from.begin + 8 + n * (2 * width + 4);
    const auto length = static_cast<std::int64_t>(file_.number(at, width));
    const auto media = file_.number(at + width, width);
    if (media == (long_times ? UINT64_MAX : UINT32_MAX))
      track.empty_before = length;
    else
      track.first_shown = static_cast<std::int64_t>(media);
  }
}

void chapter_reader::see_track(const box& from, text_track& track, int depth) {
  constexpr std::array nested{"mdia", "minf", "stbl", "edts", "tref"};
  if (depth > deepest)
    return;
  file_.each(from.begin, from.end, [&](const box& one, bool) {
    if (one.kind == "tkhd") {
      const bool long_times = file_.number(one.begin, 1) == 1;
      track.id = static_cast<std::uint32_t>(file_.number(one.begin + (long_times ? 20 : 12), 4));
    } else if (one.kind == "mdhd") {
      track.ticks_per_second = time_scale(one);
    } else if (one.kind == "hdlr" && from.kind == "mdia") {
      track.kind = file_.text(one.begin + 8, 4);
    } else if (one.kind == "elst") {
      see_edits(one, track);
    } else if (one.kind == "chap") {
      for (auto at = one.begin; at + 4 <= one.end; at += 4)
        movie_.chapter_tracks.insert(static_cast<std::uint32_t>(file_.number(at, 4)));
    } else if (std::find(nested.begin(), nested.end(), one.kind) != nested.end()) {
      see_track(one, track, depth + 1);
    } else if (from.kind == "stbl") {
      track.tables.insert_or_assign(one.kind, one);
    }
    return true;
  });
}

void chapter_reader::see_movie(const box& from) {
  file_.each(from.begin, from.end, [&](const box& one, bool) {
    if (one.kind == "mvhd")
      movie_.ticks_per_second = time_scale(one);
    if (one.kind == "trak")
      see_track(one, movie_.tracks.emplace_back(), 0);
    if (one.kind == "udta")
      file_.each(one.begin, one.end, [&](const box& inner, bool) {
        if (inner.kind == "chpl")
          movie_.list = inner;
        return true;
      });
    return true;
  });
}

/// Where the first `count` samples of a track lie in the file (ISO/IEC 14496-12, 8.7).
std::vector<std::uint64_t> chapter_reader::places_of(const text_track& track, std::uint64_t count) {
  std::vector<std::uint64_t> places;
  const bool long_offsets = track.tables.contains("co64");
  const auto sizes = track.tables.find("stsz"), runs = track.tables.find("stsc"),
             chunks = track.tables.find(long_offsets ? "co64" : "stco");
  for (const auto& table : {sizes, runs, chunks})
    if (table == track.tables.end())
      return places;
  const auto chunk_count = std::min(file_.number(chunks->second.begin + 4, 4), most_chapters);
  const auto run_count = std::min(file_.number(runs->second.begin + 4, 4), most_chapters);
  const auto one_size = file_.number(sizes->second.begin + 4, 4);
  count = std::min(count, file_.number(sizes->second.begin + 8, 4));
  std::uint64_t run = 0;
  for (std::uint64_t chunk = 0; chunk < chunk_count && places.size() < count; ++chunk) {
    while (run + 1 < run_count &&
           file_.number(runs->second.begin + 8 + 12 * (run + 1), 4) <= chunk + 1)
      ++run;
    const auto in_chunk = file_.number(runs->second.begin + 8 + 12 * run + 4, 4);
    auto at = file_.number(chunks->second.begin + 8 + (long_offsets ? 8 : 4) * chunk,
                           long_offsets ? 8 : 4);
    for (std::uint64_t n = 0; n < in_chunk && places.size() < count; ++n) {
      const auto size =
          one_size != 0 ? one_size : file_.number(sizes->second.begin + 12 + 4 * places.size(), 4);
      places.push_back(at);
      at += size;
    }
  }
  return places;
}

std::string chapter_reader::title_at(std::uint64_t at, std::uint64_t bytes) {
  auto title = captions::to_utf8(file_.text(at, std::min(bytes, longest_title)));
  const auto first = title.find_first_not_of(" \t\r\n");
  title.erase(0, std::min(first, title.size()));
  title.erase(title.find_last_not_of(" \t\r\n") + 1);
  return title;
}

std::vector<probe::chapter> chapter_reader::of_track(const text_track& track) {
  std::vector<probe::chapter> out;
  const auto steps = track.tables.find("stts");
  if (steps == track.tables.end() || track.ticks_per_second <= 0 || movie_.ticks_per_second <= 0)
    return out;
  const auto shift = time_of(track.empty_before, movie_.ticks_per_second) -
                     time_of(track.first_shown.value_or(0), track.ticks_per_second);
  const auto places = places_of(track, most_chapters);
  const auto entries = std::min(file_.number(steps->second.begin + 4, 4), most_chapters);
  std::int64_t ticks = 0;
  const auto time = [&] {
    return std::max(time_of(ticks, track.ticks_per_second) + shift, std::chrono::nanoseconds{0});
  };
  for (std::uint64_t entry = 0; entry < entries; ++entry) {
    const auto at = steps->second.begin + 8 + 8 * entry;
    const auto count = file_.number(at, 4);
    const auto step = static_cast<std::int64_t>(file_.number(at + 4, 4));
    for (std::uint64_t n = 0; n < count && out.size() < places.size(); ++n) {
      const auto place = places[out.size()];
      probe::chapter one{time(), {}, {}};
      ticks += step;
      one.end = time();
      one.title = title_at(place + 2, file_.number(place, 2)); // the length stands before the text
      out.push_back(std::move(one));
    }
  }
  return out;
}

/// Version and flags, in version 1 four bytes more, a count of one byte; then each with its begin
/// and a title with a length of one byte.
std::vector<probe::chapter> chapter_reader::of_list(const box& list) {
  std::vector<probe::chapter> out;
  auto at = list.begin + (file_.number(list.begin, 1) == 0 ? 4 : 8);
  const auto count = file_.number(at++, 1);
  for (std::uint64_t n = 0; n < count && at + 9 <= list.end; ++n) {
    const auto begin = std::min<std::uint64_t>(file_.number(at, 8), INT64_MAX);
    const auto bytes = file_.number(at + 8, 1);
    out.push_back(
        {time_of(static_cast<std::int64_t>(begin), 10'000'000), {}, title_at(at + 9, bytes)});
    at += 9 + bytes;
  }
  return out;
}

std::vector<probe::chapter> chapter_reader::read() {
  file_.each(0, file_.size(), [&](const box& top, bool) {
    if (top.kind == "moov")
      see_movie(top);
    return box_file::stands_at_the_top(top.kind) && top.kind != "moov" && top.kind != "moof";
  });
  std::vector<probe::chapter> out;
  for (const auto& track : movie_.tracks)
    if (out.empty() && movie_.chapter_tracks.contains(track.id) &&
        (track.kind == "text" || track.kind == "sbtl"))
      out = of_track(track);
  if (out.empty() && movie_.list)
    out = of_list(*movie_.list);
  return out;
}

} // namespace

std::vector<probe::chapter> read_movie_chapters(const std::filesystem::path& source) {
  return chapter_reader{source}.read();
}

} // namespace vdoc::gst
