#include "cluster/artefacts/directory_store.hpp"

#include "cluster/resources/descriptor.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <random>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace vdoc::artefacts {

namespace fs = std::filesystem;
using resources::descriptor;

namespace {

constexpr std::size_t piece_bytes = 1'024UL * 1'024;

/// What is being written has a name of its own: a node that was cut off may still write, too.
fs::path aside_of(const fs::path& what) {
  static thread_local std::mt19937_64 chance{std::random_device{}()};
  auto aside = what;
  aside += "." + std::to_string(chance()) + ".part";
  return aside;
}

[[noreturn]] void fail(int error, const std::string& doing, const fs::path& what) {
  const auto words = doing + " " + what.string() + ": " + std::generic_category().message(error);
  switch (error) {
  case EACCES:
  case EPERM:
  case EROFS:
    throw store_error{cure::operate, words, "let the service write there"};
  case ENAMETOOLONG:
  case EILSEQ:
    throw store_error{cure::none, words, "the folder's file system does not take such names"};
  case ENOSPC:
  case EDQUOT:
    throw store_error{cure::wait, words, "make room there"};
  default:
    throw store_error{cure::wait, words, ""};
  }
}

std::string hex(std::uint64_t number) {
  std::array<char, 16> text{};
  const auto written = std::to_chars(text.data(), text.data() + text.size(), number, 16);
  return {text.data(), written.ptr};
}

object object_of(const struct stat& file) {
  constexpr std::int64_t ns_per_s = 1'000'000'000;
  const auto changed = file.st_mtim.tv_sec * ns_per_s + file.st_mtim.tv_nsec;
  const auto bytes = static_cast<std::uint64_t>(file.st_size);
  return {bytes, '"' + hex(static_cast<std::uint64_t>(changed)) + '-' + hex(bytes) + '"',
          file.st_mtim.tv_sec};
}

void write_all(int to, const char* bytes, std::size_t size, const fs::path& what) {
  while (size > 0) {
    const auto written = ::write(to, bytes, size);
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      fail(errno, "cannot write", what);
    bytes += written;
    size -= static_cast<std::size_t>(written);
  }
}

void expect_wanted(const still_wanted& wanted, const fs::path& what) {
  if (wanted && !wanted())
    throw store_error{cure::wait, "nobody wants " + what.string() + " any more"};
}

void copy(int from, int to, const fs::path& what, const still_wanted& wanted) {
  std::string piece(piece_bytes, '\0');
  for (;;) {
    expect_wanted(wanted, what);
    const auto got = ::read(from, piece.data(), piece.size());
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      fail(errno, "cannot read", what);
    if (got == 0)
      return;
    write_all(to, piece.data(), static_cast<std::size_t>(got), what);
  }
}

void sync_folder(const fs::path& folder) {
  const descriptor open{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!open.is_open() || ::fsync(open.number()) != 0)
    fail(errno, "cannot write", folder);
}

} // namespace

directory_store::directory_store(fs::path root) : root_{std::move(root)} {}

fs::path directory_store::path_of(const std::string& key) const {
  const fs::path below{key};
  const bool leads_out =
      key.empty() || below.is_absolute() || std::ranges::any_of(below, [](const fs::path& part) {
        return part.empty() || part == "." || part == "..";
      });
  if (leads_out || key.find("//") != std::string::npos || key.find('\0') != std::string::npos)
    throw store_error{cure::none, "\"" + key + "\" names nothing in " + root_.string()};
  return root_ / below;
}

void directory_store::expect_root() const {
  std::error_code wrong;
  if (!fs::is_directory(root_, wrong))
    throw store_error{cure::wait, root_.string() + " is not there",
                      "mount it, or make the folder once by hand"};
}

void directory_store::put(const std::string& key, const fs::path& file,
                          const still_wanted& wanted) {
  const auto to = path_of(key);
  expect_root();
  const descriptor from{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
  if (!from.is_open())
    fail(errno, "cannot read", file);
  std::error_code wrong;
  fs::create_directories(to.parent_path(), wrong);
  if (wrong)
    fail(wrong.value(), "cannot make", to.parent_path());
  const auto aside = aside_of(to);
  const descriptor into{::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644)};
  if (!into.is_open())
    fail(errno, "cannot write", to);
  try {
    copy(from.number(), into.number(), file, wanted);
    if (::fsync(into.number()) != 0)
      fail(errno, "cannot write", to);
    expect_wanted(wanted, file); // a disk may have stood still for long
    if (::rename(aside.c_str(), to.c_str()) != 0)
      fail(errno, "cannot write", to);
  } catch (const store_error&) {
    ::unlink(aside.c_str());
    throw;
  }
  sync_folder(to.parent_path());
}

std::optional<object> directory_store::look(const std::string& key) {
  expect_root();
  struct stat found {};
  if (::lstat(path_of(key).c_str(), &found) != 0) {
    if (errno != ENOENT && errno != ENOTDIR)
      fail(errno, "cannot look at", root_ / key);
    return std::nullopt;
  }
  return S_ISREG(found.st_mode) ? std::optional{object_of(found)} : std::nullopt;
}

std::string directory_store::read(const std::string& key, const std::string& etag,
                                  std::uint64_t first, std::uint64_t length) {
  const auto path = path_of(key);
  const descriptor open{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  struct stat found {};
  if (!open.is_open() || ::fstat(open.number(), &found) != 0)
    fail(errno, "cannot read", path);
  if (object_of(found).etag != etag)
    throw store_error{cure::none, path.string() + " has changed meanwhile"};
  std::string bytes(length, '\0');
  for (std::size_t got = 0; got < length;) {
    const auto more =
        ::pread(open.number(), bytes.data() + got, length - got, static_cast<off_t>(first + got));
    if (more < 0 && errno == EINTR)
      continue;
    if (more < 0)
      fail(errno, "cannot read", path);
    if (more == 0)
      throw store_error{cure::none, path.string() + " is shorter than it was"};
    got += static_cast<std::size_t>(more);
  }
  return bytes;
}

std::vector<std::string> directory_store::list(const std::string& prefix) {
  expect_root();
  // Nothing above the folder that the prefix names is looked at.
  const auto slash = prefix.rfind('/');
  const auto from = slash == std::string::npos ? root_ : path_of(prefix.substr(0, slash));
  std::vector<std::string> keys;
  std::error_code wrong;
  if (!fs::is_directory(from, wrong))
    return keys;
  for (fs::recursive_directory_iterator it{from, wrong}, end; !wrong && it != end;
       it.increment(wrong)) {
    const auto key = it->path().lexically_relative(root_).string();
    if (key.starts_with(prefix) && it->symlink_status().type() == fs::file_type::regular)
      keys.push_back(key);
  }
  if (wrong)
    fail(wrong.value(), "cannot look into", from);
  return keys;
}

void directory_store::remove(const std::string& key) {
  const auto path = path_of(key);
  expect_root();
  if (::unlink(path.c_str()) != 0 && errno != ENOENT && errno != ENOTDIR)
    fail(errno, "cannot remove", path);
  for (auto above = path.parent_path(); above != root_ && ::rmdir(above.c_str()) == 0;)
    above = above.parent_path();
}

} // namespace vdoc::artefacts
