#include "test/support/temp_folder.hpp"

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <system_error>

namespace vdoc::test {

temp_folder::temp_folder() : temp_folder{std::filesystem::temp_directory_path()} {}

temp_folder::temp_folder(const std::filesystem::path& parent) {
  std::string pattern = parent / "vdoc-test-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr)
    throw std::runtime_error{"no folder can be made in " + parent.string()};
  path_ = pattern;
}

temp_folder::~temp_folder() {
  // Tests read the environment only; no thread of ours writes it.
  if (std::getenv("VDOC_KEEP") != nullptr) // NOLINT(concurrency-mt-unsafe)
    return;
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

} // namespace vdoc::test
