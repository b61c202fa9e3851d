#include "actors/job/came_out.hpp"
#include "actors/job/presentation.hpp"
#include "pipelines/hls/hls.hpp"

#include <nlohmann/json.hpp>

#include <set>

namespace vdoc::job {

namespace {

using json = nlohmann::json;

double to_seconds(std::chrono::nanoseconds span) {
  return static_cast<double>(span.count()) / 1e9;
}

/// Sums over what is packed of one track.
json track_report(const manifest::track_state& track) {
  std::uint64_t frames = 0;
  std::uint64_t bytes = 0;
  std::chrono::nanoseconds duration{0};
  std::vector<hls::segment> segments;
  for (const auto& [index, one] : track.segments) {
    frames += one.frames;
    bytes += one.bytes;
    duration += one.end - one.begin;
    segments.push_back({one.uri, one.end - one.begin, one.bytes});
  }
  return {{"segments", track.segments.size()},
          {"frames", frames},
          {"duration_s", to_seconds(duration)},
          {"bytes", bytes},
          {"average_bitrate_bps", hls::average_bps(segments)},
          {"peak_bitrate_bps", hls::peak_bps(segments)},
          {"codec", track.segments.empty() ? "" : track.segments.begin()->second.codec}};
}

json renditions_report(const rules& job) {
  json list = json::array();
  const auto& known = job.known();
  for (const auto& one : known.source->ladder) {
    const auto track = known.tracks.find(one.name);
    json entry = track == known.tracks.end() ? json::object() : track_report(track->second);
    entry["name"] = one.name;
    entry["width_px"] = one.width_px;
    entry["height_px"] = one.height_px;
    entry["copied"] = one.copied;
    entry["playlist"] = video_folder(one.name) + "/index.m3u8";
    list.push_back(std::move(entry));
  }
  return list;
}

json audio_report(const rules& job) {
  json list = json::array();
  const auto& known = job.known();
  for (const auto number : job.audio_tracks()) {
    const auto track = known.tracks.find(manifest::audio_track_name(number));
    json entry = track == known.tracks.end() ? json::object() : track_report(track->second);
    entry["track"] = number;
    entry["language"] = known.source->probe.audio[number].language;
    entry["playlist"] = audio_folder(known.source->probe, number) + "/index.m3u8";
    list.push_back(std::move(entry));
  }
  return list;
}

json fragments_report(const rules& job) {
  std::uint64_t expected = 0;
  std::uint64_t decoded = 0;
  std::uint64_t lost = 0;
  std::uint64_t concealed = 0;
  std::chrono::nanoseconds overhead{0};
  for (const auto& [index, piece] : job.known().fragments) {
    expected += piece.frames;
    decoded += frames_decoded(job.known(), index);
  }
  for (const auto& [key, result] : job.known().encoded) {
    overhead += result.overhead;
    if (key.second != telling_part(job.known(), key.first))
      continue;
    lost += result.lost.pictures;
    concealed += result.concealed.pictures;
  }
  return {{"count", job.known().fragments.size()},
          {"encode_tasks", job.known().encoded.size()},
          {"frames_in_source", expected},
          {"frames_decoded", decoded},
          {"frames_lost", lost},
          {"frames_concealed", concealed},
          {"bridged", job.known().bridged.size()},
          {"overhead_s", to_seconds(overhead)}};
}

/// Which stage does a kind of work.
const char* stage_name(work kind) {
  switch (kind) {
  case work::open:
    return "ingest";
  case work::read:
    return "demux";
  case work::audio:
    return "audio";
  case work::encode:
    return "transcode";
  case work::hear:
    return "transcribe";
  case work::compose:
    return "document";
  case work::pack:
  case work::pack_audio:
  case work::remux:
    return "package";
  }
  return "package";
}

json stages_report(const std::map<work, stage_time>& kinds) {
  std::map<std::string, stage_time> stages;
  for (const auto& [kind, one] : kinds) {
    auto& sum = stages[stage_name(kind)];
    sum.tasks += one.tasks;
    sum.attempts += one.attempts;
    sum.wall += one.wall;
    sum.cpu += one.cpu;
  }
  json list = json::object();
  for (const auto& [name, one] : stages)
    list[name] = {{"tasks", one.tasks},
                  {"attempts", one.attempts},
                  {"wall_s", to_seconds(one.wall)},
                  {"cpu_s", to_seconds(one.cpu)}};
  return list;
}

const char* to_word(culprit whose) {
  switch (whose) {
  case culprit::user:
    return "input";
  case culprit::peer:
    return "environment";
  case culprit::ours:
    return "engine";
  }
  return "engine";
}

} // namespace

std::string warning_of(const left_results& left) {
  const auto where =
      left.in.empty() ? "left in the data folder" : "put into the fallback store " + left.in;
  return "the artefact store did not take the results; they were " + where +
         ", and are moved when it does: " + left.because;
}

std::vector<std::string> warnings_of(const rules& job, const left_results& left) {
  auto all = job.known().warnings;
  if (!left.because.empty())
    all.push_back(warning_of(left));
  return all;
}

std::string report(const rules& job, const circumstances& around) {
  json out{{"version", 1},
           {"job", around.job_id},
           {"source", job.wanted().source},
           {"name", job.wanted().name},
           {"state", around.state},
           {"resumed", around.resumed},
           {"started_at", around.started_at},
           {"ended_at", around.ended_at},
           {"wall_s", around.wall_s},
           {"options", json::parse(canonical(job.wanted()))},
           {"stages", stages_report(around.stages)},
           {"hosts", around.hosts},
           {"twins", {{"started", job.twins_begun()}, {"won", job.twins_won()}}},
           {"warnings", warnings_of(job, around.left)},
           {"graphs", around.graphs}};
  if (!around.why.what.empty() && around.state != "succeeded")
    out["error"] = {{"message", around.why.what},
                    {"whose", to_word(around.why.whose)},
                    {"advice", around.why.advice},
                    {"where", around.why.where}};
  if (!job.known().reused_from.empty())
    out["reused_from"] = job.known().reused_from;
  json mishaps = json::array();
  for (const auto& one : job.known().mishaps)
    mishaps.push_back({{"task", one.task}, {"host", one.host}, {"reason", one.reason}});
  out["restarts"] = job.hosts_lost();
  out["mishaps"] = std::move(mishaps);
  if (const auto& source = job.known().source) {
    out["fingerprint"] = source->fingerprint;
    out["probe"] = source->probe;
    out["hdr"] = !source->probe.video.empty() && source->probe.video.front().color.hdr;
    out["duration_s"] =
        to_seconds(job.known().ended ? job.known().ended->duration : source->probe.duration);
    out["renditions"] = renditions_report(job);
    out["audio"] = audio_report(job);
    out["fragments"] = fragments_report(job);
  }
  if (const auto& made = job.known().composition) {
    json captions = json::array();
    for (const auto& one : made->captions)
      captions.push_back({{"language", one.language}, {"cues", one.cues}, {"playlist", one.uri}});
    out["captions"] = std::move(captions);
    out["words"] = made->words;
    out["key_pictures"] = made->key_pictures;
  }
  return out.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

bool says_all(const std::string& report, const rules& job) {
  const auto said = json::parse(report, nullptr, false);
  return said.is_object() && said.value("state", json{}) == "succeeded" &&
         said.value("options", json{}) == json::parse(canonical(job.wanted())) &&
         said.value("warnings", json{}) == json(warnings_of(job, {}));
}

} // namespace vdoc::job
