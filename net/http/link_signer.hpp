#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace vdoc::net {

/// What only this service knows.
using secret_key = std::array<unsigned char, 32>;

/// Out of a file that only its owner may read; made with chance from the kernel when it is not
/// there. Throws std::runtime_error.
secret_key secret_in(const std::filesystem::path& file);

/// Links that let anybody see the results of one job, until they expire. Nothing is kept of them:
/// they are void when the key changes. Signed with BLAKE2b under a key (RFC 7693). Any thread.
class link_signer {
public:
  explicit link_signer(const secret_key& key) : key_{key} {}

  /// "1796112000-kO3...": the part of the URL that is the link.
  [[nodiscard]] std::string sign(std::string_view job_id, std::int64_t until_unix_s) const;
  [[nodiscard]] bool holds(std::string_view job_id, std::string_view link,
                           std::int64_t now_unix_s) const;

private:
  secret_key key_;
};

} // namespace vdoc::net
