#pragma once

#include "actors/ledger/protocol.hpp"
#include "actors/queue/protocol.hpp"
#include "actors/schedule/protocol.hpp"
#include "cluster/desk/node_view.hpp"

#include <caf/fwd.hpp>

#include <functional>
#include <string>

namespace vdoc::follower {

/// What stands in for QUEUE and SCHEDULE on a node that does not lead.
struct means {
  std::function<ledger::actor()> find_ledger; ///< of the node; null while there is none
  std::function<desk::node_doors()> leader;   ///< as far as it is known
  /// The real ones, as soon as this node leads and has them; null until then.
  std::function<queue::actor()> find_queue;
  std::function<schedule::actor()> find_schedule;
  std::function<std::string()> new_letter; ///< keys that rise
  std::string node;                        ///< our name
  /// Tenants have quotas, which only the leader can hold them to: jobs are for it to take, too.
  bool has_quotas = false;
};

/// PORTER: takes jobs in for the leader. They are committed when they are acknowledged, as
/// anywhere, with a letter to the leader in the same transaction. Everything else is the leader's
/// to do: who asks is told where that is. While nobody leads yet, or this node is about to, it is
/// kept for up to four seconds and then passed on: a node that has just started is no follower.
queue::actor spawn_queue(caf::actor_system& system, means with);

/// The same for schedules, of which none is taken here.
schedule::actor spawn_schedule(caf::actor_system& system, means with);

} // namespace vdoc::follower
