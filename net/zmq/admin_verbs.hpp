#pragma once

#include "net/zmq/verb_errand.hpp"

namespace vdoc::net::over_zmq {

/// What can be asked of the cluster and of keys; docs/protocol.md says it for those who ask.
void cluster(const errand& it);
void create_key(const errand& it);
void list_keys(const errand& it);
void revoke_key(const errand& it);

} // namespace vdoc::net::over_zmq
