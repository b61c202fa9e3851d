#include "actors/queue/shell.hpp"

#include <caf/actor_cast.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/sec.hpp>

#include <algorithm>

/// QUEUE towards the media hosts, for jobs that do nothing. Those that begin together share a slot.
namespace vdoc::queue {

namespace {

constexpr std::chrono::seconds answer_within{30};

/// The jobs of a task, which then has no slot any more. None when that was so before.
std::vector<begun_noop> take_back(self_pointer self, const std::string& task) {
  auto& state = self->state;
  auto found = state.noops.extract(task);
  if (found.empty())
    return {};
  self->send(state.with.dispatch, dispatch::slot_free{task});
  return std::move(found.mapped());
}

/// DISPATCH takes the slot back from a host that has gone, and says so; an answer that is lost
/// otherwise is not waited for.
void begin_again(self_pointer self, const std::string& task) {
  const auto gone = take_back(self, task);
  auto& next = self->state.next_noops;
  next.insert(next.end(), gone.begin(), gone.end());
  turn(self);
}

void all_done(self_pointer self, const std::string& task) {
  auto& state = self->state;
  const auto now = now_of(self);
  for (const auto& one : take_back(self, task)) {
    count_attempt(self, one.key, now.steady_ms - one.begun_ms);
    state.thought->ended({one.key, one.attempt, result::succeeded, {}, {}, 0}, now);
  }
  turn(self);
}

} // namespace

void send_noops(self_pointer self) {
  auto& state = self->state;
  if (state.next_noops.empty())
    return;
  dispatch::want_slot wish;
  wish.task_id = "noop/" + std::to_string(++state.last_noop_task);
  wish.job_id = "noop";
  wish.kind = dispatch::stage::noop;
  wish.asker = caf::actor_cast<dispatch::client>(caf::strong_actor_ptr{self->ctrl()});
  state.noops[wish.task_id] = std::exchange(state.next_noops, {});
  self->send(state.with.dispatch, std::move(wish));
}

void slot_granted(self_pointer self, const dispatch::granted& it) {
  auto& state = self->state;
  const auto found = state.noops.find(it.task_id);
  if (found == state.noops.end()) { // all of them were cancelled
    self->send(state.with.dispatch, dispatch::slot_free{it.task_id});
    return;
  }
  noop::do_nothing work;
  for (const auto& one : found->second)
    work.jobs.push_back(to_string(one.key));
  self->request(it.stages.noop, answer_within, std::move(work))
      .then([self, task = it.task_id](const noop::nothing_done&) { all_done(self, task); },
            [self, task = it.task_id](const caf::error& why) {
              if (why == caf::sec::request_timeout)
                begin_again(self, task);
            });
}

void slot_revoked(self_pointer self, const dispatch::revoked& it) {
  begin_again(self, it.task_id);
}

void interrupt_noop(self_pointer self, const job_key& key) {
  auto& state = self->state;
  const auto take_from = [&](std::vector<begun_noop>& all) {
    const auto at = std::ranges::find(all, key, &begun_noop::key);
    if (at == all.end())
      return false;
    const auto attempt = at->attempt;
    all.erase(at);
    state.thought->ended({key, attempt, result::interrupted, {}, {}, 0}, now_of(self));
    return true;
  };
  if (take_from(state.next_noops))
    return;
  for (auto at = state.noops.begin(); at != state.noops.end(); ++at) {
    if (!take_from(at->second))
      continue;
    if (at->second.empty()) {
      self->send(state.with.dispatch, dispatch::withdraw{at->first});
      state.noops.erase(at);
    }
    return;
  }
}

} // namespace vdoc::queue
