#include "actors/queue/queue_settings.hpp"
#include "actors/queue/shell.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>

/// How QUEUE begins: it reads what operators have set, then all open jobs.
namespace vdoc::queue {

using namespace std::chrono_literals;
using ledger::outcome;

namespace {

constexpr auto between_trials = 500ms;
constexpr auto health_within = 2s;
constexpr std::uint32_t jobs_a_page = 1'000;

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
            take_stock(self);
            turn(self);
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
              load_page(self, "");
          },
          [self](const caf::error&) {
            self->delayed_send(self, between_trials, load_atom::value);
          });
}

} // namespace

/// All that the QUEUE before this one has said must be written before the jobs are read.
void load(self_pointer self) {
  auto& state = self->state;
  state.ledger = state.with.find_ledger();
  state.reader = state.with.find_reader();
  const auto again = [self] { self->delayed_send(self, between_trials, load_atom::value); };
  if (!state.ledger || !state.reader)
    return again();
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
