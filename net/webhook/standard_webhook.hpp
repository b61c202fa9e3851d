#pragma once

#include <cstdint>
#include <filesystem>
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

  [[nodiscard]] std::string written() const;
  [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }

private:
  std::string bytes_;
};

/// The secret in a file that only its owner reads; it is made when there is none. Throws
/// std::runtime_error that names the file.
webhook_secret webhook_secret_in(const std::filesystem::path& file);

/// The headers of a delivery by the Standard Webhooks specification, version 1.0: webhook-id (the
/// same for every attempt), webhook-timestamp, and webhook-signature, "v1," and the base64 of the
/// HMAC-SHA256 over "<id>.<timestamp>.<body>".
std::vector<std::pair<std::string, std::string>> webhook_headers(const webhook_secret& secret,
                                                                 const std::string& id,
                                                                 std::int64_t unix_s,
                                                                 std::string_view body);

} // namespace vdoc::net
