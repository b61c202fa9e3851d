#include "actors/job/orders.hpp"
#include "actors/job/poison.hpp"
#include "actors/job/reuse.hpp"
#include "actors/job/shell.hpp"
#include "cluster/artefacts/receipt.hpp"
#include "net/log/log.hpp"
#include "pipelines/manifest/durable.hpp"
#include "pipelines/probe/growing_file.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>

#include <algorithm>
#include <array>
#include <ctime>
#include <system_error>

namespace vdoc::job {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

namespace {

constexpr auto publish_pause = 500ms;

} // namespace

void write_playlists(self_pointer self, bool ended) {
  auto& state = self->state;
  const auto now = steady::now();
  // A list of thousands of lines is not written anew for every one of them.
  const auto pause = publish_pause + 2ms * state.thought->known().fragments.size();
  if (!ended && now - state.published < pause) {
    if (!std::exchange(state.publish_due, true))
      self->delayed_send(self, pause, caf::tick_atom_v);
    return;
  }
  state.publish_due = false;
  state.published = now;
  for (const auto& [path, text] : playlists(*state.thought, ended)) {
    fs::create_directories((state.around.root / path).parent_path());
    if (ended)
      manifest::write_durably(state.around.root / path, std::string_view{text});
    else
      manifest::write_whole(state.around.root / path, text);
  }
  if (auto fresh = newly_listed(*state.thought, state.listed); !fresh.empty())
    self->send(state.around.told, playable{state.thought->wanted().name, std::move(fresh)});
}

progress progress_of(self_pointer self) {
  const auto& thought = *self->state.thought;
  const auto& known = thought.known();
  progress now;
  now.name = thought.wanted().name;
  now.frames_done = thought.frames_done();
  now.media_done_ns = thought.media_done().count();
  now.restarts = thought.hosts_lost();
  now.warnings = static_cast<std::uint32_t>(known.warnings.size());
  now.wall_ns = std::chrono::nanoseconds{steady::now() - self->state.began}.count();
  now.stage = "looking at the source";
  if (!known.source)
    return now;
  const auto total = known.ended ? known.ended->duration : known.source->probe.duration;
  now.media_total_ns = total.count();
  const auto& video = known.source->probe.video;
  if (video.empty()) {
    for (const auto& [name, track] : known.tracks)
      if (!track.segments.empty())
        now.media_done_ns =
            std::max(now.media_done_ns, track.segments.rbegin()->second.end.count());
  } else if (known.ended) {
    for (const auto& [index, piece] : known.fragments)
      now.frames_total += piece.frames;
  } else if (video.front().fps_numerator > 0) {
    now.frames_total =
        static_cast<std::uint64_t>(static_cast<double>(total.count()) / 1e9 *
                                   video.front().fps_numerator / video.front().fps_denominator);
  }
  const auto runs = [&](work kind) {
    return std::any_of(self->state.running.begin(), self->state.running.end(),
                       [&](const auto& one) { return one.first.kind == kind; });
  };
  if (runs(work::encode) || (!video.empty() && now.frames_done < now.frames_total))
    now.stage = "transcoding";
  else if (runs(work::hear))
    now.stage = "transcribing";
  else if (runs(work::compose) || runs(work::remux))
    now.stage = "writing the document";
  else
    now.stage = "encoding audio";
  return now;
}

void tell_ledger(self_pointer self, ledger::event_kind kind, const std::string& cause) {
  if (self->state.job_id.empty())
    return;
  ledger::record entry;
  entry.what.job_id = self->state.job_id;
  entry.what.kind = kind;
  entry.what.cause = cause;
  self->request(self->state.around.ledger, 30s, entry)
      .then([](const ledger::recorded&) {}, [](const caf::error&) {});
}

void tell_state(self_pointer self, ledger::event_kind kind, const std::string& cause) {
  if (!self->state.around.of_service)
    tell_ledger(self, kind, cause);
}

namespace {

dispatch::stage stage_of(work kind) {
  switch (kind) {
  case work::open:
    return dispatch::stage::ingest;
  case work::read:
    return dispatch::stage::demux;
  case work::audio:
    return dispatch::stage::audio;
  case work::encode:
    return dispatch::stage::transcode;
  case work::hear:
    return dispatch::stage::transcribe;
  case work::compose:
    return dispatch::stage::document;
  case work::pack:
  case work::pack_audio:
  case work::remux:
    return dispatch::stage::package;
  }
  return dispatch::stage::package;
}

/// What a network of one gigabit moves in a millisecond when two move something.
constexpr std::uint64_t moved_bytes_per_ms = 60'000;

/// An encode costs by source, renditions and preset, times the length of the fragment.
dispatch::expense cost_of(const rules& thought, const task& what) {
  const auto& known = thought.known();
  const auto piece = known.fragments.find(what.index);
  if (what.kind != work::encode || !known.source || known.source->probe.video.empty() ||
      piece == known.fragments.end())
    return {};
  const auto& from = known.source->probe.video.front();
  dispatch::expense cost;
  cost.work = from.codec + " " + std::to_string(from.coded_width_px) + "x" +
              std::to_string(from.coded_height_px) + " to";
  for (const auto& name : thought.renditions_of(what))
    cost.work += " " + name;
  cost.work += " " + thought.wanted().encode.preset;
  const auto length = piece->second.end - piece->second.begin;
  cost.units = static_cast<std::uint32_t>(std::max<std::int64_t>(length / 1ms, 1));
  cost.moving_ms = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(piece->second.run_bytes / moved_bytes_per_ms, UINT32_MAX));
  return cost;
}

} // namespace

