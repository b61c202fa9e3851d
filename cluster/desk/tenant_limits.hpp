#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace vdoc::desk {

/// What can be limited of a tenant.
enum class tenant_limit : std::uint8_t {
  queued,    ///< jobs that wait
  running,   ///< jobs that run
  stored_mb, ///< results and uploads together, in 10^6 bytes
  upload_gb, ///< uploads, in 10^9 bytes
  share,     ///< of the slots of media hosts, next to the shares of others; 1 to 1000
};
inline constexpr std::size_t tenant_limit_count = 5;
/// As it is called in JSON: "stored_mb".
const char* to_string(tenant_limit what);
/// The least and the most that it can be.
std::pair<std::uint64_t, std::uint64_t> range_of(tenant_limit what);

/// Of one tenant: 0 is no limit.
class tenant_limits {
public:
  std::uint64_t& operator[](tenant_limit what) { return all_.at(static_cast<std::size_t>(what)); }
  [[nodiscard]] std::uint64_t operator[](tenant_limit what) const {
    return all_.at(static_cast<std::size_t>(what));
  }
  [[nodiscard]] std::uint64_t stored_bytes() const;
  [[nodiscard]] std::uint64_t upload_bytes() const;
  friend bool operator==(const tenant_limits&, const tenant_limits&) = default;

private:
  std::array<std::uint64_t, tenant_limit_count> all_{0, 0, 0, 0, 1};
};

/// What is set for one tenant alone; the rest is as for all.
using own_limits = std::map<tenant_limit, std::uint64_t>;
/// What is changed of it; nothing: it is as for all again.
using tenant_change = std::map<tenant_limit, std::optional<std::uint64_t>>;
own_limits changed(own_limits before, const tenant_change& by);

/// Kind of the ledger's documents that hold what is set for a tenant; the key is its name.
inline constexpr const char* tenant_kind = "tenant";
/// {"queued":100,"share":3}; empty, which removes the document, when nothing is set.
std::string to_body(const own_limits& what);
/// What cannot be read counts as not set.
own_limits own_limits_in(const std::string& body);

/// What tenants may have: the limits of all, and those of their own that the ledger's documents
/// say. Any thread.
class tenant_book {
public:
  /// `shares` are those of tenants by the settings; where none is said it is 1.
  explicit tenant_book(const tenant_limits& of_all = {},
                       std::map<std::string, std::uint32_t> shares = {})
      : of_all_{of_all}, shares_{std::move(shares)} {}

  [[nodiscard]] tenant_limits of(const std::string& tenant) const;
  [[nodiscard]] own_limits own_of(const std::string& tenant) const;
  [[nodiscard]] std::map<std::string, own_limits> own() const;
  [[nodiscard]] const tenant_limits& of_all() const noexcept { return of_all_; }

  void set(const std::string& tenant, const own_limits& what);
  /// Instead of all that was set; nothing of what the settings say.
  void replace(std::map<std::string, own_limits> all);

private:
  tenant_limits of_all_;
  std::map<std::string, std::uint32_t> shares_;
  mutable std::mutex mutex_;
  std::map<std::string, own_limits> own_;
};

} // namespace vdoc::desk
