#include "cluster/membership/safe_file.hpp"

#include "cluster/membership/certificate_error.hpp"
#include "cluster/resources/descriptor.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace vdoc::membership {

namespace fs = std::filesystem;
using resources::descriptor;

namespace {

constexpr std::size_t largest = std::size_t{1} << 20;

std::string reason(int error) {
  return std::error_code{error, std::generic_category()}.message();
}

[[noreturn]] void refuse_write(const fs::path& file) {
  throw certificate_error{file.string() + " cannot be written: " + reason(errno),
                          "check the folder's permissions and the free space"};
}

void sync_folder(const fs::path& folder) {
  const descriptor open{
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!open.is_open() || ::fsync(open.number()) != 0)
    refuse_write(folder);
}

} // namespace

void write_file(const fs::path& file, std::string_view text, ::mode_t mode) {
  const auto aside = fs::path{file} += ".new";
  {
    ::unlink(aside.c_str()); // of a process that was killed, perhaps with another mode
    const descriptor out{::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)};
    if (!out.is_open() || ::fchmod(out.number(), mode) != 0)
      refuse_write(aside);
    while (!text.empty()) {
      const auto wrote = ::write(out.number(), text.data(), text.size());
      if (wrote < 0 && errno != EINTR)
        refuse_write(aside);
      text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(wrote, 0)));
    }
    if (::fsync(out.number()) != 0)
      refuse_write(aside);
  }
  if (::rename(aside.c_str(), file.c_str()) != 0)
    refuse_write(file);
  sync_folder(file.parent_path());
}

std::string read_file(const fs::path& file) {
  const auto refuse = [&](const std::string& why, const std::string& advice) {
    throw certificate_error{file.string() + " " + why, advice};
  };
  const descriptor in{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!in.is_open() && errno == ENOENT)
    refuse("does not exist", "put the file there, or name the one that is meant");
  if (!in.is_open())
    refuse("cannot be read: " + reason(errno), "let the user of this process read it");
  struct stat is {};
  if (::fstat(in.number(), &is) != 0 || !S_ISREG(is.st_mode))
    refuse("is not a file", "name a file");
  std::string text;
  std::array<char, 4096> piece{};
  for (ssize_t got = 1; got != 0 && text.size() <= largest;) {
    got = ::read(in.number(), piece.data(), piece.size());
    if (got < 0 && errno != EINTR)
      refuse("cannot be read: " + reason(errno), "check the disk that it is on");
    text.append(piece.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0)
      got = 1;
  }
  if (text.empty())
    refuse("is empty", "issue the node's certificate again");
  if (text.size() > largest)
    refuse("has more than 1 MiB", "name a file in PEM format");
  return text;
}

} // namespace vdoc::membership
