#include "actors/job/rules.hpp"

#include "actors/job/came_out.hpp"
#include "pipelines/probe/growing_file.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace vdoc::job {

namespace {

/// The short side of the picture that a page shows.
constexpr int enough_px = 720;

} // namespace

std::string canonical(const spec& what) {
  nlohmann::json rungs = nlohmann::json::array();
  for (const auto& one : what.rungs)
    rungs.push_back({one.height_px, one.max_bitrate_kbps, one.buffer_kbit});
  return nlohmann::json{
      {"ladder", what.ladder.automatic ? std::vector<int>{} : what.ladder.heights_px},
      {"copy", what.ladder.may_copy},
      {"rungs", rungs},
      {"preset", what.encode.preset},
      {"crf", what.encode.crf},
      {"segment_ms", what.segment_ms},
      {"ts", what.transport_stream},
      {"captions", what.captions},
      {"language", what.language},
      {"picture_every_ms", what.picture_every_ms}}
      .dump();
}

rules::rules(spec what, manifest::state resumed)
    : spec_{std::move(what)}, known_{std::move(resumed)}, suspects_{spec_.poison_after},
      ahead_{spec_.fragments_ahead} {}

effects rules::on(const event& what) {
  out_.clear();
  if (!over_)
    std::visit([this](const auto& x) { handle(x); }, what);
  else if (const auto* late = std::get_if<granted>(&what))
    out_.emplace_back(give_up_slot{late->what});
  return std::move(out_);
}

// --- what is wanted -------------------------------------------------------------------------

std::uint64_t rules::rank_of(const task& what) const {
  fragment::timestamp at{0};
  switch (what.kind) {
  case work::encode:
  case work::pack:
    if (const auto found = known_.fragments.find(what.index); found != known_.fragments.end())
      at = found->second.begin;
    break;
  case work::hear:
    if (const auto found = known_.utterances.find(what.index); found != known_.utterances.end())
      at = found->second.begin;
    break;
  default:
    break;
  }
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(at).count();
  return static_cast<std::uint64_t>(std::max<std::int64_t>(ms, 0)) * 16 +
         static_cast<std::uint64_t>(what.kind) - (what.part == 1 ? 1 : 0);
}

void rules::want(const task& what) {
  if (running_.contains(what) || !wanted_.insert(what).second)
    return;
  std::string affinity;
  if (what.kind == work::encode)
    if (const auto found = known_.fragments.find(what.index); found != known_.fragments.end())
      affinity = found->second.run;
  out_.emplace_back(want_slot{what, rank_of(what), affinity, suspects_.failed_at(what)});
}

void rules::done(const task& what, dispatch::task_end how, const std::string& cause) {
  doubled_.erase(what);
  if (running_.erase(what) > 0 || wanted_.erase(what) > 0)
    out_.emplace_back(give_up_slot{what, how, cause});
}

void rules::keep(manifest::record what) {
  known_.apply(what);
  out_.emplace_back(remember{std::move(what)});
}

void rules::handle(const start&) {
  if (known_.spec != canonical(spec_)) {
    known_ = {};
    keep(manifest::begun{canonical(spec_)});
  }
  want({work::open, 0, 0});
}

void rules::handle(const opened& x) {
  done({work::open, 0, 0});
  auto source = x.source;
  copy_ = x.copy;
  if (!source.probe.video.empty())
    source.ladder = ladder::plan(source.probe.video.front(), x.copy, spec_.ladder, spec_.rungs);
  // An upload only ever grows: what was read of it before it was whole is what is there now.
  if (known_.source && known_.source->fingerprint != source.fingerprint &&
      !known_.source->fingerprint.starts_with(probe::unfinished_upload)) {
    out_.emplace_back(note{"restarted", "the source has changed since the interrupted run"});
    known_ = {};
    keep(manifest::begun{canonical(spec_)});
  }
  if (!known_.source) {
    keep(source);
    for (const auto& text : source.probe.warnings)
      keep(manifest::warned{text});
    for (const auto& one : source.probe.refused)
      keep(manifest::warned{one.what + " was left out: " + one.why});
  }
  look_for_results(x.identity);
}

void rules::begin_work() {
  for (const auto& [index, piece] : known_.fragments) {
    want_encode(index);
    if (over_)
      return;
    if (fragment_is_packed(index)) {
      media_done_ += piece.end - piece.begin;
      frames_done_ += frames_decoded(known_, index);
    }
  }
  for (const auto& [key, segment] : known_.audio)
    if (!known_.tracks[manifest::audio_track_name(key.first)].segments.contains(key.second))
      want_pack({work::pack_audio, key.first, key.second});
  for (const auto& [index, one] : known_.utterances)
    if (!known_.heard.contains(index))
      want({work::hear, index, 0});
  bool audio_missing = false;
  for (const auto track : audio_tracks())
    if (!known_.audio_done.contains(track)) {
      audio_missing = true;
      want({work::audio, track, 0});
    }
  if (!known_.ended || audio_missing)
    want({work::read, 0, 0});
  else
    continue_to_end();
}

// --- slots ----------------------------------------------------------------------------------

