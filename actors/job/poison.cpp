#include "actors/job/poison.hpp"

#include "cluster/desk/poison.hpp"
#include "cluster/ledger/job_id.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>

#include <chrono>

namespace vdoc::job {

namespace {

using namespace std::chrono_literals;

constexpr auto look_within = 2s;

} // namespace

void start_knowing_poison(self_pointer self) {
  const auto& state = self->state;
  const auto& reader = state.around.earlier.reader;
  if (!state.around.of_service || !reader || !state.thought->wanted().heeds_poison)
    return happen(self, start{});
  self->request(reader, look_within,
                ledger::read_documents{desk::poison_kind, "", desk::most_poison})
      .then(
          [self](const ledger::documents& found) {
            poison_known known;
            for (const auto& one : found.all)
              if (const auto it = desk::poison_from(one, ledger::unix_ms_now());
                  it && it->marks == self->state.thought->wanted().marks) // else another program
                known.reasons.emplace(it->content, it->reason + " (job " + it->job + ")");
            if (!known.reasons.empty())
              happen(self, known);
            happen(self, start{});
          },
          [self](const caf::error&) { happen(self, start{}); });
}

void remember_poison(self_pointer self, const found_poison& what) {
  const auto& state = self->state;
  if (!state.around.of_service)
    return;
  ledger::write order;
  order.documents = {desk::to_document({what.hash, what.reason, state.job_id,
                                        state.thought->wanted().marks, ledger::unix_ms_now()})};
  self->request(state.around.ledger, 30s, order)
      .then([](const ledger::all_written&) {}, [](const caf::error&) {});
}

} // namespace vdoc::job
