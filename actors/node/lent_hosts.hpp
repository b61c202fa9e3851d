#pragma once

#include "actors/supervision/supervisor.hpp"

#include <caf/fwd.hpp>

#include <chrono>
#include <functional>
#include <string>

namespace vdoc::node {

/// Logs what a media host that works for another node says itself; the rest of what it prints is of
/// libraries. Any thread.
void pass_on(const std::string& host, const std::string& line);

/// Returns when the media hosts have finished what they have, the time is over, or somebody insists
/// by another end signal. `may_go` asks that they get nothing new, and whether they have nothing
/// left.
void drain_hosts(const std::function<bool()>& may_go, std::chrono::seconds patience);

/// Of a node that leads, whose tree that is: asks that no media host of the cluster begins with
/// what keeps a core busy; whether none has any of it left. To be called again until then. Returns
/// within two seconds.
bool work_winds_down(caf::actor_system& system, const supervision::actor& root);

} // namespace vdoc::node
