#pragma once

#include "actors/desk/front.hpp"
#include "actors/desk/spawn.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

/// What DESK asks of others.
namespace vdoc::front_desk {

/// A caller has its answer within ten seconds, even one that takes two questions.
constexpr std::chrono::milliseconds within{4'500};

using found_job = std::function<void(const desk::verdict&, const ledger::job_record&)>;

/// The job, unless it is none of the caller's business: then there is none.
void find_visible(actor::pointer self, const means& with, const desk::caller& who,
                  const std::string& job_id, const found_job& then);

/// Of the first that can: the replica, then the database that jobs are written into. A replica is
/// there to take work off that, not to be one more thing that answers depend on. No answer when
/// there is neither.
void read_list(actor::pointer self, const means& with, const ledger::list_jobs& what,
               const desk::then<ledger::job_page>& answer);

/// The same for the history of a job that was found: the replica's counts if it has all that the
/// job had gone through by then.
void read_history(actor::pointer self, const means& with, const ledger::job_record& of,
                  const desk::then<ledger::history>& answer);

/// Asks QUEUE, and completes that by what is known of tenants and nodes. No answer when it does not
/// answer.
void read_overview(actor::pointer self, const means& with, const desk::then<desk::overview>& then);

/// Asks the supervisors of this node, and puts their trees together: the leader's work below
/// LEADER, media hosts below HOSTS. What does not answer in time is left out.
void read_tree(actor::pointer self, const means& with, const desk::then<desk::tree_view>& then);

/// Asks DISPATCH what media hosts do; `how` says when it cannot be found.
void read_hosts(actor::pointer self, const means& with, const desk::then<desk::host_views>& then);

/// Nodes with the slots of their media hosts, where those are known.
std::vector<desk::node_view> with_slots(std::vector<desk::node_view> nodes,
                                        const desk::host_views& seen);

/// The breakers of QUEUE and LEDGER, as they were measured last.
desk::breaker_views breakers_of(const means& with);
/// Whether the breaker of that name may be closed by hand.
desk::verdict check_reset(const means& with, const std::string& name);

} // namespace vdoc::front_desk
