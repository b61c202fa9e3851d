#include "cluster/desk/quota.hpp"

namespace vdoc::desk {

verdict stores_enough(const std::string& tenant, std::uint64_t bytes, std::uint64_t limit_bytes,
                      std::uint32_t retry_after_ms) {
  return {refusal::over_quota,
          "tenant " + tenant + " has " + std::to_string(bytes) +
              " bytes of results and uploads, and may have " + std::to_string(limit_bytes),
          "end uploads, wait until old jobs are removed (service.keep_days), or raise "
          "service.tenant_stored_mb, or that tenant's own stored_mb",
          retry_after_ms};
}

} // namespace vdoc::desk
