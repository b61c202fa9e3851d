#include "pipelines/confinement/confinement.hpp"

#include "pipelines/confinement/system_calls.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sstream>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>

namespace vdoc::confinement {

namespace {

namespace fs = std::filesystem;

/// What libraries look at by themselves: code that is loaded late, what the processor can do.
constexpr std::array needed{
    "/usr",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/self/maps",
    "/proc/sys/vm/overcommit_memory",
    "/sys/devices/system/cpu",
    "/dev/null",
    "/dev/urandom",
};
/// Lists of folders with code, as in PATH.
constexpr std::array more_code{"LD_LIBRARY_PATH", "GST_PLUGIN_PATH", "GST_PLUGIN_PATH_1_0",
                               "GST_PLUGIN_SYSTEM_PATH", "GST_PLUGIN_SYSTEM_PATH_1_0"};

class descriptor {
public:
  explicit descriptor(long number) : number_{static_cast<int>(number)} {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (number_ >= 0)
      ::close(number_);
  }
  [[nodiscard]] int get() const noexcept { return number_; }
  explicit operator bool() const noexcept { return number_ >= 0; }

private:
  int number_;
};

std::string kernel_says() {
  return "the kernel fences no files: " + std::generic_category().message(errno);
}

/// Files of the first version of Landlock and what came with later ones, as far as this kernel
/// knows them.
std::uint64_t everything(long version) {
  std::uint64_t all = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1U) - 1;
  constexpr std::uint64_t refer = 1U << 13U;     // since version 2
  constexpr std::uint64_t truncate = 1U << 14U;  // since version 3
  constexpr std::uint64_t ioctl_dev = 1U << 15U; // since version 5
  all |= version >= 2 ? refer : 0;
  all |= version >= 3 ? truncate : 0;
  all |= version >= 5 ? ioctl_dev : 0;
  return all;
}

/// What is not there needs no permission.
void allow(int rules, const fs::path& what, std::uint64_t rights) {
  const descriptor opened{::open(what.c_str(), O_PATH | O_CLOEXEC)};
  struct stat is {};
  if (!opened || ::fstat(opened.get(), &is) != 0)
    return;
  landlock_path_beneath_attr rule{};
  rule.parent_fd = opened.get();
  constexpr std::uint64_t of_files = LANDLOCK_ACCESS_FS_READ_FILE;
  rule.allowed_access = S_ISDIR(is.st_mode) ? rights : rights & of_files;
  ::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
}

std::vector<fs::path> folders_with_code() {
  std::vector<fs::path> all;
  for (const auto* name : more_code) {
    const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nobody sets any
    std::istringstream list{value == nullptr ? "" : value};
    for (std::string one; std::getline(list, one, ':');)
      if (!one.empty())
        all.emplace_back(one);
  }
  return all;
}

} // namespace

/// See landlock(7).
fence::fence(const reach& files) {
  const auto version =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  landlock_ruleset_attr handled{};
  handled.handled_access_fs = everything(version);
  if (version >= 1)
    rules_ = static_cast<int>(
        ::syscall(SYS_landlock_create_ruleset, &handled, sizeof handled.handled_access_fs, 0));
  if (rules_ < 0) {
    why_not_ = kernel_says();
    return;
  }
  constexpr std::uint64_t reading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
  constexpr std::uint64_t running = LANDLOCK_ACCESS_FS_EXECUTE;
  for (const auto* one : needed)
    allow(rules_, one, reading);
  for (const auto& one : folders_with_code())
    allow(rules_, one, reading);
  for (const auto& one : files.read)
    allow(rules_, one, reading);
  for (const auto& one : files.write)
    allow(rules_, one, handled.handled_access_fs & ~running);
}

fence::~fence() {
  if (rules_ >= 0)
    ::close(rules_);
}

void fence::fence_files(outcome& out) const {
  out.why_not = why_not_;
  if (rules_ < 0)
    return;
  out.files_are_fenced = ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                         ::syscall(SYS_landlock_restrict_self, rules_, 0) == 0;
  if (!out.files_are_fenced)
    out.why_not = kernel_says();
}

namespace {

outcome with_calls(outcome out, std::string why_not) {
  out.calls_are_filtered = why_not.empty();
  if (out.why_not.empty())
    out.why_not = std::move(why_not);
  return out;
}

} // namespace

outcome fence::enter() const {
  outcome out;
  fence_files(out);
  return with_calls(std::move(out), refuse_sockets_in_thread());
}

outcome fence::enter_to_dial() const {
  outcome out;
  fence_files(out);
  return with_calls(std::move(out), refuse_processes());
}

std::string confine_process() {
  return refuse_processes();
}

std::string keep_connections_only() {
  return refuse_dialling();
}

} // namespace vdoc::confinement
