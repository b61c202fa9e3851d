#pragma once

#include "actors/hosts/spawn.hpp"
#include "actors/node/certificates.hpp"
#include "actors/node/node.hpp"

#include <memory>
#include <string>
#include <vector>

namespace vdoc::node {

/// Whom the media hosts of a node work for at first, and who it is where they are lent.
struct service_to {
  std::vector<std::string> leaders; ///< see hosts::work_for
  std::string node;
  std::string node_incarnation;
};

/// How HOSTS starts the media hosts of a node: real processes, a door on loopback. The certificates
/// have to outlive HOSTS.
hosts::means hosts_of(const node_settings& settings, certificates& tls,
                      const service_to& whom = {});

} // namespace vdoc::node
