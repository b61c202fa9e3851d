#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace vdoc::hls {

/// A file that is written beside its place and takes it only when it is complete: nobody ever sees
/// half of it, and it is on disk when it is seen. One thread.
class aside_file {
public:
  /// Creates "<target>.part". Throws std::system_error (no permission, disk full), as all here do.
  explicit aside_file(std::filesystem::path target);
  /// Removes what was not published.
  ~aside_file();
  aside_file(const aside_file&) = delete;
  aside_file& operator=(const aside_file&) = delete;

  void append(std::span<const std::uint8_t> bytes);
  /// Syncs the file, renames it and syncs its folder.
  void publish();

private:
  void flush();

  std::filesystem::path target_, aside_;
  int file_ = -1;
  std::vector<std::uint8_t> pending_;
};

} // namespace vdoc::hls
