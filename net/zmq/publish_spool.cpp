#include "net/zmq/publish_spool.hpp"

#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <fstream>
#include <stdexcept>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace vdoc::net {

namespace {

constexpr mode_t mine_alone = 0600; // jobs may hold URLs with passwords

[[noreturn]] void fail(const std::filesystem::path& file, const char* what) {
  throw std::runtime_error{file.string() + " " + what + ": " +
                           std::error_code{errno, std::generic_category()}.message()};
}

/// The name of a file is durable once its folder is synced.
void sync_folder_of(const std::filesystem::path& file) {
  const auto folder = std::filesystem::absolute(file).parent_path();
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  const int why = errno;
  if (descriptor >= 0)
    ::close(descriptor);
  errno = why;
  if (!synced)
    fail(folder, "cannot be synced");
}

/// A last line that was cut off is none.
std::vector<std::string> unsettled_in(const std::filesystem::path& file) {
  std::map<std::uint64_t, std::string> open;
  std::uint64_t count = 0;
  std::ifstream in{file};
  for (std::string line; std::getline(in, line) && !in.eof();) {
    if (line.starts_with('+')) {
      open[++count] = line.substr(1);
    } else if (line.starts_with('-')) {
      std::uint64_t which = 0;
      std::from_chars(line.data() + 1, line.data() + line.size(), which);
      open.erase(which);
    }
  }
  std::vector<std::string> jobs;
  jobs.reserve(open.size());
  for (auto& [number, job] : open)
    jobs.push_back(std::move(job));
  return jobs;
}

} // namespace

publish_spool::publish_spool(const std::filesystem::path& file) : path_{file} {
  if (path_.empty())
    return;
  file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, mine_alone);
  if (file_ < 0)
    fail(path_, "cannot be opened");
  if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
    ::close(file_);
    fail(path_, "is another publisher's spool");
  }
  left_ = unsettled_in(path_);
  begin_anew(left_);
}

publish_spool::~publish_spool() {
  if (file_ >= 0)
    ::close(file_);
}

std::vector<std::string> publish_spool::left() const {
  return left_;
}

/// The numbers of those that were left are 1, 2, ...
void publish_spool::begin_anew(const std::vector<std::string>& jobs) {
  const auto aside = path_.string() + ".new";
  const int fresh =
      ::open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, mine_alone);
  if (fresh < 0 || ::flock(fresh, LOCK_EX | LOCK_NB) != 0)
    fail(aside, "cannot be opened");
  const int before = std::exchange(file_, fresh);
  written_ = 0;
  lines_.clear();
  bytes_ = 0;
  for (const auto& job : jobs)
    add(written_ + 1, job);
  sync();
  if (::rename(aside.c_str(), path_.c_str()) != 0)
    fail(path_, "cannot be written anew");
  ::close(before);
  sync_folder_of(path_);
}

/// Of a line that the disk has no room for nothing stays: the next one would be glued to it.
void publish_spool::write(const std::string& line) {
  const auto done = ::write(file_, line.data(), line.size());
  if (done != static_cast<ssize_t>(line.size())) {
    const int why = done < 0 ? errno : ENOSPC;
    (void)::ftruncate(file_, static_cast<off_t>(bytes_));
    errno = why;
    fail(path_, "cannot be written");
  }
  bytes_ += line.size();
}

void publish_spool::sync() const {
  if (file_ >= 0 && ::fdatasync(file_) != 0)
    fail(path_, "cannot be synced");
}

void publish_spool::add(std::uint64_t number, const std::string& job) {
  if (file_ < 0)
    return;
  write("+" + job + "\n");
  lines_[number] = ++written_;
}

void publish_spool::settle(std::uint64_t number) {
  const auto found = lines_.find(number);
  if (file_ < 0 || found == lines_.end())
    return;
  const auto line = found->second;
  lines_.erase(found);
  if (!lines_.empty())
    return write("-" + std::to_string(line) + "\n");
  if (::ftruncate(file_, 0) != 0)
    fail(path_, "cannot be emptied");
  written_ = bytes_ = 0;
}

} // namespace vdoc::net
