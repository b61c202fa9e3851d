#include "actors/supervision/supervisor.hpp"
#include "actors/survey/folder_bytes.hpp"
#include "actors/survey/spawn.hpp"
#include "actors/wire/read_pages.hpp"
#include "cluster/ledger/kept.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <map>

namespace vdoc::survey {

namespace {

using namespace std::chrono_literals;
using ledger::load_atom;
using ledger::outcome;

using start_atom = caf::atom_constant<caf::atom("start")>;
using look_up_atom = caf::atom_constant<caf::atom("look up")>;
using inner_actor =
    actor::extend<caf::reacts_to<start_atom>, caf::reacts_to<load_atom, std::string>,
                  caf::reacts_to<look_up_atom>>;

constexpr auto within = 8s;
constexpr auto ask_again_after = 1s;

/// A folder of results as it was at the start.
struct seen_folder {
  std::int64_t changed_unix_ms = 0;
  bool counted = false; ///< as it is
};

struct survey_state {
  static inline const char* name = "SURVEY";
  means with;
  std::map<std::string, seen_folder> folders; ///< by job id; at the end of the start there are none
  bool loaded = false;                        ///< only those are left that nobody has counted
};
using self_pointer = inner_actor::stateful_pointer<survey_state>;

/// Spooled while the database is away. Should it be lost all the same, the next start counts anew.
void remember(self_pointer self, std::vector<ledger::document> what) {
  const auto ledger = self->state.with.find_ledger();
  if (!ledger || what.empty())
    return;
  ledger::write order;
  order.documents = std::move(what);
  order.must_not_be_lost = true;
  self->request(ledger, caf::infinite, std::move(order))
      .then([](const ledger::all_written&) {}, [](const caf::error&) {});
}

void count_job(self_pointer self, const std::string& job_id, const std::string& tenant) {
  auto& [with, folders, loaded] = self->state;
  const auto now = with.unix_ms();
  const auto bytes = bytes_below(with.jobs / job_id);
  with.book->set(job_id, tenant, bytes);
  remember(self, {ledger::kept_of(job_id, {tenant, bytes, now})});
  if (loaded)
    folders.erase(job_id);
  else
    folders[job_id] = {now, true};
}

void forget_job(self_pointer self, const std::string& job_id) {
  self->state.with.book->remove(job_id);
  self->state.folders.erase(job_id);
  remember(self, {ledger::kept_of(job_id, {})});
}

/// What the ledger knows holds until a folder is counted anew.
void take_up(self_pointer self, const std::vector<ledger::document>& page) {
  auto& [with, folders, loaded] = self->state;
  std::vector<ledger::document> gone;
  for (const auto& one : page) {
    const auto known = ledger::kept_in(one);
    const auto folder = folders.find(one.key);
    if (folder == folders.end() || !known) {
      gone.push_back({one.kind, one.key, ""});
    } else if (!folder->second.counted) {
      with.book->set(one.key, known->tenant, known->bytes);
      folder->second.counted = folder->second.changed_unix_ms <= known->at_unix_ms;
    }
  }
  remember(self, std::move(gone));
}

/// Goes on through the folders that nobody has counted. Those of open jobs are counted at their
/// end; those of no job are SWEEP's.
void look_up_next(self_pointer self) {
  auto& [with, folders, loaded] = self->state;
  if (folders.empty())
    return;
  const auto again = [self] { self->delayed_send(self, ask_again_after, look_up_atom::value); };
  const auto reader = with.find_reader();
  if (!reader)
    return again();
  const auto id = folders.begin()->first;
  self->request(reader, within, ledger::find_job{id})
      .then(
          [self, again, id](const ledger::found& it) {
            if (it.result == outcome::store_down)
              return again();
            const bool is_left = self->state.folders.erase(id) > 0;
            if (is_left && it.result == outcome::done && ledger::is_end(it.what.state))
              count_job(self, id, it.what.what.tenant);
            self->send(self, look_up_atom::value);
          },
          [again](const caf::error&) { again(); });
}

void load(self_pointer self, const std::string& after_key) {
  ledger::read_pages(
      self, self->state.with.find_reader, ledger::kept_kind, after_key,
      [self](const std::vector<ledger::document>& page) { take_up(self, page); },
      [self] {
        std::erase_if(self->state.folders, [](const auto& it) { return it.second.counted; });
        self->state.loaded = true;
        look_up_next(self);
      });
}

void start(self_pointer self) {
  auto& with = self->state.with;
  if (with.take_up_uploads)
    with.take_up_uploads();
  for (const auto& [id, changed_unix_ms] : folders_in(with.jobs))
    self->state.folders[id] = {changed_unix_ms, false};
  load(self, "");
}

inner_actor::behavior_type behaviour(self_pointer self, means with) {
  self->set_exception_handler(
      [](std::exception_ptr& thrown) { return supervision::explain(thrown); });
  self->state.with = std::move(with);
  self->send(self, start_atom::value);
  return {
      [self](start_atom) { start(self); },
      [self](const count& asked) { count_job(self, asked.job_id, asked.tenant); },
      [self](const forget& asked) { forget_job(self, asked.job_id); },
      [self](load_atom, const std::string& after_key) { load(self, after_key); },
      [self](look_up_atom) { look_up_next(self); },
  };
}

} // namespace

actor spawn(caf::actor_system& system, means with) {
  return caf::actor_cast<actor>(with.detached
                                    ? system.spawn<caf::detached>(behaviour, std::move(with))
                                    : system.spawn(behaviour, std::move(with)));
}

} // namespace vdoc::survey
