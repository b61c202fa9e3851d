#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace vdoc::membership {

/// How a leader finds out whether a media host of another node sees its files: the host copies a
/// file with a secret in it, and the leader reads the copy. So it is the same folder under the same
/// name, and it can be written to. All of it blocks.
class shared_files {
public:
  /// Makes `DIR/cluster` anew, with the secret in it. Throws std::runtime_error.
  shared_files(const std::filesystem::path& folder, const std::string& nonce);

  /// Where the next host is to copy it to.
  std::filesystem::path next_copy();
  [[nodiscard]] const std::filesystem::path& original() const noexcept { return original_; }
  /// Whether there is a good copy; it is removed.
  [[nodiscard]] bool take(const std::filesystem::path& copy) const;

private:
  std::filesystem::path original_;
  std::string secret_;
  std::uint64_t copies_ = 0;
};

/// The host's part. What is wrong, or "".
std::string copy_shared_file(const std::filesystem::path& from, const std::filesystem::path& to);

} // namespace vdoc::membership
