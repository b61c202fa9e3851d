#include "cluster/resources/machine.hpp"

#include <cstdint>
#include <filesystem>
#include <unistd.h>

namespace vdoc::resources {

namespace {

namespace fs = std::filesystem;

bool has_gpu() {
  std::error_code none;
  if (fs::exists("/dev/nvidia0", none))
    return true;
  for (const auto& one : fs::directory_iterator{"/dev/dri", none})
    if (one.path().filename().string().starts_with("renderD"))
      return true;
  return false;
}

} // namespace

std::vector<std::string> machine_words() {
  constexpr std::uint64_t bytes_per_mib = 1U << 20U;
  const auto pages = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES));
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  std::vector<std::string> words{"cores:" + std::to_string(::sysconf(_SC_NPROCESSORS_ONLN)),
                                 "memory_mib:" + std::to_string(pages * page / bytes_per_mib)};
  if (has_gpu())
    words.emplace_back("gpu");
  return words;
}

} // namespace vdoc::resources
