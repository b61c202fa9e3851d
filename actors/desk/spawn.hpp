#pragma once

#include "actors/hosts/protocol.hpp"
#include "actors/ledger/reader_protocol.hpp"
#include "actors/membership/operator_protocol.hpp"
#include "actors/queue/protocol.hpp"
#include "actors/schedule/protocol.hpp"
#include "actors/supervision/protocol.hpp"
#include "cluster/desk/audit.hpp"
#include "cluster/desk/desk.hpp"
#include "cluster/desk/live_jobs.hpp"
#include "cluster/resources/measures.hpp"
#include "cluster/uploads/upload_book.hpp"

#include <caf/fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vdoc::front_desk {

/// What the desk needs of the world. The handles are the newest; null while there is none. Any
/// thread.
struct means {
  std::function<queue::actor()> find_queue;
  std::function<ledger::reader()> find_reader; ///< sees what is committed
  std::function<ledger::reader()> find_lister; ///< may be late, or away: a read replica
  std::function<schedule::actor()> find_schedule;
  /// MEMBERSHIP of a node that leads; without it there are no nodes to order anything of.
  std::function<membership::operators_side()> find_membership = {};
  std::function<std::string()> new_job_id;
  std::function<std::int64_t()> unix_ms; ///< for the audit log
  /// What the audit log says of a submit of that caller, without its jobs; nothing when it says
  /// nothing. May be empty. Any thread.
  std::function<std::optional<ledger::document>(const desk::caller&)> line_of_submit = {};
  std::shared_ptr<desk::live_jobs> live;
  std::shared_ptr<resources::measures> measures = std::make_shared<resources::measures>();
  /// Closes the breaker of that name, soon; false: whoever has it is not there. Any thread.
  std::function<bool(const std::string& name)> reset_breaker = {};
  /// A line for the audit log, of what is no change of the ledger; spooled while that is away. Any
  /// thread.
  std::function<void(desk::audit_line)> note = {};
  /// An upload by its id; without it there are none. Any thread.
  std::function<std::optional<uploads::upload_view>(std::string_view)> find_upload = {};
  /// Whether it is known which uploads there are; without it it is. Any thread.
  std::function<bool()> knows_uploads = {};
  /// Why nothing is known of uploads here, and nothing is ordered of nodes: another node leads;
  /// without it everything is. Any thread.
  std::function<desk::verdict()> elsewhere = {};
  /// Adds what tenants have stored, and may have; without it that is nothing. Any thread.
  std::function<std::vector<desk::tenant_view>(std::vector<desk::tenant_view> with_jobs)> complete =
      {};
  /// The nodes of the cluster; without it none. Any thread.
  std::function<std::vector<desk::node_view>()> nodes = {};
  /// The roots of this node's supervision trees: the node's own, and the leader's work, which hangs
  /// below "leader"; null while there is none. Without it there is no tree. Any thread.
  std::function<std::pair<supervision::actor, supervision::actor>()> find_trees = {};
  std::function<hosts::actor()> find_hosts = {}; ///< whose media hosts hang below "hosts"
  std::filesystem::path jobs;                    ///< one folder of results for each job, by id
  /// What may be asked at a time; beyond that the answer is `busy` at once.
  std::size_t most_calls = 4'096;
  std::size_t most_jobs = 50'000; ///< submitted and not acknowledged
};

/// The desk over QUEUE, READER and SCHEDULE. It checks roles and tenants, and answers every call
/// within ten seconds, whatever dies. What it has them change goes to them with its line of the
/// audit log. Ends its actor when it is destroyed: destroy it before the
/// actor system.
std::unique_ptr<desk::desk> open(caf::actor_system& system, means with);

} // namespace vdoc::front_desk
