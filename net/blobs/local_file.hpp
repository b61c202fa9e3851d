#pragma once

#include "net/blobs/message.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace vdoc::blobs {

/// A file, open as long as this lives. Everything throws std::system_error with the file's name.
/// One thread; blocks.
class local_file {
public:
  /// `flags` of open(2); made for its owner and group to read.
  local_file(const std::filesystem::path& path, int flags);
  local_file(const local_file&) = delete;
  local_file& operator=(const local_file&) = delete;
  ~local_file();

  [[nodiscard]] std::uint64_t size() const;
  /// As much as there is of it.
  [[nodiscard]] std::string read(std::uint64_t offset, std::size_t most) const;
  void write(std::uint64_t offset, const std::string& bytes) const;
  void sync() const;
  [[nodiscard]] digest digest_of_first(std::uint64_t bytes) const;

private:
  [[noreturn]] void refuse() const;
  std::filesystem::path path_;
  int descriptor_;
};

} // namespace vdoc::blobs