void write_report(self_pointer self, const finish& end) {
  auto& state = self->state;
  circumstances around;
  around.job_id = state.job_id;
  around.state = end.state;
  around.why = end.why;
  around.started_at = state.started_at;
  around.ended_at = utc_now();
  around.wall_s = std::chrono::duration<double>(steady::now() - state.began).count();
  around.resumed = state.around.resume;
  around.stages = state.stages;
  around.hosts = state.hosts;
  around.graphs = state.graphs;
  around.left = state.left;
  manifest::write_durably(state.around.root / "job.json",
                          std::string_view{report(*state.thought, around)});
}

void tell_end(self_pointer self, const finish& end) {
  const auto& state = self->state;
  const auto& thought = *state.thought;
  self->send(state.around.told,
             ended{thought.wanted().name, end.state, end.why, warnings_of(thought, state.left),
                   state.around.root, thought.known().reused_from});
}

namespace {

/// A receipt that is there was written while the job ran: one from before went at its beginning.
void clean_up(const fs::path& root) {
  std::error_code ignored; // what cannot be removed is in nobody's way
  for (const auto& entry : fs::directory_iterator{work_folder(root), ignored})
    if (entry.path().filename() != "manifest.jsonl" && entry.path() != artefacts::receipt_in(root))
      fs::remove_all(entry.path(), ignored);
}

/// Of an earlier leader, to us.
constexpr auto hosts_come_within = 2s;

/// Carries out one effect; one overload for each kind.
struct carrier {
  self_pointer self;

