#pragma once

#include "actors/ingest/protocol.hpp"
#include "pipelines/gst/demuxer.hpp"

#include <caf/fwd.hpp>

#include <string>
#include <vector>

namespace vdoc::ingest {

/// What sources are let in.
struct admission {
  gst::inspect_limits inspect;
  std::vector<std::string> schemes{"file", "http", "https"};
};

/// Starts an INGEST on a thread of its own.
actor spawn(caf::actor_system& system, const admission& rules);

} // namespace vdoc::ingest
