#include "pipelines/document/aside.hpp"

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace vdoc::document {

namespace {

[[noreturn]] void fail(const std::string& what, int why) {
  throw std::system_error{why, std::generic_category(), what};
}

void sync_folder(const std::filesystem::path& folder) {
  const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0)
    fail("cannot open " + folder.string(), errno);
  ::fsync(opened);
  ::close(opened);
}

std::filesystem::path without_slash(const std::filesystem::path& path) {
  return path.has_filename() ? path : path.parent_path();
}

} // namespace

void write_file(const std::filesystem::path& file, std::string_view bytes) {
  const int out = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (out < 0)
    fail("cannot write " + file.string(), errno);
  while (!bytes.empty()) {
    const auto written = ::write(out, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0) {
      const int why = errno;
      ::close(out);
      fail("cannot write " + file.string(), why);
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  const int why = ::fsync(out) != 0 ? errno : 0;
  ::close(out);
  if (why != 0)
    fail("cannot write " + file.string(), why);
}

aside_folder::aside_folder(const std::filesystem::path& target)
    : target_{without_slash(target)}, aside_{target_.string() + ".part"} {
  std::filesystem::remove_all(aside_);
  std::filesystem::create_directories(aside_);
}

aside_folder::~aside_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(aside_, ignored);
}

void aside_folder::commit() {
  const std::filesystem::path old = target_.string() + ".old";
  sync_folder(aside_);
  std::filesystem::remove_all(old);
  if (std::filesystem::exists(target_))
    std::filesystem::rename(target_, old);
  std::filesystem::rename(aside_, target_);
  sync_folder(target_.has_parent_path() ? target_.parent_path() : ".");
  std::filesystem::remove_all(old);
}

} // namespace vdoc::document
