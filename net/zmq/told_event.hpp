#pragma once

#include "cluster/desk/event_feed.hpp"

#include <string>
#include <vector>

namespace vdoc::net {

/// The frames of an event (docs/protocol.md), which event_frames.hpp reads.
std::vector<std::string> write_event(const std::string& feed, const desk::feed_event& what);

} // namespace vdoc::net
