#pragma once

#include "actors/fetcher/protocol.hpp"
#include "conf/settings.hpp"

#include <caf/fwd.hpp>

#include <functional>

namespace vdoc::node {

/// Starts a FETCHER for each remote source of a JOB, with processes of this program.
std::function<fetcher::actor(caf::actor_system&)> fetchers_of(const conf::settings& settings);

} // namespace vdoc::node
