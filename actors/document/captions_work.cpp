#include "actors/document/captions_work.hpp"

#include "pipelines/captions/language.hpp"
#include "pipelines/captions/layout.hpp"
#include "pipelines/captions/read.hpp"
#include "pipelines/captions/write.hpp"
#include "pipelines/fault.hpp"
#include "pipelines/hls/hls.hpp"
#include "pipelines/manifest/durable.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdio>

namespace vdoc::document {

namespace {

/// MPEG-2 time of the presentation's zero in our transport streams (see hls::ts_segment).
constexpr std::int64_t ts_zero = 900'000;

fragment::timestamp media_end(const manifest::state& known) {
  return known.ended ? known.ended->duration : fragment::timestamp{0};
}

caption_set of_cues(std::vector<captions::cue> cues, const std::string& language,
                    const std::string& engine) {
  caption_set set;
  set.transcript = captions::from_cues(cues, language, engine);
  set.cues = std::move(cues);
  return set;
}

void add_sidecars(const manifest::state& known, const std::string& language,
                  std::vector<caption_set>& sets, std::vector<std::string>& warnings) {
  for (const auto& one : known.source->sidecars) {
    const auto name = std::filesystem::path{one.path}.filename().string();
    try {
      auto read = captions::read_subtitles(std::filesystem::path{one.path});
      for (const auto& text : read.warnings)
        warnings.emplace_back(name).append(": ").append(text);
      if (!read.cues.empty())
        sets.push_back(
            of_cues(std::move(read.cues), one.language.empty() ? language : one.language, name));
    } catch (const failure& error) {
      warnings.push_back(name + ": " + error.why().what);
    }
  }
}

void add_subtitle_tracks(const manifest::state& known, const std::string& language,
                         std::vector<caption_set>& sets) {
  const auto& tracks = known.source->probe.subtitles;
  for (std::uint32_t number = 0; number < tracks.size(); ++number) {
    std::vector<captions::timed_text> texts;
    for (const auto& one : known.texts)
      if (one.track == number)
        texts.push_back({one.begin, one.end, one.text});
    std::stable_sort(texts.begin(), texts.end(),
                     [](const auto& a, const auto& b) { return a.begin < b.begin; });
    auto cues = captions::to_cues(texts);
    if (!cues.empty())
      sets.push_back(of_cues(std::move(cues),
                             tracks[number].language.empty() ? language : tracks[number].language,
                             "subtitle track " + std::to_string(number + 1)));
  }
}

void add_recognised(const manifest::state& known, const std::string& language,
                    std::vector<caption_set>& sets) {
  caption_set set;
  set.transcript.language = language;
  for (const auto& [index, heard] : known.heard) {
    if (heard.words.empty())
      continue;
    set.transcript.engine = heard.engine;
    const auto& cut = known.utterances.at(index);
    captions::utterance said{cut.begin, cut.end, {}};
    for (const auto& one : heard.words)
      said.words.push_back({one.text, one.begin, one.end, one.confidence});
    set.transcript.utterances.push_back(std::move(said));
  }
  if (set.transcript.empty())
    return;
  set.cues = captions::lay_out(set.transcript, media_end(known));
  sets.push_back(std::move(set));
}

void name_files(std::vector<caption_set>& sets) {
  std::vector<std::string> taken;
  for (auto& set : sets) {
    std::string base = set.transcript.language.empty() ? "und" : set.transcript.language;
    std::erase_if(base, [](unsigned char c) { return std::isalnum(c) == 0 && c != '-'; });
    set.stem = base;
    for (int n = 2; std::find(taken.begin(), taken.end(), set.stem) != taken.end(); ++n)
      set.stem = base + "-" + std::to_string(n);
    taken.push_back(set.stem);
  }
}

std::string segment_name(std::size_t index) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%05zu.vtt", index);
  return text.data();
}

void write_segments(const caption_set& set, const caption_target& target) {
  const auto folder = target.folder / "captions" / set.stem;
  std::filesystem::create_directories(folder);
  const auto segments =
      captions::vtt_segments(set.cues, target.boundaries, target.transport_stream ? ts_zero : 0);
  hls::media_playlist list;
  list.ended = true;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    manifest::write_whole(folder / segment_name(i), segments[i]);
    list.segments.push_back(
        {segment_name(i), target.boundaries[i + 1] - target.boundaries[i], segments[i].size()});
  }
  manifest::write_durably(folder / "index.m3u8", std::string_view{hls::write(list)});
}

void write_transcript(const captions::transcript& spoken, const std::filesystem::path& folder) {
  manifest::write_durably(folder / "transcript.json",
                          std::string_view{nlohmann::json(spoken).dump(1) + "\n"});
  manifest::write_durably(folder / "transcript.txt",
                          std::string_view{captions::plain_text(spoken)});
}

} // namespace

std::vector<caption_set> collect_captions(const manifest::state& known, const std::string& language,
                                          std::vector<std::string>& warnings) {
  std::vector<caption_set> sets;
  add_sidecars(known, language, sets, warnings);
  add_subtitle_tracks(known, language, sets);
  if (sets.empty())
    add_recognised(known, language, sets);
  std::stable_partition(sets.begin(), sets.end(),
                        [&](const auto& set) { return set.transcript.language == language; });
  name_files(sets);
  return sets;
}

std::vector<manifest::caption_track> write_captions(const std::vector<caption_set>& sets,
                                                    const caption_target& target) {
  std::vector<manifest::caption_track> tracks;
  const auto folder = target.folder / "captions";
  for (const auto& set : sets) {
    std::filesystem::create_directories(folder);
    const auto note = captions::provenance(set.transcript);
    manifest::write_durably(folder / (set.stem + ".vtt"),
                            std::string_view{captions::write_vtt(set.cues, note)});
    manifest::write_durably(folder / (set.stem + ".srt"),
                            std::string_view{captions::write_srt(set.cues)});
    write_segments(set, target);
    auto name = captions::language_name(set.transcript.language);
    if (set.transcript.automatic)
      name += " (automatic)";
    const auto same = std::count_if(tracks.begin(), tracks.end(),
                                    [&](const auto& other) { return other.name == name; });
    if (same > 0)
      name += " " + std::to_string(tracks.size() + 1);
    tracks.push_back({set.transcript.language, name, "captions/" + set.stem + "/index.m3u8",
                      static_cast<std::uint32_t>(set.cues.size())});
  }
  // Nobody spoke: the files say that, rather than being missing.
  write_transcript(sets.empty() ? captions::transcript{} : sets.front().transcript, target.folder);
  return tracks;
}

std::vector<fragment::timestamp> segment_boundaries(const manifest::state& known,
                                                    std::uint32_t segment_ms) {
  std::vector<fragment::timestamp> cuts;
  for (const auto& [index, piece] : known.fragments) {
    if (cuts.empty())
      cuts.push_back(piece.begin);
    cuts.push_back(piece.end);
  }
  const auto end = media_end(known);
  if (cuts.empty())
    return captions::even_boundaries(end, std::chrono::milliseconds{segment_ms});
  cuts.front() = fragment::timestamp{0};
  if (cuts.back() < end && cuts.size() > 1 && end - cuts.back() < std::chrono::seconds{1})
    cuts.back() = end;
  while (cuts.back() < end)
    cuts.push_back(
        std::min(end, cuts.back() + fragment::timestamp{std::chrono::milliseconds{segment_ms}}));
  return cuts;
}

} // namespace vdoc::document
