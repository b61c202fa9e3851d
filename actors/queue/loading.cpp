#include "actors/queue/queue_settings.hpp"
#include "actors/queue/shell.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>

/// How QUEUE begins: it reads what operators have set, then all open jobs. What they set of queues
/// later, by another service on the same ledger, it reads every two seconds.
namespace vdoc::queue {

using namespace std::chrono_literals;
using ledger::outcome;

namespace {

constexpr auto between_trials = 500ms;
constexpr std::uint32_t jobs_a_page = 1'000;
constexpr auto between_looks_at_settings = 2s;

void load_page(self_pointer self, const std::string& after) {
  self->request(self->state.reader, read_within, ledger::list_open_jobs{after, jobs_a_page})
      .then(
          [self](const ledger::job_page& page) {
            auto& state = self->state;
            state.trouble = page.trouble;
            if (page.result != outcome::done) {
              self->delayed_send(self, between_trials, load_atom::value);
              return;
            }
            for (const auto& one : page.jobs) {
              remember_words(state, one.what);
              state.thought->take_up(one, now_of(self));
            }
            if (page.jobs.size() == jobs_a_page) {
              load_page(self, page.jobs.back().what.id);
              return;
            }
            state.thought->loaded();
            look_into_inbox(self);
            self->delayed_send(self, between_looks_at_settings, settings_atom::value);
            take_stock(self);
            turn(self);
          },
          [self](const caf::error&) {
            self->delayed_send(self, between_trials, load_atom::value);
          });
}

/// What is set of tenants comes before their jobs, too.
void load_limits(self_pointer self, const std::string& after) {
  self->request(self->state.reader, read_within,
                ledger::read_documents{desk::tenant_kind, after, jobs_a_page})
      .then(
          [self](const ledger::documents& page) {
            auto& state = self->state;
            state.trouble = page.trouble;
            if (page.result != outcome::done) {
              self->delayed_send(self, between_trials, load_atom::value);
              return;
            }
            for (const auto& one : page.all)
              state.limits_read[one.key] = desk::own_limits_in(one.body);
            if (page.all.size() == jobs_a_page)
              return load_limits(self, page.all.back().key);
            take_over_limits(self, std::exchange(state.limits_read, {}));
            load_page(self, "");
          },
          [self](const caf::error&) {
            self->delayed_send(self, between_trials, load_atom::value);
          });
}

/// What operators have set of queues comes first: no job may start in one that is paused.
void load_settings(self_pointer self, const std::string& after) {
  self->request(self->state.reader, read_within,
                ledger::read_documents{settings_kind, after, jobs_a_page})
      .then(
          [self](const ledger::documents& page) {
            self->state.trouble = page.trouble;
            if (page.result != outcome::done) {
              self->delayed_send(self, between_trials, load_atom::value);
              return;
            }
            for (const auto& one : page.all)
              apply_terms(self, one.key, terms_of_body(one.body));
            if (page.all.size() == jobs_a_page)
              load_settings(self, page.all.back().key);
            else
              load_limits(self, "");
          },
          [self](const caf::error&) {
            self->delayed_send(self, between_trials, load_atom::value);
          });
}

/// A page that was read while something was set here may be older than that: it is read again.
bool is_current(const queue_state& state, std::uint64_t written) {
  return state.wanted.empty() && state.settings_written == written;
}

void take_over(self_pointer self, const std::vector<ledger::document>& page) {
  auto& state = self->state;
  bool changed = false;
  for (const auto& one : page) {
    const auto terms = terms_of_body(one.body);
    if (terms == terms_of(state, one.key) || !check_queue(state, one.key).ok())
      continue;
    apply_terms(self, one.key, terms);
    changed = true;
  }
  if (!changed)
    return;
  state.tells.queues_changed();
  turn(self);
}

void look_at_page(self_pointer self, const std::string& after) {
  const auto later = [self] {
    self->delayed_send(self, between_looks_at_settings, settings_atom::value);
  };
  const auto written = self->state.settings_written;
  self->request(self->state.reader, read_within,
                ledger::read_documents{settings_kind, after, jobs_a_page})
      .then(
          [self, later, written](const ledger::documents& page) {
            if (page.result != outcome::done || !is_current(self->state, written))
              return later();
            take_over(self, page.all);
            if (page.all.size() == jobs_a_page)
              look_at_page(self, page.all.back().key);
            else
              later();
          },
          [self, later](const caf::error&) {
            self->state.reader = self->state.with.find_reader();
            later();
          });
}

} // namespace

void look_at_settings(self_pointer self) {
  look_into_inbox(self);
  look_at_page(self, "");
}

/// All that the QUEUE before this one has said must be written before the jobs are read.
void load(self_pointer self) {
  auto& state = self->state;
  state.ledger = state.with.find_ledger();
  state.reader = state.with.find_reader();
  const auto again = [self] { self->delayed_send(self, between_trials, load_atom::value); };
  if (!state.ledger || !state.reader)
    return again();
  flush(self); // jobs that came first
  self->request(state.ledger, health_within, ledger::health_of{})
      .then(
          [self, again](const ledger::health& how) {
            self->state.trouble = how.trouble;
            if (how.up && how.spooled == 0)
              load_settings(self, "");
            else
              again();
          },
          [again](const caf::error&) { again(); });
}

} // namespace vdoc::queue
