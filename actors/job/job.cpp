#include "actors/job/poison.hpp"
#include "actors/job/reuse.hpp"
#include "actors/job/shell.hpp"
#include "actors/job/trusted.hpp"
#include "actors/wire/fault_error.hpp"
#include "cluster/artefacts/receipt.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>

#include <algorithm>
#include <system_error>

namespace vdoc::job {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// Something happened: the rules decide, the shell carries it out. A disk that refuses fails the
/// job.
void happen(self_pointer self, const event& what) {
  auto& state = self->state;
  const bool was_over = state.thought->over();
  try {
    for (const auto& one : state.thought->on(what))
      carry_out(self, one);
  } catch (const std::system_error& error) {
    const fault why{culprit::peer, error.what(), "make room on the disk and --resume", "job"};
    if (!was_over)
      self->send(state.around.told, ended{state.thought->wanted().name, "failed", why,
                                          state.thought->known().warnings, state.around.root});
    self->quit();
    return;
  }
  self->send(state.around.told, progress_of(self));
  if (state.thought->over() && !state.storing)
    self->quit();
}

namespace {

/// True for a report of the attempt that is running.
bool current(self_pointer self, const demux::ticket& from, task& what) {
  const auto found = self->state.by_id.find(from.task);
  if (found == self->state.by_id.end() || !self->state.running.contains(found->second))
    return false;
  what = found->second;
  return true;
}

// --- beginning ------------------------------------------------------------------------------

void begin(self_pointer self, const spec& what) {
  auto& state = self->state;
  const auto& root = state.around.root;
  manifest::state known;
  try {
    const auto file = work_folder(root) / "manifest.jsonl";
    if (state.around.resume)
      known = trusted(manifest::read(file), root);
    // What is in the artefact store alone is made anew: it cannot be gone on with.
    if (known.spec != canonical(what) || artefacts::has_receipt(root)) {
      // Only what we made ourselves: the folder may be the user's.
      for (const char* ours : {".work", "video", "audio", "captions", "thumbnails", "document",
                               "document.md", "master.m3u8", "video.mp4", "audio.m4a",
                               "transcript.json", "transcript.txt", "job.json"})
        fs::remove_all(root / ours);
      known = {};
    }
    fs::create_directories(work_folder(root));
    state.thought.emplace(what, std::move(known));
    state.journal.emplace(file);
    state.listed = count_listed(*state.thought);
    for (auto& [track, count] : state.listed)
      count -= std::min(count, 1U); // the last one is named again, so that nobody waits for it
  } catch (const std::exception& error) {
    self->send(state.around.told,
               ended{what.name,
                     "failed",
                     {culprit::peer, error.what(), "choose another folder with --out", "job"},
                     {},
                     root});
    self->quit();
    return;
  }
  tell_state(self, state.around.resume ? ledger::event_kind::resumed : ledger::event_kind::started,
             "");
  start_knowing_poison(self);
}

void end_without_ledger(self_pointer self, const spec& what, const fault& why) {
  self->send(self->state.around.told, ended{what.name, "failed", why, {}, self->state.around.root});
  self->quit();
}

void submit_then_begin(self_pointer self, const spec& what) {
  ledger::submit entry;
  entry.what.id = self->state.around.id;
  entry.what.source = what.source;
  entry.what.output = what.name;
  entry.what.spec = canonical(what);
  self->request(self->state.around.ledger, 10s, entry)
      .then(
          [=](const ledger::submitted& reply) {
            if (reply.result != ledger::outcome::done) {
              end_without_ledger(self, what,
                                 {culprit::peer,
                                  "the ledger does not take the job: " + reply.trouble,
                                  "check the output folder", "ledger"});
              return;
            }
            self->state.job_id = reply.job_id;
            begin(self, what);
          },
          [=](const caf::error& error) { end_without_ledger(self, what, to_fault(error)); });
}

/// The same work as before is another attempt of the same job. A job whose run was killed, and
/// that is not gone on with, ends here.
void take_up(self_pointer self, const spec& what, const ledger::found& last) {
  auto& state = self->state;
  const auto& before = last.what;
  const bool there = last.result == ledger::outcome::done && !before.what.id.empty();
  if (there && state.around.resume && before.what.spec == canonical(what)) {
    state.job_id = before.what.id;
    begin(self, what);
    return;
  }
  if (there && before.state == ledger::job_state::running) {
    state.job_id = before.what.id;
    tell_ledger(self, ledger::event_kind::interrupted, "its run was killed, and not gone on with");
    state.job_id.clear();
  }
  submit_then_begin(self, what);
}

void enter_then_begin(self_pointer self, const spec& what) {
  auto& state = self->state;
  state.started_at = utc_now();
  if (state.around.of_service) {
    state.job_id = state.around.id;
    begin(self, what);
    return;
  }
  self->request(state.around.ledger, 10s, ledger::find_last{what.source, what.name})
      .then([=](const ledger::found& last) { take_up(self, what, last); },
            [=](const caf::error& error) { end_without_ledger(self, what, to_fault(error)); });
}

running_task began(self_pointer self, const task& what, const dispatch::granted& msg) {
  const auto& around = self->state.around;
  return {msg.task_id, msg, steady::now(),
          blobs::loan{around.loans, loan_of(*self->state.thought, what, around.root, msg.host_id)}};
}

/// The straggler may have ended while we were told.
void on_twin_granted(self_pointer self, const dispatch::granted& msg) {
  auto& state = self->state;
  const auto found = state.by_id.find(msg.twin_of);
  if (found == state.by_id.end() || !state.running.contains(found->second)) {
    self->send(state.around.dispatch, dispatch::withdraw{msg.task_id});
    return;
  }
  const auto what = found->second;
  state.by_id[msg.task_id] = what;
  state.twins[what] = began(self, what, msg);
  happen(self, twin_granted{what, msg.host_id});
}

void on_granted(self_pointer self, const dispatch::granted& msg) {
  auto& state = self->state;
  if (!msg.twin_of.empty())
    return on_twin_granted(self, msg);
  const auto found = state.by_id.find(msg.task_id);
  if (found == state.by_id.end()) {
    self->send(state.around.dispatch, dispatch::slot_free{msg.task_id});
    return;
  }
  const auto what = found->second;
  state.asked.erase(what);
  state.running[what] = began(self, what, msg);
  happen(self, granted{what, msg.host_id, msg.heavy_slots});
}

void on_revoked(self_pointer self, const dispatch::revoked& msg) {
  auto& state = self->state;
  const auto found = state.by_id.find(msg.task_id);
  if (found == state.by_id.end())
    return;
  const auto what = found->second;
  state.by_id.erase(found);
  state.asked.erase(what);
  if (auto twin = state.twins.extract(what)) {
    if (twin.mapped().id != msg.task_id)
      state.running[what] = std::move(twin.mapped());
  } else {
    state.running.erase(what);
  }
  happen(self, lost{what, {msg.host_id, msg.loss.how, msg.loss.cause, msg.beside_heavy}});
}

inner_actor::behavior_type job(self_pointer self, const spec& what, const surroundings& around) {
  self->state.around = around;
  self->set_down_handler([self](const caf::down_msg& down) { keeper_is_down(self, down); });
  self->send(self, caf::ok_atom_v);
  return {
      [=](const dispatch::granted& msg) { on_granted(self, msg); },
      [=](const dispatch::revoked& msg) { on_revoked(self, msg); },
      [=](const demux::fragment_cut& msg) {
        if (task what; current(self, msg.from, what))
          happen(self, cut{msg.piece});
      },
      [=](const demux::audio_cut& msg) {
        if (task what; current(self, msg.from, what))
          happen(self, audio_cut{msg.chunk});
      },
      [=](const demux::text_read& msg) {
        if (task what; current(self, msg.from, what))
          happen(self, text_read{msg.text});
      },
      [=](const demux::ended& msg) {
        if (task what; current(self, msg.from, what)) {
          count_time(self, what);
          happen(self, read_to_end{msg.summary});
        }
      },
      [=](const demux::failed& msg) {
        if (task what; current(self, msg.from, what))
          happen(self, failed{what, msg.why});
      },
      [=](const transcode::audio_encoded& msg) {
        if (task what; current(self, msg.from, what))
          happen(self, audio_encoded{msg.segment});
      },
      [=](const transcode::utterance_cut& msg) {
        if (task what; current(self, msg.from, what))
          happen(self, utterance_cut{{msg.index, msg.track, msg.file, msg.begin, msg.end}});
      },
      [=](const transcode::audio_ended& msg) {
        if (task what; current(self, msg.from, what)) {
          count_time(self, what);
          happen(self, audio_ended{{msg.track, msg.samples, msg.warnings}});
        }
      },
      [=](const transcode::audio_failed& msg) {
        if (task what; current(self, msg.from, what))
          happen(self, failed{what, msg.why});
      },
      [=](const interrupt&) {
        if (self->state.storing)
          stop_storing(self);
        else if (self->state.thought)
          happen(self, interrupted{});
        else
          self->quit();
      },
      [=](const reprioritise& msg) { self->state.around.priority = msg.priority; },
      [=](caf::tick_atom) {
        if (self->state.publish_due)
          write_playlists(self, false);
      },
      [=](caf::ok_atom) { enter_then_begin(self, what); },
      [=](adopt_atom) { adopt_more(self); },
      [=](store_atom) { store_results(self); },
  };
}

} // namespace

actor spawn(caf::actor_system& system, const spec& what, const surroundings& around) {
  return system.spawn<caf::detached>(job, what, around);
}

} // namespace vdoc::job
