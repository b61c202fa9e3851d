#include "actors/errands/spawn.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>

namespace vdoc::errands {

namespace {

/// "Look whether it has stopped", to itself.
using inner_actor = actor::extend<caf::reacts_to<caf::tick_atom, std::string>>;

constexpr std::chrono::milliseconds patience{1'500};

inner_actor::behavior_type errands(inner_actor::pointer self,
                                   const std::shared_ptr<stop_board>& board,
                                   const std::function<void(const std::string&)>& give_up) {
  return {
      [](const do_nothing& asked) { return did_nothing{asked.jobs}; },
      [=](const stop_job& over) {
        board->stop(over.job_id);
        if (board->still_works_on(over.job_id))
          self->delayed_send(self, patience, caf::tick_atom_v, over.job_id);
      },
      [=](caf::tick_atom, const std::string& job_id) {
        if (board->still_works_on(job_id))
          give_up(job_id);
      },
  };
}

} // namespace

actor spawn(caf::actor_system& system, std::shared_ptr<stop_board> board,
            std::function<void(const std::string& job_id)> give_up) {
  return system.spawn(errands, std::move(board), std::move(give_up));
}

} // namespace vdoc::errands
