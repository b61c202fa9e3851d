#include "actors/supervision/supervisor.hpp"
#include "actors/watch/spawn.hpp"
#include "actors/wire/read_pages.hpp"
#include "cluster/desk/audit.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <optional>

namespace vdoc::watch {

namespace {

using namespace std::chrono_literals;
using desk::refusal;
using ledger::load_atom;

using look_atom = caf::atom_constant<caf::atom("look")>;

constexpr auto within = 4'000ms;
constexpr std::size_t remarks_a_write = 1'000;
constexpr std::size_t files_a_submit = 100;
/// A folder with very many files is looked at for a tenth of the time at most.
constexpr int rest = 9;
constexpr const char* kind = "watched";

using inner_actor =
    actor::extend<caf::reacts_to<load_atom, std::string>, caf::reacts_to<look_atom>>;

struct watch_state {
  static inline const char* name = "WATCH";
  means with;
  std::optional<rules> thought;
  watched done;
  bool submitting = false;
  bool writing = false;
};
using self_pointer = inner_actor::stateful_pointer<watch_state>;

std::string identity_in(const ledger::document& stored) {
  const auto body = nlohmann::json::parse(stored.body, nullptr, false);
  const auto found = body.is_object() ? body.find("identity") : body.end();
  return found != body.end() && found->is_string() ? found->get<std::string>() : "";
}

ledger::document to_document(const remark& what) {
  const auto body = nlohmann::json{{"identity", what.identity}}.dump();
  return {kind, what.name, what.identity.empty() ? "" : body};
}

// --- at the start -----------------------------------------------------------------------------

void load(self_pointer self, const std::string& after_key) {
  ledger::read_pages(
      self, self->state.with.find_reader, kind, after_key,
      [self](const std::vector<ledger::document>& page) {
        for (const auto& one : page)
          self->state.thought->take_known(one.key, identity_in(one));
      },
      [self] { self->send(self, look_atom::value); });
}

// --- what is found ----------------------------------------------------------------------------

void turn(self_pointer self);

void write_some(self_pointer self) {
  auto& state = self->state;
  const auto ledger = state.with.find_ledger();
  if (!ledger || state.writing)
    return;
  const auto some = state.thought->to_write(remarks_a_write);
  if (some.empty())
    return;
  state.writing = true;
  ledger::write what;
  for (const auto& one : some)
    what.documents.push_back(to_document(one));
  const auto settle = [self, some](bool done) {
    self->state.writing = false;
    for (const auto& one : some)
      self->state.thought->written(one, done);
  };
  self->request(ledger, within, what)
      .then([settle](const ledger::all_written& how) { settle(how.trouble.empty()); },
            [settle](const caf::error&) { settle(false); });
}

/// What became of one file. Refused for good it is never submitted again.
void submitted(watch_state& state, const sighting& file, const desk::admission& how) {
  const auto why = how.how.why;
  const bool later =
      why == refusal::busy || why == refusal::over_quota || why == refusal::not_leader;
  state.thought->submitted(file, !later);
  if (how.how.ok() && !how.known_already) {
    ++state.done.submitted;
    spdlog::info("{} is job {}", file.path, how.job_id);
  } else if (!how.how.ok() && !later) {
    ++state.done.refused;
    spdlog::warn("{} becomes no job: {}", file.path, how.how.what);
  }
}

ledger::job job_of(const means& with, const sighting& file) {
  auto job = with.job;
  job.id = job.output = with.new_job_id();
  job.source = file.path;
  job.idempotency_key = key_of(file);
  return job;
}

void submit_some(self_pointer self) {
  auto& state = self->state;
  const auto queue = state.with.find_queue();
  if (!queue || state.submitting)
    return;
  const auto some = state.thought->to_submit(files_a_submit);
  if (some.empty())
    return;
  state.submitting = true;
  queue::submit what;
  for (const auto& file : some)
    what.jobs.push_back(job_of(state.with, file));
  what.line = desk::to_document({state.with.unix_ms(), "watch folder", "submit", "", ""},
                                state.with.new_job_id());
  self->request(queue, within, what)
      .then(
          [self, some](const queue::submitted& how) {
            self->state.submitting = false;
            bool taken = false;
            for (std::size_t i = 0; i < some.size(); ++i) {
              submitted(self->state, some[i], how.each.at(i));
              taken = taken || how.each[i].how.ok();
            }
            if (taken)
              turn(self);
          },
          [self, some](const caf::error&) {
            self->state.submitting = false;
            for (const auto& file : some)
              self->state.thought->submitted(file, false);
          });
}

void turn(self_pointer self) {
  submit_some(self);
  write_some(self);
}

void look_around(self_pointer self) {
  auto& state = self->state;
  const auto begun = state.with.steady_ms();
  try {
    state.thought->look(files_in(state.with.folder), begun);
    state.done.trouble.clear();
  } catch (const std::exception& why) { // it may come back: nothing is concluded from its absence
    if (state.done.trouble != why.what())
      spdlog::warn("the watched folder cannot be read: {}", why.what());
    state.done.trouble = why.what();
  }
  turn(self);
  const std::chrono::milliseconds took{state.with.steady_ms() - begun};
  self->delayed_send(self, std::max(state.with.every, rest * took), look_atom::value);
}

inner_actor::behavior_type behaviour(self_pointer self, means with) {
  self->set_exception_handler(
      [](std::exception_ptr& thrown) { return supervision::explain(thrown); });
  self->state.thought.emplace(with.by);
  self->state.with = std::move(with);
  self->send(self, load_atom::value, std::string{});
  return {
      [self](const look&) {
        auto now = self->state.done;
        now.open = self->state.thought->open();
        return now;
      },
      [self](load_atom, const std::string& after_key) { load(self, after_key); },
      [self](look_atom) { look_around(self); },
  };
}

} // namespace

actor spawn(caf::actor_system& system, means with) {
  return caf::actor_cast<actor>(with.detached
                                    ? system.spawn<caf::detached>(behaviour, std::move(with))
                                    : system.spawn(behaviour, std::move(with)));
}

} // namespace vdoc::watch
