#include "pipelines/gst/turn.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace vdoc::gst {

turn::turn(const std::filesystem::path& file)
    : file_{::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)} {
  if (file_ < 0)
    throw std::system_error{errno, std::generic_category(), file.string()};
}

turn::turn(turn&& other) noexcept : file_{std::exchange(other.file_, -1)} {}

turn& turn::operator=(turn&& other) noexcept {
  std::swap(file_, other.file_);
  return *this;
}

turn::~turn() {
  if (file_ >= 0)
    ::close(file_);
}

bool turn::take() {
  return file_ < 0 || ::flock(file_, LOCK_EX | LOCK_NB) == 0;
}

void turn::leave() {
  if (file_ >= 0)
    ::flock(file_, LOCK_UN);
}

} // namespace vdoc::gst
