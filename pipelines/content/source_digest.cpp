#include "pipelines/content/source_digest.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace vdoc::content {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t piece_bytes = std::size_t{1} << 20U;

[[noreturn]] void fail(const fs::path& file, std::errc why, const char* what) {
  throw std::system_error{std::make_error_code(why), file.string() + what};
}

std::string text_of(const struct stat& it) {
  if (!S_ISREG(it.st_mode))
    return {};
  constexpr long long ns_per_s = 1'000'000'000;
  const auto ns = [](const timespec& at) { return at.tv_sec * ns_per_s + at.tv_nsec; };
  return std::to_string(it.st_dev) + ":" + std::to_string(it.st_ino) + ":" +
         std::to_string(it.st_size) + ":" + std::to_string(ns(it.st_mtim));
}

} // namespace

std::string identity_of(const fs::path& file) {
  struct stat it {};
  return ::stat(file.c_str(), &it) == 0 ? text_of(it) : std::string{};
}

source_digest::source_digest(std::vector<source_part> parts)
    : parts_{std::move(parts)}, buffer_(piece_bytes) {
  hash_.add(std::uint64_t{parts_.size()});
}

source_digest::source_digest(source_digest&& other) noexcept
    : parts_{std::move(other.parts_)}, at_{other.at_}, file_{std::exchange(other.file_, -1)},
      left_{other.left_}, open_identity_{std::move(other.open_identity_)},
      first_identity_{std::move(other.first_identity_)}, buffer_{std::move(other.buffer_)},
      hash_{std::move(other.hash_)} {}

source_digest::~source_digest() {
  if (file_ >= 0)
    ::close(file_);
}

bool source_digest::read(std::size_t most_bytes) {
  while (most_bytes > 0 && at_ < parts_.size()) {
    if (file_ < 0)
      open_next();
    const auto want = std::min<std::uint64_t>({buffer_.size(), most_bytes, left_});
    const auto got = want == 0 ? 0 : ::read(file_, buffer_.data(), want);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      throw std::system_error{errno, std::generic_category(), parts_[at_].file.string()};
    if (got == 0 && left_ > 0)
      fail(parts_[at_].file, std::errc::text_file_busy, " has become shorter");
    hash_.add(std::span{buffer_}.first(static_cast<std::size_t>(got)));
    left_ -= static_cast<std::uint64_t>(got);
    most_bytes -= static_cast<std::size_t>(got);
    if (left_ == 0)
      close_part();
  }
  return at_ == parts_.size();
}

/// Without waiting, should it be a pipe.
void source_digest::open_next() {
  const auto& part = parts_[at_];
  file_ = ::open(part.file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat it {};
  if (file_ < 0 || ::fstat(file_, &it) != 0)
    throw std::system_error{errno, std::generic_category(), part.file.string()};
  open_identity_ = text_of(it);
  if (open_identity_.empty())
    fail(part.file, std::errc::not_supported, " is no regular file");
  ::posix_fadvise(file_, 0, 0, POSIX_FADV_SEQUENTIAL);
  left_ = static_cast<std::uint64_t>(it.st_size);
  hash_.add(part.role);
  hash_.add(left_);
}

void source_digest::close_part() {
  ::close(std::exchange(file_, -1));
  const auto& part = parts_[at_];
  if (identity_of(part.file) != open_identity_)
    fail(part.file, std::errc::text_file_busy, " has been written to");
  if (at_ == 0)
    first_identity_ = open_identity_;
  ++at_;
}

} // namespace vdoc::content
