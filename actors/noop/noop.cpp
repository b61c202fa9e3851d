#include "actors/noop/spawn.hpp"

#include <caf/actor_system.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace vdoc::noop {

namespace {

actor::behavior_type noop(actor::pointer) {
  return {[](do_nothing& asked) { return nothing_done{std::move(asked.jobs)}; }};
}

} // namespace

actor spawn(caf::actor_system& system) {
  return system.spawn(noop);
}

} // namespace vdoc::noop
