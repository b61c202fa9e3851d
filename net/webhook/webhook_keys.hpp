#pragma once

#include "net/webhook/standard_webhook.hpp"

#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

namespace vdoc::net {

/// The keys of a service, of which every tenant's secret is made: whoever can verify what one
/// tenant is told can forge nothing for another one. They are in a file that only its owner reads,
/// one a line, the newest first; a second one is that of before a rotation, and still valid. Beside
/// it may be the file of an earlier version, with one secret for all tenants, which is valid as
/// well until `retire` removes it. Any thread; blocks. Errors are std::runtime_error that names the
/// file.
class webhook_keys {
public:
  /// Makes the file with one key if there is none.
  webhook_keys(std::filesystem::path file, std::filesystem::path shared);

  /// Of a tenant, the newest first: at least one. Reads the files anew; of those that cannot be
  /// read at the time it goes on with what it read last.
  std::vector<webhook_secret> secrets_of(const std::string& tenant);

  /// More than the newest key is valid, so that letters have two signatures.
  [[nodiscard]] bool rotating() const;
  /// A new key; the one before stays valid. Throws while `rotating`. These two are for the owner of
  /// the file, else the service could not read the new one.
  void rotate();
  /// The newest key alone is valid from now on.
  void retire();

private:
  struct valid {
    std::vector<webhook_secret> keys;   ///< the newest first
    std::vector<webhook_secret> shared; ///< one, or none
  };
  [[nodiscard]] valid read() const;
  void write(const std::vector<webhook_secret>& keys) const;
  void check_owner() const;

  std::filesystem::path file_;
  std::filesystem::path shared_;
  std::mutex mutex_;
  valid known_;
};

} // namespace vdoc::net
