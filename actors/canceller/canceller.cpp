#include "actors/canceller/spawn.hpp"

#include <caf/actor_system.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace vdoc::canceller {

namespace {

actor::behavior_type cancellers(actor::pointer, const std::shared_ptr<cancellations>& into) {
  return {[into](const cancel& it) { into->cancel(it.call); }};
}

} // namespace

actor spawn(caf::actor_system& system, std::shared_ptr<cancellations> into) {
  return system.spawn(cancellers, std::move(into));
}

} // namespace vdoc::canceller
