#include "actors/job/rules.hpp"

#include "actors/job/came_out.hpp"
#include "actors/job/time_words.hpp"
#include "pipelines/probe/growing_file.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace vdoc::job {

namespace {

/// The short side of the picture that a page shows.
constexpr int enough_px = 720;

/// Needs no source host, so that it can be compared between nodes.
bool may_run_anywhere(work kind) {
  return kind != work::open && kind != work::read && kind != work::audio;
}

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

std::uint32_t rules::hosts_lost() const {
  return static_cast<std::uint32_t>(std::count_if(known_.mishaps.begin(), known_.mishaps.end(),
                                                  [](const auto& one) { return one.host_lost; }));
}

void rules::handle(const lost& x) {
  const bool goes_on = doubled_.erase(x.what) > 0; // its twin, or what it was the twin of
  if (!goes_on && running_.erase(x.what) == 0 && wanted_.erase(x.what) == 0)
    return;
  const auto& gone = x.gone;
  keep(manifest::mishap{to_string(x.what), gone.host, gone.cause, down_.insert(gone.host).second});
  out_.emplace_back(note{"lost", to_string(x.what) + " with " + gone.host + ": " + gone.cause,
                         to_string(x.what)});
  if (suspects_.lost(x.what, gone)) {
    const auto charge = suspects_.charge_against(x.what);
    if (x.what.kind == work::encode && suspects_.hit_several_nodes(x.what))
      out_.emplace_back(found_poison{known_.fragments.at(x.what.index).hash, charge});
    done(x.what, dispatch::task_end::unsaid);
    poison(x.what, charge);
  } else if (!goes_on) {
    want_again(x.what);
  }
}

/// Now, or when the heavy work that may have been the cause has ended.
void rules::want_again(const task& what) {
  if (!suspects_.is_held_back(what))
    want(what);
}

void rules::heavy_ended(const task& what) {
  for (const auto& held : suspects_.ended(what))
    want(held);
}

void rules::handle(const failed& x) {
  if (goes_on_without(x))
    return;
  // A source host may be away for everybody; a disk that refuses is the node's.
  const bool by_source = x.why.whose == culprit::user ||
                         (x.why.whose == culprit::peer && !may_run_anywhere(x.what.kind));
  done(x.what, by_source ? dispatch::task_end::unsaid : dispatch::task_end::failed, x.why.what);
  if (x.why.whose != culprit::user)
    keep(manifest::mishap{to_string(x.what), suspects_.host_of(x.what, x.host), x.why.what, false});
  if (x.why.whose == culprit::user) {
    const bool others_go_on = x.what.kind == work::hear || x.what.kind == work::audio;
    others_go_on ? leave_out(x.what, x.why.what) : fail(x.why);
    return;
  }
  // A source that does not answer has had its time.
  const bool waited = x.what.kind == work::open || x.why.where == "upload";
  if (!waited && !suspects_.failed(x.what, x.host)) {
    out_.emplace_back(note{"retried", to_string(x.what) + ": " + x.why.what, to_string(x.what)});
    want(x.what);
    return;
  }
  x.why.whose == culprit::peer ? fail(x.why) : poison(x.what, x.why.what);
}

void rules::fail(fault why) {
  over_ = true;
  if (why.advice.empty())
    why.advice = why.whose == culprit::user
                     ? "check that the file plays elsewhere, or export it again"
                     : "run it again with --resume; if it repeats, report it with job.json";
  keep(manifest::finished{"failed"});
  for (const auto& what : wanted_)
    out_.emplace_back(give_up_slot{what});
  for (const auto& what : running_)
    out_.emplace_back(give_up_slot{what});
  wanted_.clear();
  running_.clear();
  doubled_.clear();
  out_.emplace_back(finish{"failed", std::move(why)});
}

void rules::handle(const interrupted&) {
  over_ = true;
  out_.emplace_back(
      finish{"interrupted", {culprit::user, "interrupted", "go on with --resume", ""}});
}

void rules::handle(const store_failed& x) {
  fail(x.why);
}

// --- fragments ------------------------------------------------------------------------------

std::vector<std::uint32_t> rules::parts_of(std::uint32_t index) const {
  if (index == 0 && known_.source && known_.source->ladder.size() > 1)
    return {1, 0};
  return {0};
}

std::vector<std::string> rules::renditions_of(const task& what) const {
  std::vector<std::string> names;
  if (!known_.source)
    return names;
  const auto& ladder = known_.source->ladder;
  for (std::size_t i = 0; i < ladder.size(); ++i) {
    const bool smallest = i + 1 == ladder.size();
    const bool split = parts_of(what.index).size() > 1;
    if (!split || smallest == (what.part == 1))
      names.push_back(ladder[i].name);
  }
  return names;
}

bool rules::part_is_packed(const task& what) const {
  const auto names = renditions_of(what);
  return std::all_of(names.begin(), names.end(), [&](const auto& name) {
    const auto track = known_.tracks.find(name);
    return track != known_.tracks.end() && track->second.segments.contains(what.index);
  });
}

bool rules::fragment_is_packed(std::uint32_t index) const {
  const auto parts = parts_of(index);
  return std::all_of(parts.begin(), parts.end(), [&](auto part) {
    return part_is_packed({work::pack, index, part});
  });
}

void rules::handle(const cut& x) {
  if (known_.fragments.contains(x.piece.index))
    return;
  keep(manifest::fragment_cut{x.piece});
  want_encode(x.piece.index);
}

void rules::tell_damage(const gst::damage& found, std::uint32_t frames, const char* what) {
  if (found.pictures == 0)
    return;
  auto where = seconds(found.first);
  where = seconds(found.last) == where ? "at " + where
                                       : "between " + where + " and " + seconds(found.last);
  keep(manifest::warned{"damaged " + where + ": " + std::to_string(found.pictures) + " of " +
                        std::to_string(frames) + " pictures " + what});
}

void rules::handle(const encoded& x) {
  if (known_.encoded.contains({x.what.index, x.what.part}))
    return;
  done(x.what);
  heavy_ended(x.what);
  twins_won_ += x.by_twin ? 1 : 0;
  keep(manifest::fragment_encoded{x.what.index, x.what.part, x.result});
  if (x.what.part == telling_part(known_, x.what.index) && !known_.bridged.contains(x.what.index)) {
    const auto frames = known_.fragments[x.what.index].frames;
    tell_damage(x.result.lost, frames, "cannot be decoded");
    tell_damage(x.result.concealed, frames, "are shown as far as they can be decoded");
  }
  want_pack(x.what);
}

void rules::want_pack(const task& what) {
  const bool audio = what.kind == work::pack_audio;
  const task pack{audio ? work::pack_audio : work::pack, what.index, what.part};
  const auto position = audio ? what.part : what.index;
  // Continuity counters of a transport stream go on from the segment before.
  if (spec_.transport_stream && position > 0) {
    const auto names =
        audio ? std::vector{manifest::audio_track_name(what.index)} : renditions_of(what);
    for (const auto& name : names)
      if (!known_.tracks[name].segments.contains(position - 1))
        return;
  }
  want(pack);
}

void rules::handle(const packed& x) {
  done(x.what);
  for (const auto& segment : x.segments)
    keep(segment);
  out_.emplace_back(publish{false});
  if (x.what.kind == work::pack_audio) {
    const task next{work::pack_audio, x.what.index, x.what.part + 1};
    if (spec_.transport_stream && known_.audio.contains({next.index, next.part}))
      want_pack(next);
    continue_to_end();
    return;
  }
  if (spec_.transport_stream)
    for (const auto part : parts_of(x.what.index + 1))
      if (known_.encoded.contains({x.what.index + 1, part}) &&
          !part_is_packed({work::pack, x.what.index + 1, part}))
        want_pack({work::encode, x.what.index + 1, part});
  if (fragment_is_packed(x.what.index))
    fragment_packed(x.what.index);
  continue_to_end();
}

void rules::grant_what_fits() {
  if (!running_.contains({work::read, 0, 0}))
    return;
  if (const auto more = ahead_.more(); more > 0)
    out_.emplace_back(grant_fragments{more});
}

void rules::fragment_packed(std::uint32_t index) {
  const auto& piece = known_.fragments[index];
  media_done_ += piece.end - piece.begin;
  frames_done_ += frames_decoded(known_, index);
  ahead_.packed();
  grant_what_fits();
  std::vector<std::string> files;
  for (const auto part : parts_of(index))
    for (const auto& one : known_.encoded[{index, part}].renditions)
      if (one.name != progressive_rendition())
        files.push_back(one.file);
  // A run goes when its last fragment is known and none of its fragments is still to do.
  bool run_over = false;
  bool run_done = true;
  for (const auto& [other, candidate] : known_.fragments)
    if (candidate.run == piece.run) {
      run_over = run_over || candidate.run_ends;
      run_done = run_done && fragment_is_packed(other);
    }
  if (run_over && run_done)
    files.push_back(piece.run);
  if (!files.empty())
    out_.emplace_back(discard{files});
}

// --- audio and speech -----------------------------------------------------------------------

std::vector<std::uint32_t> rules::audio_tracks() const {
  std::vector<std::uint32_t> tracks;
  if (known_.source)
    for (std::uint32_t i = 0; i < known_.source->probe.audio.size(); ++i)
      tracks.push_back(i);
  return tracks;
}

std::optional<std::uint32_t> rules::listening_track() const {
  if (!known_.source || !spec_.captions || known_.source->probe.audio.empty() ||
      !known_.source->sidecars.empty())
    return std::nullopt;
  const auto& subtitles = known_.source->probe.subtitles;
  if (std::any_of(subtitles.begin(), subtitles.end(), [](const auto& s) { return s.is_text; }))
    return std::nullopt;
  const auto& audio = known_.source->probe.audio;
  const auto spoken = std::find_if(audio.begin(), audio.end(),
                                   [&](const auto& one) { return one.language == spec_.language; });
  if (spoken != audio.end())
    return static_cast<std::uint32_t>(spoken - audio.begin());
  const auto usual =
      std::find_if(audio.begin(), audio.end(), [](const auto& one) { return one.is_default; });
  return usual == audio.end() ? 0U : static_cast<std::uint32_t>(usual - audio.begin());
}

void rules::handle(const audio_cut& x) {
  auto& list = chunks_[x.chunk.track];
  if (x.chunk.index != list.size())
    return; // read again after a loss: we have it
  list.push_back(x.chunk);
  feed_what_fits();
}

void rules::feed_what_fits() {
  for (auto& [track, list] : chunks_) {
    if (!running_.contains({work::audio, track, 0}))
      continue;
    const bool listens = listening_track() == track;
    while (fed_[track] < list.size() &&
           (!listens || known_.utterances.size() - known_.heard.size() < spec_.utterances_ahead))
      out_.emplace_back(feed_audio{list[fed_[track]++]});
  }
}

void rules::handle(const audio_encoded& x) {
  if (known_.audio.contains({x.segment.track, x.segment.index}))
    return;
  keep(manifest::audio_encoded{x.segment});
  want_pack({work::pack_audio, x.segment.track, x.segment.index});
}

void rules::handle(const audio_ended& x) {
  if (known_.audio_done.contains(x.what.track))
    return;
  done({work::audio, x.what.track, 0});
  keep(x.what);
  std::vector<std::string> files;
  for (const auto& chunk : chunks_[x.what.track])
    files.push_back(chunk.file);
  if (!files.empty())
    out_.emplace_back(discard{files});
  continue_to_end();
}

void rules::handle(const utterance_cut& x) {
  if (known_.utterances.contains(x.what.index))
    return;
  keep(x.what);
  if (language_unknown_)
    keep(manifest::utterance_heard{x.what.index, "", {}, {}});
  else
    want({work::hear, x.what.index, 0});
}

void rules::handle(const heard& x) {
  if (known_.heard.contains(x.what.index))
    return;
  done({work::hear, x.what.index, 0});
  heavy_ended({work::hear, x.what.index, 0});
  keep(x.what);
  if (!x.language_known && !language_unknown_) {
    language_unknown_ = true;
    keep(manifest::warned{"no recogniser knows the language '" + spec_.language +
                          "': there are no captions; bring them as a sidecar .srt or .vtt"});
  }
  out_.emplace_back(discard{{known_.utterances[x.what.index].file}});
  feed_what_fits();
  continue_to_end();
}

void rules::handle(const text_read& x) {
  const auto same = [&](const auto& one) {
    return one.track == x.text.track && one.begin == x.text.begin && one.text == x.text.text;
  };
  if (std::none_of(known_.texts.begin(), known_.texts.end(), same))
    keep(manifest::text_read{x.text});
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
