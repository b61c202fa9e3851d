#pragma once

#include "net/http/calls.hpp"

namespace vdoc::net {

// What can be asked of tokens, the audit log and links over HTTP; docs/openapi.yaml says it for
// those who ask.

void create_token(const errand& it);
void list_tokens(const errand& it);
void revoke_token(const errand& it);
void list_audit(const errand& it);
/// GET cluster: its nodes, and who leads.
void show_cluster(const errand& it);
void show_tree(const errand& it);     ///< GET cluster/tree, of the node that is asked
void show_breakers(const errand& it); ///< GET cluster/breakers
void reset_breaker(const errand& it); ///< POST cluster/breakers/reset
void show_hosts(const errand& it);    ///< GET cluster/hosts: media hosts, of the node that leads
void show_poison(const errand& it);   ///< GET cluster/quarantine: contents that no job tries
void lift_poison(const errand& it);   ///< POST cluster/quarantine/CONTENT/lift
// POST cluster/nodes/NAME/cordon, uncordon, drain.
void cordon_node(const errand& it);
void uncordon_node(const errand& it);
void drain_node(const errand& it);
void create_link(const errand& it); ///< to the results of a job

} // namespace vdoc::net