void rules::handle(const granted& x) {
  if (wanted_.erase(x.what) == 0) {
    out_.emplace_back(give_up_slot{x.what});
    return;
  }
  running_.insert(x.what);
  down_.erase(x.host);
  suspects_.granted(x.what, x.host);
  ahead_.slots_are(x.heavy_slots);
  if (x.what.kind == work::read)
    reader_credit_ = ahead_.begins(static_cast<std::uint32_t>(std::ranges::count_if(
        known_.fragments, [&](const auto& one) { return !fragment_is_packed(one.first); })));
  else
    grant_what_fits();
  if (x.what.kind == work::audio)
    fed_[x.what.index] = 0;
  out_.emplace_back(run{x.what, x.host});
  feed_what_fits();
}

/// It runs twice since it takes too long (ADR 36). The first result counts.
void rules::handle(const twin_granted& x) {
  if (!running_.contains(x.what)) {
    out_.emplace_back(give_up_slot{x.what});
    return;
  }
  doubled_.insert(x.what);
  ++twins_begun_;
  suspects_.doubled(x.what, x.host);
  out_.emplace_back(run{x.what, x.host, true});
}

std::uint32_t rules::hosts_lost() const {
  return static_cast<std::uint32_t>(std::count_if(known_.mishaps.begin(), known_.mishaps.end(),
                                                  [](const auto& one) { return one.host_lost; }));
}

void rules::handle(const interrupted&) {
  over_ = true;
  out_.emplace_back(
      finish{"interrupted", {culprit::user, "interrupted", "go on with --resume", ""}});
}

// --- the end --------------------------------------------------------------------------------

std::uint32_t rules::first_missing_fragment() const {
  return static_cast<std::uint32_t>(known_.fragments.size());
}

std::uint32_t rules::first_missing_audio(std::uint32_t track) const {
  std::uint32_t index = 0;
  while (known_.audio.contains({track, index}))
    ++index;
  return index;
}

std::uint32_t rules::first_missing_utterance() const {
  return static_cast<std::uint32_t>(known_.utterances.size());
}

bool rules::wants_progressive() const {
  return spec_.document || spec_.progressive_best;
}

std::string rules::progressive_file() const {
  if (!progressive_rendition().empty())
    return "video.mp4";
  return wants_progressive() && !known_.audio.empty() ? "audio.m4a" : "";
}

std::string rules::progressive_rendition() const {
  if (!known_.source || known_.source->ladder.empty() || !wants_progressive())
    return {};
  const auto& ladder = known_.source->ladder;
  if (spec_.progressive_best)
    return ladder.front().name;
  const auto fits = std::find_if(ladder.begin(), ladder.end(), [](const auto& one) {
    return std::min(one.width_px, one.height_px) <= enough_px;
  });
  return fits == ladder.end() ? ladder.back().name : fits->name;
}

void rules::handle(const read_to_end& x) {
  done({work::read, 0, 0});
  if (!known_.ended)
    keep(manifest::source_ended{x.summary});
  if (known_.fragments.empty() && audio_tracks().empty()) {
    fail({culprit::user, "the source holds no picture and no sound that can be decoded",
          "check that the file plays elsewhere and is complete", ""});
    return;
  }
  continue_to_end();
}

bool rules::media_complete() const {
  if (!known_.ended || running_.contains({work::read, 0, 0}) ||
      wanted_.contains({work::read, 0, 0}))
    return false;
  for (const auto track : audio_tracks())
    if (!known_.audio_done.contains(track))
      return false;
  for (const auto& [key, segment] : known_.audio) {
    const auto track = known_.tracks.find(manifest::audio_track_name(key.first));
    if (track == known_.tracks.end() || !track->second.segments.contains(key.second))
      return false;
  }
  return std::all_of(known_.fragments.begin(), known_.fragments.end(),
                     [&](const auto& one) { return fragment_is_packed(one.first); });
}

void rules::continue_to_end() {
  if (over_)
    return;
  want_digest();
  if (!media_complete())
    return;
  if (!media_published_) {
    media_published_ = true;
    const auto sound = known_.audio.size();
    if (frames_done_ == 0 && sound == 0) {
      fail({culprit::user, "nothing in the source can be decoded",
            "check that the file plays elsewhere and is complete", ""});
      return;
    }
    out_.emplace_back(publish{true});
  }
  if (known_.utterances.size() > known_.heard.size())
    return;
  const bool file = !progressive_file().empty();
  if (file && !known_.remux)
    want({work::remux, 0, 0});
  const bool reading_matter = spec_.document || spec_.captions || spec_.picture_every_ms > 0;
  if (reading_matter && !known_.composition)
    want({work::compose, 0, 0});
  if ((file && !known_.remux) || (reading_matter && !known_.composition) ||
      digest_ == digesting::asked)
    return;
  over_ = true;
  out_.emplace_back(publish{true});
  keep(manifest::finished{"succeeded"});
  out_.emplace_back(finish{"succeeded", {}});
}

void rules::handle(const remuxed& x) {
  done({work::remux, 0, 0});
  keep(manifest::remuxed{x.bytes});
  continue_to_end();
}

void rules::handle(const composed& x) {
  done({work::compose, 0, 0});
  for (const auto& text : x.warnings)
    keep(manifest::warned{text});
  keep(x.what);
  continue_to_end();
}

} // namespace vdoc::job
