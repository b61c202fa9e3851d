#pragma once

#include "cluster/desk/archive.hpp"
#include "cluster/desk/gatekeeper.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace vdoc::desk {

/// Kind of the ledger's documents that are keys, by name.
inline constexpr const char* key_kind = "key";

/// The keeper of keys. What it changes is in the audit log with the change, in one transaction; a
/// key that loses a race for its name to another service leaves its line there, too. Any thread.
/// The archive outlives it; an answer that comes later than its end does no harm.
class key_desk final : public gatekeeper {
public:
  struct means {
    std::function<std::int64_t()> unix_ms;
    std::function<std::string()> new_id; ///< unique, in the order of time
    std::shared_ptr<key_ring> ring;      ///< kept up to date
  };
  key_desk(archive& where, means with) : where_{where}, with_{std::move(with)} {}

  /// Reads the keys into the ring: to be called until that is complete. Does nothing while it is at
  /// it.
  void refresh();

  void create(const caller& who, client_key what, then<verdict> answer) override;
  /// Those of the tenants that the caller sees.
  void list(const caller& who, then<key_list> answer) override;
  void revoke(const caller& who, const std::string& name, then<verdict> answer) override;

private:
  /// Calls `then` with all keys, which the ring knows by then.
  void read(then<key_list> answer);
  [[nodiscard]] ledger::document line_of(const caller& who, const char* what,
                                         const client_key& which) const;

  archive& where_;
  means with_;
  std::shared_ptr<std::atomic<bool>> reading_ = std::make_shared<std::atomic<bool>>(false);
};

} // namespace vdoc::desk
