#include "test/support/small_disk.hpp"

#include "test/support/command.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <pwd.h>
#include <sched.h>
#include <stdexcept>
#include <sys/mount.h>
#include <unistd.h>

namespace vdoc::test {

namespace {

void must(bool done, const std::string& what) {
  if (!done)
    throw std::runtime_error{"cannot " + what + ": " + std::strerror(errno)}; // NOLINT
}

} // namespace

small_disk::small_disk(int megabytes, const std::string& user) : folder_{"/tmp"} {
  const auto* whose = ::getpwnam(user.c_str()); // NOLINT(concurrency-mt-unsafe)
  if (whose == nullptr)
    whose = ::getpwnam("nobody"); // NOLINT(concurrency-mt-unsafe)
  must(whose != nullptr, "find a user");
  must(::unshare(CLONE_NEWNS) == 0, "leave the name space");
  must(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "keep mounts private");
  const auto how = "size=" + std::to_string(megabytes) +
                   "m,mode=700,uid=" + std::to_string(whose->pw_uid) +
                   ",gid=" + std::to_string(whose->pw_gid);
  must(::mount("tmpfs", path().c_str(), "tmpfs", 0, how.c_str()) == 0, "mount a disk");
}

small_disk::~small_disk() {
  ::umount2(path().c_str(), MNT_DETACH);
}

bool small_disk::may_be() {
  using namespace std::chrono_literals;
  return ::geteuid() == 0 &&
         run({{"unshare", "--mount", "sh", "-c", "mount -t tmpfs tmpfs /mnt"}, {}, {}}, 60s)
             .succeeded();
}

void small_disk::fill() const {
  const auto file = ::open((path() / "filling").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  must(file >= 0, "fill the disk");
  const std::string block(4'096, 'x');
  while (::write(file, block.data(), block.size()) > 0) {
  }
  ::close(file);
}

void small_disk::make_room() const {
  std::filesystem::remove(path() / "filling");
}

} // namespace vdoc::test
