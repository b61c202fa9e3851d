#include "pipelines/document/document.hpp"

#include "actors/document/captions_work.hpp"
#include "actors/document/spawn.hpp"
#include "actors/wire/fault_error.hpp"
#include "pipelines/captions/language.hpp"
#include "pipelines/document/thumbnails.hpp"
#include "pipelines/manifest/durable.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <fstream>
#include <iomanip>
#include <sstream>
#include <system_error>

namespace vdoc::document {

namespace {

namespace fs = std::filesystem;

std::string decimals(double value, int places) {
  std::ostringstream out;
  out << std::fixed << std::setprecision(places) << value;
  return out.str();
}

std::vector<std::string> describe(const probe::source_probe& source) {
  std::vector<std::string> lines;
  if (!source.video.empty()) {
    const auto& video = source.video.front();
    std::string line = (video.codec_name.empty() ? video.codec : video.codec_name) + ", " +
                       std::to_string(video.display_width_px) + " × " +
                       std::to_string(video.display_height_px);
    if (video.fps_numerator > 0)
      line += ", " + decimals(double(video.fps_numerator) / video.fps_denominator, 2) + " fps";
    if (video.color.hdr)
      line += ", HDR";
    lines.push_back(line);
  }
  for (const auto& audio : source.audio) {
    std::string line = probe::audio_codec_name(audio.codec) + ", " +
                       std::to_string(audio.channels) +
                       (audio.channels == 1 ? " channel, " : " channels, ") +
                       decimals(audio.rate_hz / 1000.0, 1) + " kHz";
    if (!audio.language.empty())
      line += ", " + captions::language_name(audio.language);
    lines.push_back(line);
  }
  return lines;
}

std::vector<picture> pictures_of(const manifest::state& known) {
  std::vector<picture> pictures;
  for (const auto& [key, made] : known.encoded)
    for (const auto& one : made.pictures)
      pictures.push_back({one.pts, one.hash, one.luma, one.jpeg});
  std::stable_sort(pictures.begin(), pictures.end(),
                   [](const auto& a, const auto& b) { return a.pts < b.pts; });
  return pictures;
}

std::vector<download> downloads_of(const compose& msg, const std::vector<caption_set>& sets) {
  std::vector<download> files;
  if (!msg.progressive_file.empty())
    files.push_back({msg.progressive_file.ends_with(".mp4") ? "Video (MP4)" : "Sound (M4A)",
                     "../" + msg.progressive_file});
  for (const auto& set : sets) {
    const auto name = captions::language_name(set.transcript.language);
    files.push_back({name + " captions (WebVTT)", "../captions/" + set.stem + ".vtt"});
    files.push_back({name + " captions (SRT)", "../captions/" + set.stem + ".srt"});
  }
  if (!sets.empty()) {
    files.push_back({"Transcript (text)", "../transcript.txt"});
    files.push_back({"Transcript (JSON)", "../transcript.json"});
  }
  return files;
}

document_source source_of(const compose& msg, const manifest::state& known,
                          const std::vector<caption_set>& sets) {
  document_source source;
  source.title = msg.title;
  source.duration = known.ended ? known.ended->duration : timestamp{0};
  source.description = describe(known.source->probe);
  source.has_video = !known.source->probe.video.empty();
  if (source.has_video) {
    source.width_px = known.source->probe.video.front().display_width_px;
    source.height_px = known.source->probe.video.front().display_height_px;
  }
  source.playlist_href = "../master.m3u8";
  source.media_href = msg.progressive_file.empty() ? "" : "../" + msg.progressive_file;
  if (!sets.empty())
    source.transcript = sets.front().transcript;
  else if (!msg.captions)
    source.speech_note = "Captions were switched off.";
  else
    for (const auto& text : known.warnings)
      if (text.find("recogniser") != std::string::npos)
        source.speech_note = text;
  for (const auto& set : sets)
    source.captions.push_back({set.transcript.language,
                               captions::language_name(set.transcript.language), set.cues,
                               "../captions/" + set.stem + ".vtt"});
  for (const auto& one : known.source->probe.chapters)
    source.chapters.push_back({one.begin, one.end, one.title});
  source.pictures = pictures_of(known);
  source.picture_folder = msg.work;
  source.downloads = downloads_of(msg, sets);
  source.warnings = known.warnings;
  return source;
}

/// document.md stands beside the folder of the page: its links lead one folder less up.
void move_markdown_up(const fs::path& root) {
  const auto inner = root / "document" / "document.md";
  std::ifstream in{inner, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  const auto replace_all = [&](const std::string& from, const std::string& to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
      text.replace(at, from.size(), to);
  };
  replace_all("](../", "](");
  replace_all("](pictures/", "](document/pictures/");
  manifest::write_durably(root / "document.md", std::string_view{text});
  fs::remove(inner);
}

composed write_all(const compose& msg) {
  const fs::path root{msg.folder};
  const auto known = manifest::read(fs::path{msg.work} / "manifest.jsonl");
  composed done;
  std::vector<caption_set> sets;
  if (msg.captions) {
    sets = collect_captions(known, msg.language, done.warnings);
    const auto tracks = write_captions(
        sets, {root, segment_boundaries(known, msg.segment_ms), msg.transport_stream});
    for (const auto& one : tracks)
      done.captions.push_back({one.language, one.name, one.uri, one.cues});
    if (!sets.empty())
      done.words = static_cast<std::uint32_t>(sets.front().transcript.word_count());
  }
  auto source = source_of(msg, known, sets);
  if (!source.pictures.empty()) {
    source.thumbnails = write_thumbnails(source.pictures, source.picture_folder, source.duration,
                                         root / "thumbnails");
    for (auto& href : source.thumbnails.hrefs)
      href.insert(0, "../thumbnails/");
    if (!source.thumbnails.hrefs.empty())
      source.poster_href = "../thumbnails/poster.jpg";
  }
  if (msg.document) {
    done.key_pictures =
        static_cast<std::uint32_t>(write_document(source, root / "document").pictures);
    move_markdown_up(root);
  }
  return done;
}

actor::behavior_type document(actor::pointer, const std::shared_ptr<allegiance>& to) {
  return {[to](const compose& msg) -> caf::result<composed> {
    try {
      composed made;
      if (!to->write([&] { made = write_all(msg); }))
        return to_error(allegiance::gone().why());
      return made;
    } catch (const failure& error) {
      return to_error(error.why());
    } catch (const std::system_error& error) {
      return to_error({culprit::peer, error.what(), "make room on the disk and --resume", ""});
    }
  }};
}

} // namespace

actor spawn(caf::actor_system& system, std::shared_ptr<allegiance> to) {
  return system.spawn<caf::detached>(document, std::move(to));
}

} // namespace vdoc::document
