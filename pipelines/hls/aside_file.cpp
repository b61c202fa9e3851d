#include "pipelines/hls/aside_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace vdoc::hls {

namespace {

constexpr std::size_t buffer_bytes = std::size_t{1} << 20U;

[[noreturn]] void fail(const char* what, const std::filesystem::path& where) {
  throw std::system_error{errno, std::generic_category(), what + where.string()};
}

} // namespace

aside_file::aside_file(std::filesystem::path target)
    : target_{std::move(target)}, aside_{target_.string() + ".part"} {
  file_ = ::open(aside_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file_ < 0)
    fail("cannot write ", aside_);
  pending_.reserve(buffer_bytes);
}

aside_file::~aside_file() {
  if (file_ < 0)
    return;
  ::close(file_);
  ::unlink(aside_.c_str());
}

void aside_file::append(std::span<const std::uint8_t> bytes) {
  pending_.insert(pending_.end(), bytes.begin(), bytes.end());
  if (pending_.size() >= buffer_bytes)
    flush();
}

void aside_file::flush() {
  for (std::size_t done = 0; done < pending_.size();) {
    const auto written = ::write(file_, pending_.data() + done, pending_.size() - done);
    if (written < 0 && errno != EINTR)
      fail("cannot write ", aside_);
    if (written > 0)
      done += static_cast<std::size_t>(written);
  }
  pending_.clear();
}

void aside_file::publish() {
  flush();
  if (::fsync(file_) != 0)
    fail("cannot write ", aside_);
  if (::rename(aside_.c_str(), target_.c_str()) != 0)
    fail("cannot rename ", aside_);
  ::close(file_);
  file_ = -1;
  const auto parent = target_.has_parent_path() ? target_.parent_path() : ".";
  const int folder = ::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0)
    fail("cannot open ", parent);
  const bool synced = ::fsync(folder) == 0;
  ::close(folder);
  if (!synced)
    fail("cannot write ", parent);
}

} // namespace vdoc::hls
