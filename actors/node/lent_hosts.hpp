#pragma once

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

} // namespace vdoc::node
