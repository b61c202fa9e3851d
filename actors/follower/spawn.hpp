#pragma once

#include "actors/ledger/protocol.hpp"
#include "actors/ledger/reader_protocol.hpp"
#include "actors/queue/protocol.hpp"
#include "actors/schedule/protocol.hpp"
#include "cluster/desk/node_view.hpp"
#include "cluster/desk/tenant_limits.hpp"

#include <caf/fwd.hpp>

#include <functional>
#include <memory>
#include <string>

namespace vdoc::follower {

/// What stands in for QUEUE and SCHEDULE on a node that does not lead.
struct means {
  std::function<ledger::actor()> find_ledger; ///< of the node; null while there is none
  std::function<desk::node_doors()> leader;   ///< as far as it is known
  /// The real ones, as soon as this node leads and has them; null until then.
  std::function<queue::actor()> find_queue;
  std::function<schedule::actor()> find_schedule;
  std::function<std::string()> new_letter;          ///< keys that rise
  std::string node;                                 ///< our name
  std::function<ledger::reader()> find_reader = {}; ///< of the node; null while there is none
  /// What tenants may have. While this node follows it is read from the ledger every two seconds.
  std::shared_ptr<desk::tenant_book> tenants = {};
};

/// PORTER: takes jobs in for the leader. They are committed when they are acknowledged, as
/// anywhere, with a letter to the leader in the same transaction; those of tenants whose jobs or
/// bytes are counted, which only the leader can, are for it to take. Everything else is the
/// leader's to do: who asks is told where that is. While nobody leads yet, or this node is about
/// to, it is kept for up to four seconds and then passed on: a node that has just started is no
/// follower.
queue::actor spawn_queue(caf::actor_system& system, means with);

/// The same for schedules, of which none is taken here.
schedule::actor spawn_schedule(caf::actor_system& system, means with);

} // namespace vdoc::follower
