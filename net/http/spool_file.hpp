#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>

namespace vdoc::net {

/// A file that appears under its name only when it is whole: written aside as "name.part", synced,
/// renamed. What was written aside is removed unless `publish` was called. Throws fetch_error.
class spool_file {
public:
  /// Who may read it; a secret is its owner's alone.
  enum class readers : unsigned char { everybody, owner };

  explicit spool_file(std::filesystem::path name, readers who = readers::everybody);
  spool_file(const spool_file&) = delete;
  spool_file& operator=(const spool_file&) = delete;
  ~spool_file();

  void write(const void* bytes, std::size_t size);
  void publish();
  [[nodiscard]] std::uint64_t written() const noexcept { return written_; }

private:
  [[noreturn]] void fail(const char* doing) const;

  std::filesystem::path name_;
  std::filesystem::path aside_;
  int descriptor_ = -1;
  std::uint64_t written_ = 0;
};

} // namespace vdoc::net
