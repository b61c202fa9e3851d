#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace vdoc::membership {

/// What a file looks like from outside. One that was renamed into its place has another number.
struct file_stamp {
  std::uint64_t number = 0; ///< inode; 0: there is none
  std::uint64_t size = 0;
  std::int64_t changed_ns = 0;
  friend bool operator==(const file_stamp&, const file_stamp&) = default;
};
using file_stamps = std::vector<file_stamp>;

file_stamps stamps_of(const std::vector<std::filesystem::path>& files);

/// When certificates that were replaced are to be taken up: the rules, without files or clock.
///
/// A certificate and its key are two files, which nobody can replace at once. So a change counts
/// when it is the same at two looks in a row; then whoever looks tries the files (preflight), and
/// says whether they were good. Files that were not good are left alone, and the old ones stay in
/// use, until something changes again.
class rotation {
public:
  explicit rotation(file_stamps in_use) : judged_{std::move(in_use)} {}

  /// Whether to try the files now.
  [[nodiscard]] bool look(const file_stamps& now) {
    const bool settled = pending_ == now;
    pending_ = now;
    return settled && now != judged_;
  }
  /// The files of the last look were tried, and are in use or were refused.
  void tried() { judged_ = *pending_; }

private:
  file_stamps judged_;
  std::optional<file_stamps> pending_;
};

} // namespace vdoc::membership
