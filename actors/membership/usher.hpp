#pragma once

#include <caf/actor.hpp>
#include <caf/fwd.hpp>

namespace vdoc::membership {

/// USHER: sees to it that a connection that is being made has the time to be. CAF 0.17.6 closes
/// with each of its heartbeats (0.5 s) what it has heard nothing from for `connection-timeout`, and
/// takes a connection that it has just begun for one that was silent for ever: over a link on which
/// TLS takes longer than that, nobody would ever get in. Told `caf::connect_atom` before each dial,
/// it looks for such connections every few milliseconds, for as long as a dial may last, and has
/// them count from now. It is a broker, so that it runs in the thread that owns them. Only inside a
/// process; ends with who has started it, which has to ask it to.
caf::actor spawn_usher(caf::actor_system& system);

} // namespace vdoc::membership
