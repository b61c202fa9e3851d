#pragma once

#include <caf/actor_system_config.hpp>
#include <caf/fwd.hpp>

#include <chrono>
#include <cstddef>
#include <filesystem>

namespace vdoc::node {

/// Where the certificate of a process, its key and the authority that signed it lie (PEM).
struct credentials {
  std::filesystem::path authority;
  std::filesystem::path certificate;
  std::filesystem::path key;
  std::filesystem::path revoked = {}; ///< list of the authority; empty: there is none
};

/// Limits of the connection between a node and its media hosts. Both sides need the same.
struct wire_limits {
  std::chrono::milliseconds heartbeat{500};
  std::chrono::milliseconds silence{4000}; ///< a peer that says nothing for so long is gone
};

/// Settings of CAF for a process of ours: all message types, the scheduler that costs nothing when
/// idle, heartbeats, and mutual TLS. Reads no file and no command line.
class configuration : public caf::actor_system_config {
public:
  /// Without any wire: for tests and for processes that speak to nobody.
  explicit configuration(std::size_t threads = 2);
  /// With CAF's middleman and TLS. Call `check` on the credentials first: CAF reads them only when
  /// somebody connects, and aborts the process when it cannot.
  configuration(const credentials& who, const wire_limits& limits, std::size_t threads = 2);
};

/// Takes away what CAF offers to whoever is connected: to start actors of any registered kind here,
/// and to read and change settings. Nothing of ours is found by name. Right after the system is
/// made.
void offer_nothing_by_name(caf::actor_system& system);

} // namespace vdoc::node
