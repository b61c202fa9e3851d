#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace vdoc::membership {

/// What a node is at the moment, as an operator sees it.
enum class member_state : std::uint8_t {
  joining,     ///< has said that it is there, and is not let in (yet): see the reason
  up,          ///< works
  suspect,     ///< has not been heard for a while; gets nothing new
  cordoned,    ///< gets nothing new, and keeps what it has
  draining,    ///< finishes or hands over what it has, then goes
  down,        ///< has crashed, hangs, is cut off, or has left
  quarantined, ///< its work fails where that of others succeeds; gets nothing until it is let free
};
inline std::string to_string(member_state state) {
  constexpr std::array<const char*, 7> names{"joining",  "up",   "suspect",    "cordoned",
                                             "draining", "down", "quarantined"};
  const auto at = static_cast<std::size_t>(state);
  return at < names.size() ? names[at] : "unknown state";
}

/// Since this version of the protocol a node says how busy it is.
constexpr std::uint32_t protocol_with_load = 5;

/// Versions of the protocol between nodes that a process speaks.
struct protocol_range {
  std::uint32_t oldest = 4;
  std::uint32_t newest = protocol_with_load;
  friend bool operator==(const protocol_range&, const protocol_range&) = default;
};

/// What a node says of itself when it comes.
struct announcement {
  std::string node;        ///< its name, as in its certificate
  std::string incarnation; ///< UUID of this process
  std::string version;     ///< of the program, for people
  protocol_range speaks;
  std::vector<std::string> offers; ///< words: "cores:8", "gpu", "zone:eu-1"
};

/// A node as the leader knows it.
struct member {
  announcement what;
  member_state state = member_state::joining;
  std::string reason;        ///< for people; why it is so, or why it stays out
  std::int64_t since_ms = 0; ///< of the leader's steady clock; see also the order that it is by
  /// Of this stay in the cluster, one more with each: what a node did in an earlier stay is stale,
  /// though it is the same process that was cut off and is back. Begins with the epoch of the
  /// leader that has let it in, so that no two leaders give the same. 0: not let in.
  std::uint64_t admission = 0;
  std::uint32_t protocol = 0; ///< that is spoken with it
};

/// What comes before the first admission that the leader of that epoch gives.
constexpr std::uint64_t first_admission(std::uint64_t epoch) noexcept {
  constexpr unsigned stays_bits = 32; ///< more than anybody comes in one epoch
  return epoch << stays_bits;
}

} // namespace vdoc::membership
