#pragma once

#include "actors/ingest/protocol.hpp"
#include "pipelines/gst/demuxer.hpp"

#include <string>
#include <vector>

namespace vdoc::ingest {

/// What sources are let in.
struct admission {
  gst::inspect_limits inspect;
  std::vector<std::string> schemes{"file", "http", "https"};
};
std::chrono::seconds idle_timeout{10};
std::chrono::seconds answer_timeout{12};
std::vector<std::string> allowed_networks; ///< exceptions to the refusal of private addresses
std::string authorities;                   ///< PEM file; "": the system's
std::uint64_t largest_bytes = 0;           ///< 0: no limit
std::uint32_t redirects = 5;
};

/// Starts an INGEST on a thread of its own.
actor spawn(caf::actor_system& system, const admission& rules);

} // namespace vdoc::ingest
