#include "net/http/spool_file.hpp"

#include "net/http/fetch_error.hpp"

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace vdoc::net {

namespace {

/// The name of a file is durable once its folder is synced.
void sync_folder(const std::filesystem::path& folder) {
  const int descriptor =
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0)
    return;
  ::fsync(descriptor);
  ::close(descriptor);
}

} // namespace

spool_file::spool_file(std::filesystem::path name, readers who)
    : name_{std::move(name)}, aside_{name_} {
  aside_ += ".part";
  descriptor_ = ::open(aside_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
                       who == readers::owner ? 0600 : 0644);
  if (descriptor_ < 0)
    fail("create");
}

spool_file::~spool_file() {
  if (descriptor_ < 0)
    return;
  ::close(descriptor_);
  ::unlink(aside_.c_str());
}

void spool_file::fail(const char* doing) const {
  const int reason = errno;
  throw fetch_error{at_fault::peer,
                    std::string{"cannot "} + doing + " " + aside_.string() + ": " +
                        std::generic_category().message(reason),
                    reason == ENOSPC || reason == EDQUOT ? "make room on the disk" : ""};
}

void spool_file::write(const void* bytes, std::size_t size) {
  const auto* from = static_cast<const char*>(bytes);
  while (size > 0) {
    const ssize_t done = ::write(descriptor_, from, size);
    if (done < 0 && errno == EINTR)
      continue;
    if (done < 0)
      fail("write");
    from += done;
    size -= static_cast<std::size_t>(done);
    written_ += static_cast<std::uint64_t>(done);
  }
}

void spool_file::publish() {
  if (::fsync(descriptor_) != 0)
    fail("write");
  if (::rename(aside_.c_str(), name_.c_str()) != 0)
    fail("rename");
  ::close(descriptor_);
  descriptor_ = -1;
  sync_folder(name_.parent_path());
}

} // namespace vdoc::net
