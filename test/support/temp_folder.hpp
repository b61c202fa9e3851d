#pragma once

#include <filesystem>
#include <string_view>

namespace vdoc::test {

/// A folder of its own for one test case, removed with all that is in it when the case ends, or
/// kept when VDOC_KEEP is set in the environment (to look at what a failing case has left).
class temp_folder {
public:
  temp_folder();
  /// A folder below `parent`, for a test that needs a file system of its own.
  explicit temp_folder(const std::filesystem::path& parent);
  ~temp_folder();
  temp_folder(const temp_folder&) = delete;
  temp_folder& operator=(const temp_folder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const {
    return path_ / name;
  }

private:
  std::filesystem::path path_;
};

} // namespace vdoc::test
