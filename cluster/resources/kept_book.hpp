#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace vdoc::resources {

/// How many bytes of results each job keeps here, and so each tenant: about 150 bytes of memory for
/// a job. Any thread.
class kept_book {
public:
  /// Instead of what was known of that job; 0: it keeps nothing.
  void set(const std::string& job_id, const std::string& tenant, std::uint64_t bytes);
  void remove(const std::string& job_id) { set(job_id, {}, 0); }

  [[nodiscard]] std::uint64_t bytes_of(std::string_view tenant) const;
  /// Bytes by tenant, without those that keep none.
  [[nodiscard]] std::map<std::string, std::uint64_t> tenants() const;

private:
  using tenant_bytes = std::map<std::string, std::uint64_t, std::less<>>;
  struct kept {
    tenant_bytes::iterator whose;
    std::uint64_t bytes = 0;
  };

  mutable std::mutex mutex_;
  tenant_bytes tenants_;
  std::unordered_map<std::string, kept> jobs_;
};

} // namespace vdoc::resources
