#include "actors/membership/usher.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/io/basp_broker.hpp>
#include <caf/io/middleman.hpp>
#include <caf/stateful_actor.hpp>

#include <chrono>

namespace vdoc::membership {

namespace {

using namespace std::chrono_literals;

/// A heartbeat that comes in between costs one dial, and the next one may do.
constexpr auto between_looks = 5ms;
constexpr auto longest_dial = 2s;

struct usher_state {
  static inline const char* name = "USHER";
  caf::actor_clock::time_point until{};
  bool looks = false;
};
using self_pointer = caf::stateful_actor<usher_state, caf::io::broker>*;

/// Nothing else of the connections is touched.
void let_fresh_ones_count_from_now(self_pointer self) {
  const auto owner =
      self->system().middleman().named_broker<caf::io::basp_broker>(caf::atom("BASP"));
  auto* broker = dynamic_cast<caf::io::basp_broker*>(caf::actor_cast<caf::abstract_actor*>(owner));
  if (broker == nullptr)
    return;
  for (auto& [handle, connection] : broker->ctx)
    if (connection.last_seen == caf::actor_clock::time_point{})
      connection.last_seen = self->clock().now();
}

caf::behavior usher(self_pointer self) {
  return {
      [self](caf::connect_atom) {
        self->state.until = self->clock().now() + longest_dial;
        if (!std::exchange(self->state.looks, true))
          self->send(self, caf::tick_atom::value);
      },
      [self](caf::tick_atom) {
        let_fresh_ones_count_from_now(self);
        self->state.looks = self->clock().now() < self->state.until;
        if (self->state.looks)
          self->delayed_send(self, between_looks, caf::tick_atom::value);
      },
  };
}

} // namespace

caf::actor spawn_usher(caf::actor_system& system) {
  return system.middleman().spawn_broker(usher);
}

} // namespace vdoc::membership
