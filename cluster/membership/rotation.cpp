#include "cluster/membership/rotation.hpp"

#include <sys/stat.h>

namespace vdoc::membership {

file_stamps stamps_of(const std::vector<std::filesystem::path>& files) {
  file_stamps all;
  for (const auto& file : files) {
    struct stat how {};
    constexpr std::int64_t ns_per_s = 1'000'000'000;
    if (::stat(file.c_str(), &how) == 0)
      all.push_back({how.st_ino, static_cast<std::uint64_t>(how.st_size),
                     how.st_ctim.tv_sec * ns_per_s + how.st_ctim.tv_nsec});
    else
      all.emplace_back();
  }
  return all;
}

} // namespace vdoc::membership
