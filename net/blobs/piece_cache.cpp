#include "net/blobs/piece_cache.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace vdoc::blobs {

namespace {

namespace fs = std::filesystem;

constexpr const char* lock_name = "lock";

/// The lock of a process's folder; -1 when that cannot be had.
int try_lock(const fs::path& folder) {
  const int lock = ::open((folder / lock_name).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock >= 0 && ::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    const auto why = errno;
    ::close(lock);
    errno = why;
    return -1;
  }
  return lock;
}

void empty(const fs::path& folder) {
  std::error_code ignored;
  for (const auto& each : fs::directory_iterator{folder, ignored})
    if (each.path().filename() != lock_name)
      fs::remove_all(each.path(), ignored);
}

/// It may lie where everybody may write: nobody else may have made it, or look into it.
void keep_to_ourselves(const fs::path& folder) {
  struct stat found {};
  if (::lstat(folder.c_str(), &found) != 0 || !S_ISDIR(found.st_mode) ||
      found.st_uid != ::geteuid())
    throw std::system_error{EPERM, std::generic_category(),
                            folder.string() + " is not a folder of ours"};
  fs::permissions(folder, fs::perms::owner_all);
}

/// Of processes that were killed.
void empty_those_of_nobody(const fs::path& folder) {
  std::error_code ignored;
  for (const auto& each : fs::directory_iterator{folder, ignored}) {
    if (!fs::exists(each.path() / lock_name, ignored))
      continue; // none of ours
    if (const int lock = try_lock(each.path()); lock >= 0) {
      empty(each.path());
      ::close(lock);
    }
  }
}

std::uint64_t bytes_in(const fs::path& folder) {
  std::uint64_t all = 0;
  std::error_code ignored;
  for (const auto& each : fs::recursive_directory_iterator{folder, ignored})
    if (each.is_regular_file(ignored))
      all += each.file_size(ignored);
  return all;
}

} // namespace

piece_cache::piece_cache(const fs::path& folder, const std::string& name, std::uint64_t limit)
    : own_{folder / name}, limit_{limit} {
  fs::create_directories(own_);
  keep_to_ourselves(folder);
  empty_those_of_nobody(folder);
  lock_ = try_lock(own_);
  if (lock_ < 0)
    throw std::system_error{errno, std::generic_category(), own_.string()};
  empty(own_);
}

piece_cache::~piece_cache() {
  empty(own_);
  ::close(lock_);
}

fs::path piece_cache::new_folder() {
  auto made = own_ / std::to_string(++made_);
  fs::create_directories(made);
  return made;
}

fs::path piece_cache::take(const std::string& piece) {
  const std::scoped_lock lock{mutex_};
  auto& it = entries_[piece];
  if (it.folder.empty())
    it.folder = new_folder();
  ++it.users;
  it.last_use = ++uses_;
  return it.folder;
}

fs::path piece_cache::take_anew(const std::string& piece) {
  const std::scoped_lock lock{mutex_};
  auto& it = entries_[piece];
  std::error_code ignored;
  if (!it.folder.empty())
    fs::remove_all(it.folder, ignored);
  it.folder = new_folder();
  it.users = std::max(it.users, 1U);
  it.last_use = ++uses_;
  return it.folder;
}

void piece_cache::release(const std::string& piece) {
  const std::scoped_lock lock{mutex_};
  const auto found = entries_.find(piece);
  if (found == entries_.end() || found->second.users == 0)
    return;
  --found->second.users;
  found->second.bytes = bytes_in(found->second.folder);
  std::error_code ignored;
  if (found->second.bytes == 0 && found->second.users == 0) {
    fs::remove_all(found->second.folder, ignored);
    entries_.erase(found);
  }
  for (auto all = sum(); all > limit_;) {
    auto oldest = entries_.end();
    for (auto at = entries_.begin(); at != entries_.end(); ++at)
      if (at->second.users == 0 && at->second.last_use != uses_ &&
          (oldest == entries_.end() || at->second.last_use < oldest->second.last_use))
        oldest = at;
    if (oldest == entries_.end())
      return;
    all -= oldest->second.bytes;
    fs::remove_all(oldest->second.folder, ignored);
    entries_.erase(oldest);
  }
}

std::uint64_t piece_cache::bytes() const {
  const std::scoped_lock lock{mutex_};
  return sum();
}

std::uint64_t piece_cache::sum() const {
  std::uint64_t all = 0;
  for (const auto& [name, it] : entries_)
    all += it.bytes;
  return all;
}

} // namespace vdoc::blobs
