#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vdoc::net {

/// An event as it comes out of the wire (docs/protocol.md).
struct heard_event {
  std::string topic;
  std::string feed; ///< another one after each start of the service
  std::uint64_t number = 0;
  std::uint64_t before_in_family = 0; ///< 0: not known
  std::uint64_t before_in_topic = 0;  ///< 0: not known
  std::string body;
};

/// Out of topic, "<feed>:<number>:<before in family>:<before in topic>", body; nothing when the
/// frames are no event.
std::optional<heard_event> read_event(const std::vector<std::string>& frames);

} // namespace vdoc::net
