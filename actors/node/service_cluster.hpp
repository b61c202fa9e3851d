#pragma once

#include "actors/node/node_folder.hpp"
#include "actors/node/service_folder.hpp"
#include "actors/node/service_parts.hpp"
#include "actors/node/service_work.hpp"
#include "cluster/ledger/postgres_listener.hpp"
#include "conf/roles.hpp"

#include <caf/actor.hpp>
#include <caf/fwd.hpp>

#include <memory>
#include <string>

namespace vdoc::node {

/// A node of a cluster, as the others know it.
struct citizenship {
  std::string incarnation;         ///< of this process
  std::string said;                ///< with the lease: node_folder::said
  std::string node;                ///< name
  std::string folder_id;           ///< service_folder::id
  std::filesystem::path folder;    ///< that all nodes share
  std::filesystem::path mark;      ///< service_folder::leader_epoch
  std::vector<std::string> offers; ///< what work may need of it
  conf::roles roles;
};
citizenship citizenship_of(const service_folder& folder, const node_folder& own,
                           std::vector<std::string> offers, const conf::roles& roles,
                           const std::string& cluster_listen);

/// This node, as it announces itself.
desk::node_view view_of(const citizenship& who, std::int64_t now_unix_ms);

/// Starts what makes the node part of a cluster, which may have this node alone:
///
///     cluster (one_for_one)
///     |- muster    announces it and reads who else is there
///     |- porter    stands in for QUEUE, and `timekeeper` for SCHEDULE, while it does not lead
///     `- leader    holds the lease, and runs the work (service_work) while it does; where the node
///                  may not lead it only sees who does
caf::actor start_cluster(caf::actor_system& system, const workplace& where,
                         const std::shared_ptr<service_parts>& parts, const services& now,
                         const citizenship& who);

/// Tells QUEUE when other nodes have taken jobs in; null where the database cannot say so, and
/// QUEUE looks by itself.
std::unique_ptr<ledger::postgres_listener>
hear_of_arrivals(const std::string& database, const std::shared_ptr<service_parts>& parts);

/// Lets another node lead at once, and does not lead again; waits for that for a second at most.
void hand_over(caf::actor_system& system, service_parts& parts);

} // namespace vdoc::node
