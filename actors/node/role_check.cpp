#include "actors/node/role_check.hpp"

#include "cluster/ledger/open_store.hpp"
#include "conf/settings.hpp"

namespace vdoc::node {

conf::roles roles_of(const conf::settings& settings) {
  return conf::roles_in(settings.cluster.role).value_or(conf::roles{});
}

std::string complaint_about_roles(const conf::settings& settings) {
  const auto roles = roles_of(settings);
  const auto& cluster = settings.cluster;
  if (roles.worker && !roles.leader_candidate && cluster.join.empty())
    return "a worker has to know where somebody leads; name the nodes that may with --join "
           "HOST:PORT, or in cluster.join";
  const bool needs_ledger = roles.gateway || roles.leader_candidate;
  const bool may_be_alone = roles.gateway && roles.leader_candidate;
  if (needs_ledger && !may_be_alone && !ledger::is_postgres_url(settings.ledger.database))
    return std::string{"a node that is "} +
           (roles.gateway ? "a gateway and cannot lead" : "no gateway and may lead") +
           " shares its ledger with others, which takes PostgreSQL; say which with "
           "DATABASE_URL, or in ledger.database";
  if (roles.leader_candidate && !roles.worker && cluster.listen.empty())
    return "a node that may lead and is no worker needs others that work; let them come with "
           "--cluster-listen ADDRESS:PORT, or cluster.listen";
  return "";
}

} // namespace vdoc::node
