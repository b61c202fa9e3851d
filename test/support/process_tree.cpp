#include "test/support/process_tree.hpp"

#include <climits>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <sstream>
#include <unistd.h>

namespace vdoc::test {
namespace {

/// Empty for a process that ends meanwhile: reading then fails with ESRCH, which a stream buffer
/// throws.
std::string slurp(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  try {
    return {std::istreambuf_iterator<char>{in}, {}};
  } catch (const std::ios_base::failure&) {
    return {};
  }
}

std::vector<std::string> split_at_zero(const std::string& text) {
  std::vector<std::string> words;
  std::istringstream in{text};
  for (std::string word; std::getline(in, word, '\0');)
    words.push_back(word);
  return words;
}

std::optional<process_seen> look_at(pid_t pid) {
  const auto folder = std::filesystem::path{"/proc"} / std::to_string(pid);
  const auto stat = slurp(folder / "stat");
  // The name may contain anything, also ")": fields are counted from the last one (proc(5)).
  const auto name_end = stat.rfind(')');
  if (name_end == std::string::npos)
    return std::nullopt;
  std::istringstream fields{stat.substr(name_end + 1)};
  process_seen seen{.pid = pid, .words = split_at_zero(slurp(folder / "cmdline"))};
  fields >> seen.state >> seen.parent;
  std::istringstream pages{slurp(folder / "statm")};
  std::uint64_t size = 0, resident = 0;
  pages >> size >> resident;
  seen.resident_bytes = resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  if (seen.state == 'Z' || seen.state == 'X')
    return std::nullopt;
  return seen;
}

std::vector<process_seen> everyone() {
  std::vector<process_seen> all;
  for (const auto& entry : std::filesystem::directory_iterator{"/proc"}) {
    const auto name = entry.path().filename().string();
    pid_t pid = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error != std::errc{} || end != name.data() + name.size())
      continue;
    if (auto seen = look_at(pid))
      all.push_back(std::move(*seen));
  }
  return all;
}

} // namespace

std::vector<process_seen> descendants(pid_t root) {
  std::multimap<pid_t, process_seen> by_parent;
  for (auto& one : everyone())
    by_parent.emplace(one.parent, std::move(one));
  std::vector<process_seen> found;
  std::vector<pid_t> open{root};
  while (!open.empty()) {
    const auto [first, last] = by_parent.equal_range(open.back());
    open.pop_back();
    for (auto child = first; child != last; ++child) {
      open.push_back(child->second.pid);
      found.push_back(child->second);
    }
  }
  return found;
}

std::vector<process_seen> media_hosts(pid_t root) {
  auto found = descendants(root);
  std::erase_if(found, [](const process_seen& one) {
    return std::ranges::find(one.words, "media-host") == one.words.end();
  });
  return found;
}

std::vector<process_seen> processes_named(const std::string& word) {
  auto found = everyone();
  std::erase_if(found, [&](const process_seen& one) {
    return std::ranges::find(one.words, word) == one.words.end();
  });
  return found;
}

std::vector<process_seen> carrying(const std::string& name, const std::string& value) {
  const auto wanted = name + "=" + value;
  std::vector<process_seen> found;
  for (auto& one : everyone()) {
    const auto lines = split_at_zero(slurp("/proc/" + std::to_string(one.pid) + "/environ"));
    if (std::ranges::find(lines, wanted) != lines.end())
      found.push_back(std::move(one));
  }
  return found;
}

unsigned fewest_filters(pid_t of) {
  const auto tasks = std::filesystem::path{"/proc"} / std::to_string(of) / "task";
  std::optional<unsigned> fewest;
  std::error_code gone;
  for (const auto& task : std::filesystem::directory_iterator{tasks, gone}) {
    std::istringstream lines{slurp(task.path() / "status")};
    constexpr std::string_view name = "Seccomp_filters:\t";
    for (std::string line; std::getline(lines, line);)
      if (line.starts_with(name))
        fewest = std::min(fewest.value_or(UINT_MAX),
                          static_cast<unsigned>(std::stoul(line.substr(name.size()))));
  }
  return fewest.value_or(0);
}

std::uint64_t resident_bytes_of_tree(pid_t root) {
  std::uint64_t sum = 0;
  if (const auto top = look_at(root))
    sum += top->resident_bytes;
  for (const auto& one : descendants(root))
    sum += one.resident_bytes;
  return sum;
}

} // namespace vdoc::test
