#include "actors/survey/folder_bytes.hpp"

#include "cluster/artefacts/receipt.hpp"

#include <set>
#include <sys/stat.h>
#include <system_error>

namespace vdoc::survey {

namespace fs = std::filesystem;

std::uint64_t bytes_below(const fs::path& folder) {
  const auto receipt = artefacts::receipt_in(folder);
  std::uint64_t sum = 0;
  std::set<std::string> seen;
  std::error_code wrong;
  for (fs::recursive_directory_iterator it{folder, wrong}, end; !wrong && it != end;
       it.increment(wrong)) {
    struct stat one {};
    if (::lstat(it->path().c_str(), &one) != 0 || !S_ISREG(one.st_mode) || it->path() == receipt)
      continue;
    sum += static_cast<std::uint64_t>(one.st_size);
    seen.insert(it->path().lexically_relative(folder).string());
  }
  // It is read last: what was gone when we looked for it is listed there.
  for (const auto& one : artefacts::read_receipt(folder))
    sum += seen.contains(one.path) ? 0 : one.bytes;
  return sum;
}

std::map<std::string, std::int64_t> folders_in(const fs::path& folder) {
  constexpr std::int64_t ms_per_s = 1'000, ns_per_ms = 1'000'000;
  std::map<std::string, std::int64_t> all;
  std::error_code wrong;
  for (fs::directory_iterator it{folder, wrong}, end; !wrong && it != end; it.increment(wrong)) {
    struct stat one {};
    if (::lstat(it->path().c_str(), &one) == 0 && S_ISDIR(one.st_mode))
      all[it->path().filename()] = one.st_mtim.tv_sec * ms_per_s + one.st_mtim.tv_nsec / ns_per_ms;
  }
  return all;
}

} // namespace vdoc::survey