  void operator()(const want_slot& x) const {
    auto& state = self->state;
    const auto id =
        state.job_id + "/" + to_string(x.what) + "#" + std::to_string(++state.asked_ever);
    state.asked[x.what] = id;
    state.by_id[id] = x.what;
    dispatch::want_slot want;
    want.task_id = id;
    want.job_id = state.job_id;
    want.kind = stage_of(x.what.kind);
    // Looking at an upload may take as long as reading it: that has slots enough for others.
    if (x.what.kind == work::open && probe::growing_file::at(state.thought->wanted().source))
      want.kind = dispatch::stage::demux;
    want.index = static_cast<std::uint32_t>(std::min<std::uint64_t>(x.rank, UINT32_MAX));
    if (want.kind == dispatch::stage::transcode || want.kind == dispatch::stage::transcribe)
      want.needs = state.thought->wanted().needs;
    want.affinity = x.affinity;
    want.failed_at = x.failed_at;
    want.tenant = state.around.earlier.tenant;
    want.priority = state.around.priority;
    want.haste = state.thought->wanted().urgency;
    want.cost = cost_of(*state.thought, x.what);
    if (state.around.loans) // some hosts have to fetch the files first
      want.near = state.around.node;
    if (state.around.loans && x.what.kind == work::encode) {
      // Some host may have it from an earlier leader.
      want.kept = transcode::key_of(encode_order(*state.thought, x.what, state.around.root, 0));
      want.maybe_elsewhere = state.around.resume && steady::now() - state.began < hosts_come_within;
    }
    want.asker = caf::actor_cast<dispatch::client>(caf::actor_cast<caf::strong_actor_ptr>(self));
    self->send(state.around.dispatch, want);
  }
  void operator()(const give_up_slot& x) const {
    auto& state = self->state;
    if (const auto asked = state.asked.find(x.what); asked != state.asked.end()) {
      self->send(state.around.dispatch, dispatch::withdraw{asked->second});
      state.by_id.erase(asked->second);
      state.asked.erase(asked);
    }
    if (const auto running = state.running.find(x.what); running != state.running.end()) {
      if (x.what.kind == work::read)
        self->send(running->second.slot.stages.demux, demux::stop{ticket_of(self, x.what)});
      if (x.what.kind == work::audio)
        self->send(running->second.slot.stages.audio,
                   transcode::stop_audio{ticket_of(self, x.what)});
      self->send(state.around.dispatch, dispatch::slot_free{running->second.id, x.how, x.cause});
      state.by_id.erase(running->second.id);
      state.running.erase(running);
    }
    if (const auto twin = state.twins.extract(x.what)) {
      self->send(state.around.dispatch, dispatch::withdraw{twin.mapped().id});
      state.by_id.erase(twin.mapped().id);
    }
  }
  void operator()(const give_up_one& x) const {
    auto& state = self->state;
    auto& running = state.running.at(x.what);
    self->send(state.around.dispatch, dispatch::slot_free{running.id, x.how, x.cause});
    state.by_id.erase(running.id);
    running = std::move(state.twins.extract(x.what).mapped());
  }
  void operator()(const run& x) const {
    ++self->state.stages[x.what.kind].attempts;
    x.twin ? send_twin(self, x.what) : send_to_stage(self, x.what);
  }
  void operator()(const grant_fragments& x) const {
    if (const auto read = self->state.running.find({work::read, 0, 0});
        read != self->state.running.end())
      self->send(read->second.slot.stages.demux,
                 demux::grant{ticket_of(self, read->first), x.more});
  }
  void operator()(const feed_audio& x) const {
    if (const auto audio = self->state.running.find({work::audio, x.chunk.track, 0});
        audio != self->state.running.end())
      self->send(audio->second.slot.stages.audio,
                 transcode::feed_audio{ticket_of(self, audio->first), x.chunk});
  }
  void operator()(const remember& x) const { self->state.journal->append(x.what); }
  void operator()(const publish& x) const { write_playlists(self, x.ended); }
  void operator()(const discard& x) const {
    std::error_code ignored;
    for (const auto& file : x.files)
      fs::remove(work_folder(self->state.around.root) / file, ignored);
  }
  void operator()(const note& x) const {
    tell_ledger(self, x.kind == "lost" ? ledger::event_kind::host_lost : ledger::event_kind::warned,
                x.text);
    const auto& around = self->state.around;
    if (around.of_service) // a command shows it in its own way
      log::say(log::level::warning, "job " + x.kind,
               {{"job", around.id},
                {"attempt", std::to_string(around.attempt)},
                {"fragment", x.task},
                {"trace", around.trace},
                {"cause", x.text}});
  }
  void operator()(const finish& x) const {
    auto& state = self->state;
    if (x.state != "succeeded" || !is_reported(self))
      write_report(self, x);
    if (x.state == "succeeded") {
      state.journal->sync();
      clean_up(state.around.root);
      remember_results(self);
      tell_state(self, ledger::event_kind::succeeded, "");
      if (state.around.find_storekeeper) {
        state.storing = x;
        return store_results(self);
      }
    } else {
      tell_state(self,
                 x.state == "failed" ? ledger::event_kind::failed : ledger::event_kind::interrupted,
                 x.why.what);
    }
    tell_end(self, x);
  }
  void operator()(const found_poison& x) const { remember_poison(self, x); }
  void operator()(const look_for_twin& /*x*/) const { find_twin(self); }
  void operator()(const take_digest& /*x*/) const { digest_source(self); }
  void operator()(const adopt& x) const { begin_adoption(self, x.twin); }
};

} // namespace

void carry_out(self_pointer self, const effect& what) {
  std::visit(carrier{self}, what);
}

} // namespace vdoc::job
