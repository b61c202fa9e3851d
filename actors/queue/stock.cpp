#include "actors/queue/shell.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>

/// QUEUE towards those who measure it.
namespace vdoc::queue {

namespace {

constexpr double ms_per_s = 1'000;
/// Source hosts are anybody's to name: so many breakers are shown at most.
constexpr std::size_t most_breakers = 100;

} // namespace

void count_attempt(self_pointer self, const job_key& key, std::int64_t ran_ms) {
  const auto& thought = *self->state.thought;
  if (const auto* one = thought.find(key))
    self->state.with.measures->running_s.of({thought.counts().queue_name(one->queue)})
        .observe(static_cast<double>(ran_ms) / ms_per_s);
}

void take_stock(self_pointer self) {
  const auto& state = self->state;
  const auto now = now_of(self);
  std::vector<resources::queue_reading> queues;
  for (const auto& it : state.thought->queues(now.unix_ms))
    queues.push_back({it.name, it.paused, it.scheduled, it.waiting, it.running,
                      it.oldest_age_ms > 0 ? now.steady_ms - it.oldest_age_ms : 0,
                      it.backlog_media_ms});
  std::vector<resources::breaker_reading> breakers{
      {"ledger", state.away ? "open" : "closed", state.away ? 1U : 0U}};
  for (const auto& it : state.thought->breakers())
    if (breakers.size() <= most_breakers)
      breakers.push_back({"source " + it.host, resources::to_string(it.where), it.failures,
                          it.since_ms, it.next_ms, it.parked});
  state.with.measures->set_queues(std::move(queues), std::move(breakers));
}

} // namespace vdoc::queue
