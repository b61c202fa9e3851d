#include "cluster/resources/kept_book.hpp"

namespace vdoc::resources {

void kept_book::set(const std::string& job_id, const std::string& tenant, std::uint64_t bytes) {
  const std::scoped_lock lock{mutex_};
  if (const auto before = jobs_.extract(job_id)) {
    const auto& [whose, less] = before.mapped();
    whose->second -= less;
    if (whose->second == 0)
      tenants_.erase(whose);
  }
  if (bytes == 0)
    return;
  const auto whose = tenants_.try_emplace(tenant, 0).first;
  whose->second += bytes;
  jobs_.emplace(job_id, kept{whose, bytes});
}

std::uint64_t kept_book::bytes_of(std::string_view tenant) const {
  const std::scoped_lock lock{mutex_};
  const auto found = tenants_.find(tenant);
  return found == tenants_.end() ? 0 : found->second;
}

std::map<std::string, std::uint64_t> kept_book::tenants() const {
  const std::scoped_lock lock{mutex_};
  return {tenants_.begin(), tenants_.end()};
}

} // namespace vdoc::resources
