#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vdoc::net {

/// What a service and those whom it tells share: 24 to 64 bytes. Written "whsec_" and base64.
class webhook_secret {
public:
  /// Nothing when it is not of that form.
  static std::optional<webhook_secret> read(std::string_view written);
  /// 32 bytes of chance.
  static webhook_secret make();
  /// What a tenant shares with a service that has this key: the HMAC-SHA256 by the key over
  /// "webhook:" and the tenant's name.
  [[nodiscard]] webhook_secret of_tenant(std::string_view tenant) const;

  [[nodiscard]] std::string written() const;
  [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }

private:
  std::string bytes_;
};

/// The headers of a delivery by the Standard Webhooks specification, version 1.0: webhook-id (the
/// same for every attempt), webhook-timestamp, and webhook-signature, "v1," and the base64 of the
/// HMAC-SHA256 over "<id>.<timestamp>.<body>", once for each secret, with spaces between.
std::vector<std::pair<std::string, std::string>>
webhook_headers(const std::vector<webhook_secret>& secrets, const std::string& id,
                std::int64_t unix_s, std::string_view body);

} // namespace vdoc::net
