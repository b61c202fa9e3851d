#pragma once

#include <filesystem>
#include <string_view>

namespace vdoc::document {

/// Writes a whole file and syncs it to disk. Throws std::system_error (disk full, no permission).
void write_file(const std::filesystem::path& file, std::string_view bytes);

/// A folder that appears whole or not at all: it is written beside its place, then renamed into it.
/// What was there before stays until that moment. Without `commit` nothing is left.
class aside_folder {
public:
  explicit aside_folder(const std::filesystem::path& target);
  ~aside_folder();
  aside_folder(const aside_folder&) = delete;
  aside_folder& operator=(const aside_folder&) = delete;

  /// Where to write meanwhile.
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return aside_; }
  /// Throws std::system_error.
  void commit();

private:
  std::filesystem::path target_;
  std::filesystem::path aside_;
};

} // namespace vdoc::document
