#include "actors/node/service_folder.hpp"

#include "pipelines/fault.hpp"

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>

namespace vdoc::node {

namespace fs = std::filesystem;

service_folder::service_folder(const fs::path& path) : path_{fs::absolute(path)} {
  std::error_code wrong;
  fs::create_directories(jobs(), wrong);
  const auto file = path_ / "serve.lock";
  if (!wrong)
    lock_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (lock_ < 0)
    throw failure{{culprit::peer,
                   path_.string() + " cannot be used: " +
                       (wrong ? wrong : std::error_code{errno, std::generic_category()}).message(),
                   "choose another folder with --data", ""}};
  if (::flock(lock_, LOCK_EX | LOCK_NB) == 0)
    return;
  ::close(lock_);
  throw failure{{culprit::user, "another video-doc serve works in " + path_.string(),
                 "stop it first, or choose another folder with --data", ""}};
}

service_folder::~service_folder() {
  ::close(lock_);
}

} // namespace vdoc::node
