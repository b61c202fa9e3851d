#pragma once

#include "actors/node/service_folder.hpp"
#include "actors/node/service_parts.hpp"
#include "cluster/artefacts/store.hpp"
#include "conf/settings.hpp"

#include <caf/fwd.hpp>

#include <memory>

namespace vdoc::node {

/// Where a service can be reached, for as long as it lives: ZeroMQ with its events, HTTP, metrics.
/// A node that is no gateway has its metrics only. Destroy it before the actor system.
class doors {
public:
  /// `store` has results that are not in their folders any more; it may be null.
  /// Throws std::runtime_error: no such address, an address that must not be used, no keys.
  doors(caf::actor_system& system, const std::shared_ptr<service_parts>& of,
        const service_folder& folder, const conf::service_settings& settings,
        const conf::cluster_settings& shown, const artefacts::connector& store);
  doors(const doors&) = delete;
  doors& operator=(const doors&) = delete;
  ~doors();

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace vdoc::node
