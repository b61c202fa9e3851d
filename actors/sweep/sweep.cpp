#include "actors/supervision/supervisor.hpp"
#include "actors/sweep/spawn.hpp"
#include "cluster/desk/audit.hpp"
#include "cluster/ledger/dedupe.hpp"
#include "cluster/ledger/lazy_store.hpp"
#include "cluster/ledger/results.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <vector>

namespace vdoc::sweep {

namespace {

namespace fs = std::filesystem;
using ledger::outcome;

using sweep_atom = caf::atom_constant<caf::atom("sweep")>;
using inner_actor = actor::extend<caf::reacts_to<sweep_atom>>;

constexpr std::uint32_t jobs_a_batch = 200;
constexpr std::size_t folders_a_batch = 200;
constexpr std::uint32_t words_a_batch = 200;
constexpr std::uint32_t dedupes_a_batch = 1'000;
constexpr std::uint32_t lines_a_batch = 1'000;

struct sweep_state {
  static inline const char* name = "SWEEP";
  means with;
  std::optional<ledger::lazy_store> store;
  std::vector<fs::path> suspects; ///< folders that were there at the start, the last first
  std::set<fs::path> put_off;     ///< until the next round
  std::string last_word;
  std::string last_dedupe;
  swept done;
};
using self_pointer = inner_actor::stateful_pointer<sweep_state>;

/// A job's id is a name of one part: nothing but its own folder is ever removed.
bool names_a_folder(const std::string& id) {
  return !id.empty() && id != "." && id != ".." && id.find('/') == std::string::npos;
}

void remove_folder(sweep_state& state, const std::string& id) {
  if (!names_a_folder(id))
    return;
  if (state.with.erase_in_store && !state.with.erase_in_store(id)) {
    state.put_off.insert(state.with.jobs / id);
    return;
  }
  std::error_code wrong;
  // The manifest first: who takes results over at the time sees by it that they are going.
  fs::remove_all(state.with.jobs / id / ".work", wrong);
  if (fs::remove_all(state.with.jobs / id, wrong) > 0 && !wrong) {
    ++state.done.folders;
    if (state.with.removed)
      state.with.removed(id);
  }
  if (wrong)
    spdlog::warn("the results of job {} cannot be removed: {}", id, wrong.message());
}

std::vector<fs::path> folders_in(const fs::path& jobs) {
  std::vector<fs::path> all;
  std::error_code wrong;
  for (fs::directory_iterator it{jobs, wrong}, end; !wrong && it != end; it.increment(wrong))
    all.push_back(it->path());
  return all;
}

std::int64_t so_long_ago(const sweep_state& state, std::chrono::milliseconds span) {
  return state.with.unix_ms() - span.count();
}

/// True when there is more to be done at once.
bool remove_jobs(sweep_state& state) {
  const auto before = so_long_ago(state, state.with.keep);
  const auto gone = state.store->ask<ledger::removed>(
      [&](ledger::store& known) { return known.remove_ended(before, jobs_a_batch); });
  for (const auto& one : gone.jobs) {
    remove_folder(state, one.output);
    ++state.done.jobs;
  }
  return gone.result == outcome::done && gone.jobs.size() == jobs_a_batch;
}

/// A folder is only removed when the ledger answers that there is no such job.
bool remove_orphans(sweep_state& state) {
  for (std::size_t i = 0; i < folders_a_batch && !state.suspects.empty(); ++i) {
    const auto id = state.suspects.back().filename().string();
    const auto found =
        state.store->ask<ledger::found>([&](ledger::store& known) { return known.find(id); });
    if (found.result == outcome::store_down)
      return false;
    if (found.result == outcome::unknown_job)
      remove_folder(state, id);
    state.suspects.pop_back();
  }
  return !state.suspects.empty();
}

/// Goes on through what says which job has results to reuse, a page each time.
void remove_words(sweep_state& state) {
  const auto page = state.store->ask<ledger::documents>([&](ledger::store& known) {
    return known.read(ledger::results_kind, state.last_word, words_a_batch);
  });
  if (page.result != outcome::done)
    return;
  std::vector<ledger::entry> gone;
  for (const auto& word : page.all) {
    const auto job = ledger::job_of_results(word);
    const auto found =
        state.store->ask<ledger::found>([&](ledger::store& known) { return known.find(job); });
    if (found.result == outcome::unknown_job)
      gone.emplace_back(ledger::document{word.kind, word.key, "", word.version});
  }
  if (!gone.empty() && state.store->write(gone, state.with.unix_ms()).trouble.empty())
    state.done.words += gone.size();
  state.last_word = page.all.size() < words_a_batch ? "" : page.all.back().key;
}

/// Goes on through the dedupe keys, a page each time; true when there is another page. A key that
/// was taken anew meanwhile has another version, and stays.
bool remove_dedupes(sweep_state& state) {
  const auto page = state.store->ask<ledger::documents>([&](ledger::store& known) {
    return known.read(ledger::dedupe_kind, state.last_dedupe, dedupes_a_batch);
  });
  if (page.result != outcome::done)
    return false;
  std::vector<ledger::entry> gone;
  for (const auto& one : page.all) {
    const auto first = ledger::first_job_in(one.body);
    if (!first || first->until_unix_ms <= state.with.unix_ms())
      gone.emplace_back(ledger::document{one.kind, one.key, "", one.version});
  }
  if (!gone.empty() && state.store->write(gone, state.with.unix_ms()).trouble.empty())
    state.done.dedupes += gone.size();
  const bool more = page.all.size() == dedupes_a_batch;
  state.last_dedupe = more ? page.all.back().key : "";
  return more;
}

/// The same, of the audit log.
bool remove_lines(sweep_state& state) {
  const auto after = desk::key_of_older_lines(so_long_ago(state, state.with.keep_audit));
  const auto page = state.store->ask<ledger::documents>(
      [&](ledger::store& known) { return known.read(desk::audit_kind, after, lines_a_batch); });
  if (page.result != outcome::done || page.all.empty())
    return false;
  std::vector<ledger::entry> gone;
  for (const auto& one : page.all)
    gone.emplace_back(ledger::document{one.kind, one.key, ""});
  if (!state.store->write(gone, state.with.unix_ms()).trouble.empty())
    return false;
  state.done.lines += gone.size();
  return page.all.size() == lines_a_batch;
}

void sweep(self_pointer self) {
  auto& state = self->state;
  bool more = remove_dedupes(state);
  if (state.with.keep_audit.count() > 0)
    more |= remove_lines(state);
  if (state.with.keep.count() > 0) {
    if (state.suspects.empty()) {
      state.suspects.assign(state.put_off.begin(), state.put_off.end());
      state.put_off.clear();
    }
    remove_words(state);
    more |= remove_jobs(state);
    more |= remove_orphans(state);
  }
  self->delayed_send(self, more ? state.with.pause : state.with.every, sweep_atom::value);
}

inner_actor::behavior_type behaviour(self_pointer self, means with) {
  self->set_exception_handler(
      [](std::exception_ptr& thrown) { return supervision::explain(thrown); });
  auto& state = self->state;
  if (with.keep.count() > 0)
    state.suspects = folders_in(with.jobs);
  state.store.emplace(with.open);
  state.with = std::move(with);
  self->delayed_send(self, state.with.pause, sweep_atom::value);
  return {
      [self](const look&) { return self->state.done; },
      [self](sweep_atom) { sweep(self); },
  };
}

} // namespace

actor spawn(caf::actor_system& system, means with) {
  return caf::actor_cast<actor>(with.detached
                                    ? system.spawn<caf::detached>(behaviour, std::move(with))
                                    : system.spawn(behaviour, std::move(with)));
}

} // namespace vdoc::sweep
