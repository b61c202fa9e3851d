#include "actors/queue/shell.hpp"
#include "cluster/desk/inbox.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>

/// QUEUE towards the other nodes of a cluster, which take jobs in for it.
namespace vdoc::queue {

using namespace std::chrono_literals;
using ledger::outcome;

namespace {

constexpr std::uint32_t letters_a_look = 200;
constexpr std::uint32_t jobs_a_page = 1'000;
constexpr auto again_after = 500ms;

/// What did not work is tried again: the letters are still there.
void look_later(self_pointer self) {
  self->state.inbox = {};
  self->delayed_send(self, again_after, arrivals{});
}

bool is_known(const queue_state& state, const std::string& id) {
  const auto key = job_key_from(id);
  return !key || state.thought->find(*key) != nullptr;
}

void take_up(self_pointer self, const ledger::job_record& one) {
  auto& state = self->state;
  remember_words(state, one.what);
  state.thought->take_up(one, now_of(self));
  state_changed(self, {one.what.id, ledger::job_state::unknown, one.state, "", one.attempts,
                       one.what.tenant, one.what.queue, one.submitted_unix_ms, one.last_sequence});
}

void take_up_page(self_pointer self, const ledger::job_page& page) {
  for (const auto& one : page.jobs)
    if (self->state.inbox.expected.contains(one.what.id) && !is_known(self->state, one.what.id))
      take_up(self, one);
}

void look_for_missed_later(self_pointer self, const std::string& id) {
  self->delayed_send(self, again_after, missed_atom::value, id);
}

void read_missed(self_pointer self, const std::string& id) {
  self->request(self->state.reader, read_within, ledger::find_job{id})
      .then(
          [self, id](const ledger::found& it) {
            if (it.result == outcome::store_down)
              return look_for_missed_later(self, id);
            if (it.result != outcome::done || ledger::is_end(it.what.state) ||
                is_known(self->state, id))
              return;
            take_up(self, it.what);
            turn(self);
          },
          [self, id](const caf::error&) {
            self->state.reader = self->state.with.find_reader();
            look_for_missed_later(self, id);
          });
}

/// Only when they are gone is it looked again, so that no job is taken up twice.
void throw_away(self_pointer self) {
  auto& state = self->state;
  ledger::write order;
  for (const auto& letter : state.inbox.letters)
    order.documents.push_back({letter.kind, letter.key, "", letter.version});
  const bool more = order.documents.size() == letters_a_look;
  self->request(state.ledger, caf::infinite, std::move(order))
      .then(
          [self, more](const ledger::all_written& how) {
            if (!how.trouble.empty())
              return look_later(self);
            if (std::exchange(self->state.inbox, {}).again || more)
              look_into_inbox(self);
          },
          [self](const caf::error&) { look_later(self); });
}

/// The jobs of the letters are among those that are open, from the first of them to the last: ids
/// rise with time.
void read_jobs(self_pointer self, const std::string& after) {
  self->request(self->state.reader, read_within, ledger::list_open_jobs{after, jobs_a_page})
      .then(
          [self](const ledger::job_page& page) {
            if (page.result != outcome::done)
              return look_later(self);
            take_up_page(self, page);
            const auto& expected = self->state.inbox.expected;
            if (page.jobs.size() == jobs_a_page && page.jobs.back().what.id < *expected.rbegin())
              read_jobs(self, page.jobs.back().what.id);
            else
              throw_away(self);
            turn(self);
          },
          [self](const caf::error&) {
            self->state.reader = self->state.with.find_reader();
            look_later(self);
          });
}

/// The id before this one in the order of bytes: questions are for what comes after one.
std::string just_before(const std::string& id) {
  return id.substr(0, id.size() - 1);
}

void open_letters(self_pointer self, const ledger::documents& all) {
  auto& inbox = self->state.inbox;
  if (all.result != outcome::done)
    return look_later(self);
  if (all.all.empty()) {
    if (std::exchange(inbox, {}).again)
      look_into_inbox(self);
    return;
  }
  inbox.letters = all.all;
  for (const auto& letter : all.all)
    for (auto& id : desk::jobs_in(letter))
      inbox.expected.insert(std::move(id));
  if (inbox.expected.empty())
    throw_away(self);
  else
    read_jobs(self, just_before(*inbox.expected.begin()));
}

} // namespace

void look_into_inbox(self_pointer self) {
  auto& state = self->state;
  if (!state.thought->is_loaded())
    return; // it reads all open jobs in any case
  if (std::exchange(state.inbox.busy, true)) {
    state.inbox.again = true;
    return;
  }
  self->request(state.reader, read_within,
                ledger::read_documents{desk::inbox_kind, "", letters_a_look})
      .then([self](const ledger::documents& all) { open_letters(self, all); },
            [self](const caf::error&) {
              self->state.reader = self->state.with.find_reader();
              look_later(self);
            });
}

/// What is known of it in the ledger is only true when nothing waits in the spool: it may have been
/// done here, and its end may not be written yet.
void take_up_missed(self_pointer self, const std::string& id) {
  if (is_known(self->state, id))
    return;
  self->request(self->state.ledger, health_within, ledger::health_of{})
      .then(
          [self, id](const ledger::health& how) {
            if (how.up && how.spooled == 0)
              read_missed(self, id);
            else
              look_for_missed_later(self, id);
          },
          [self, id](const caf::error&) { look_for_missed_later(self, id); });
}

} // namespace vdoc::queue
