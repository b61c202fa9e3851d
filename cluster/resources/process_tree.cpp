#include "cluster/resources/process_tree.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

namespace vdoc::resources {

namespace {

namespace fs = std::filesystem;

/// What there was to read: a process may end meanwhile.
std::string text_of(const fs::path& file) {
  const std::ifstream in{file};
  std::ostringstream text;
  text << in.rdbuf(); // swallows the error of a file that goes away, as iterators would not
  return text.str();
}

struct process_stat {
  pid_t parent = 0;
  std::uint64_t ticks = 0;
  std::uint64_t ticks_of_ended = 0; ///< of children that have been waited for
};

/// proc(5): the name stands in brackets and may hold anything, brackets too.
process_stat stat_of(const fs::path& folder) {
  const auto text = text_of(folder / "stat");
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos)
    return {};
  std::istringstream rest{text.substr(name_end + 1)};
  std::vector<std::string> fields{std::istream_iterator<std::string>{rest}, {}};
  // The first of them is proc(5)'s field 3.
  const auto field = [&](std::size_t number) {
    std::uint64_t value = 0;
    if (const auto at = number - 3; at < fields.size())
      std::from_chars(fields[at].data(), fields[at].data() + fields[at].size(), value);
    return value;
  };
  return {static_cast<pid_t>(field(4)), field(14) + field(15), field(16) + field(17)};
}

/// The number behind "key:" in a file of such lines.
std::uint64_t number_in(const std::string& text, std::string_view key) {
  std::istringstream lines{text};
  std::string word;
  for (std::uint64_t value = 0; lines >> word;)
    if (word == key && lines >> value)
      return value;
  return 0;
}

std::map<pid_t, process_stat> all_processes(const fs::path& proc) {
  std::map<pid_t, process_stat> all;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator{proc, ignored}) {
    const auto name = entry.path().filename().string();
    pid_t pid = 0;
    const auto [end, wrong] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (wrong == std::errc{} && end == name.data() + name.size())
      all[pid] = stat_of(entry.path());
  }
  return all;
}

bool belongs_to(const std::map<pid_t, process_stat>& all, pid_t pid, pid_t root) {
  for (int depth = 0; depth < 64 && pid > 1; ++depth) {
    if (pid == root)
      return true;
    const auto found = all.find(pid);
    if (found == all.end())
      return false;
    pid = found->second.parent;
  }
  return pid == root;
}

void add_network(tree_use& sum, const fs::path& proc, pid_t root) {
  std::istringstream lines{text_of(proc / std::to_string(root) / "net/dev")};
  for (std::string line; std::getline(lines, line);) {
    const auto colon = line.find(':');
    if (colon == std::string::npos)
      continue;
    std::string device;
    std::istringstream{line.substr(0, colon)} >> device;
    std::istringstream rest{line.substr(colon + 1)};
    const std::vector<std::uint64_t> fields{std::istream_iterator<std::uint64_t>{rest}, {}};
    constexpr std::size_t sent = 8;
    if (device == "lo" || fields.size() <= sent)
      continue;
    sum.network_received_bytes += fields[0];
    sum.network_sent_bytes += fields[sent];
  }
}

} // namespace

tree_use look_at_tree(pid_t root, const fs::path& proc) {
  constexpr std::uint64_t bytes_per_kib = 1'024;
  tree_use sum;
  std::uint64_t ticks = 0;
  const auto all = all_processes(proc);
  for (const auto& [pid, stat] : all) {
    if (!belongs_to(all, pid, root))
      continue;
    const auto folder = proc / std::to_string(pid);
    ++sum.processes;
    ticks += stat.ticks + stat.ticks_of_ended;
    sum.memory_bytes += number_in(text_of(folder / "smaps_rollup"), "Pss:") * bytes_per_kib;
    const auto io = text_of(folder / "io");
    sum.disk_read_bytes += number_in(io, "read_bytes:");
    sum.disk_written_bytes += number_in(io, "write_bytes:");
  }
  sum.cpu_s = static_cast<double>(ticks) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  add_network(sum, proc, root);
  return sum;
}

tree_use never_less(tree_use now, const tree_use& before) {
  now.cpu_s = std::max(now.cpu_s, before.cpu_s);
  for (const auto counter : {&tree_use::disk_read_bytes, &tree_use::disk_written_bytes,
                             &tree_use::network_received_bytes, &tree_use::network_sent_bytes})
    now.*counter = std::max(now.*counter, before.*counter);
  return now;
}

} // namespace vdoc::resources
