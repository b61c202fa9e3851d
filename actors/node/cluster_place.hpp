#pragma once

#include "actors/node/certificates.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace vdoc::conf {
struct settings;
} // namespace vdoc::conf

namespace vdoc::node {

/// A node's part in a cluster.
struct cluster_place {
  cluster_identity identity;
  std::string listen;             ///< "10.0.0.5:7400": where others find it when it leads
  std::vector<std::string> marks; ///< settings that results depend on, "key=value"
  std::filesystem::path folder;   ///< of the service, absolute
  std::uint16_t blob_port = 0;    ///< of the data plane; 0: any
};

/// As the settings say. Throws vdoc::failure when they do not go together.
cluster_place cluster_place_of(const conf::settings& settings);

} // namespace vdoc::node
