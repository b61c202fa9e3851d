#pragma once

#include "cluster/desk/desk.hpp"

#include <cstdint>
#include <string>

namespace vdoc::desk {

/// To a tenant that has as many bytes of results and uploads as it may have, or more.
verdict stores_enough(const std::string& tenant, std::uint64_t bytes, std::uint64_t limit_bytes,
                      std::uint32_t retry_after_ms);

} // namespace vdoc::desk
