#include "cluster/uploads/upload_folder.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <optional>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace vdoc::uploads {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(const fs::path& file, const char* doing) {
  throw std::system_error{errno, std::generic_category(),
                          std::string{"cannot "} + doing + " " + file.string()};
}

/// By `how`, which takes the descriptor of a folder.
void sync(const fs::path& folder, int (*how)(int)) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0)
    fail(folder, "open");
  const bool synced = how(descriptor) == 0;
  ::close(descriptor);
  if (!synced)
    fail(folder, "sync");
}

/// The name of a file is durable once its folder is synced.
void sync_folder(const fs::path& folder) {
  sync(folder, ::fsync);
}

std::string content_of(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// Nothing when it is not there.
std::optional<kept_upload> as_it_lies(upload what, const fs::path& file) {
  struct stat about {};
  if (::stat(file.c_str(), &about) != 0 || !S_ISREG(about.st_mode))
    return std::nullopt;
  constexpr std::int64_t ms_per_s = 1'000;
  constexpr std::int64_t ns_per_ms = 1'000'000;
  return kept_upload{std::move(what), static_cast<std::uint64_t>(about.st_size),
                     about.st_mtim.tv_sec * ms_per_s + about.st_mtim.tv_nsec / ns_per_ms};
}

/// Also what somebody else removes meanwhile is gone then.
void remove_abandoned(const fs::path& place, std::chrono::seconds after) {
  std::error_code ignored;
  const auto touched = fs::last_write_time(place, ignored);
  if (!ignored && fs::file_time_type::clock::now() - touched >= after)
    fs::remove_all(place, ignored);
}

} // namespace

upload_file::upload_file(const fs::path& place, int flags)
    : descriptor_{::open(place.c_str(), flags | O_CLOEXEC, 0644)} {
  struct stat about {};
  if (descriptor_ < 0 || ::fstat(descriptor_, &about) != 0)
    fail(place, "open");
  size_ = static_cast<std::uint64_t>(about.st_size);
}

upload_file::upload_file(upload_file&& other) noexcept
    : descriptor_{std::exchange(other.descriptor_, -1)}, size_{other.size_} {}

upload_file::~upload_file() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
}

void upload_file::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto done = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(size_));
    if (done < 0 && errno == EINTR)
      continue;
    if (done < 0)
      throw std::system_error{errno, std::generic_category(), "cannot write an upload"};
    bytes.remove_prefix(static_cast<std::size_t>(done));
    size_ += static_cast<std::uint64_t>(done);
  }
}

void upload_file::append_all_of(const upload_file& other) {
  std::vector<char> piece(256UL * 1024);
  for (std::uint64_t at = 0; at < other.size_;) {
    const auto some =
        ::pread(other.descriptor_, piece.data(), piece.size(), static_cast<off_t>(at));
    if (some < 0 && errno == EINTR)
      continue;
    if (some <= 0)
      throw std::system_error{some < 0 ? errno : EIO, std::generic_category(),
                              "cannot read what came of an upload"};
    append({piece.data(), static_cast<std::size_t>(some)});
    at += static_cast<std::uint64_t>(some);
  }
}

void upload_file::sync() const {
  if (::fdatasync(descriptor_) != 0)
    throw std::system_error{errno, std::generic_category(), "cannot sync an upload"};
}

std::vector<kept_upload> upload_folder::read(std::chrono::seconds abandoned_after) const {
  fs::create_directories(root_);
  std::vector<kept_upload> all;
  std::vector<fs::path> leftovers;
  for (const auto& one : fs::directory_iterator{root_}) {
    const auto& place = one.path();
    const bool is_folder = one.is_directory();
    const auto id = is_folder ? place.filename().string() : place.stem().string();
    if (is_folder || place.extension() != ".json") {
      if (!is_folder || !fs::exists(sidecar_of(id)))
        leftovers.push_back(place);
      continue;
    }
    auto what = upload_from(id, content_of(place));
    auto there = what ? as_it_lies(*what, file_of(*what)) : std::nullopt;
    if (there)
      all.push_back(std::move(*there));
    else
      leftovers.insert(leftovers.end(), {place, root_ / id});
  }
  make_safe(all);
  for (const auto& place : leftovers)
    remove_abandoned(place, abandoned_after);
  return all;
}

/// One by one, unless they are so many that it is quicker to sync the whole disk.
void upload_folder::make_safe(const std::vector<kept_upload>& all) const {
  constexpr std::size_t many = 64;
  if (all.size() > many)
    return sync(root_, ::syncfs);
  for (const auto& one : all) {
    std::error_code gone;
    if (fs::exists(file_of(one.what), gone))
      open(one.what).sync();
  }
}

/// The file first: what says that there is an upload never stands without it.
void upload_folder::create(const upload& what) const {
  const auto file = file_of(what);
  fs::create_directories(file.parent_path());
  const int made = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (made < 0)
    fail(file, "create");
  ::close(made);
  sync_folder(file.parent_path());
  write_sidecar(what);
}

void upload_folder::set_length(const upload& what) const {
  write_sidecar(what);
}

/// In one piece: readers see the old one or the new one.
void upload_folder::write_sidecar(const upload& what) const {
  const auto target = sidecar_of(what.id);
  auto aside = target;
  aside += ".part";
  const auto text = to_json(what);
  const int into = ::open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (into < 0)
    fail(aside, "create");
  const bool written = ::write(into, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const bool synced = written && ::fsync(into) == 0;
  ::close(into);
  if (!synced || ::rename(aside.c_str(), target.c_str()) != 0)
    fail(aside, "write");
  sync_folder(root_);
}

upload_file upload_folder::open(const upload& what) const {
  return {file_of(what), O_WRONLY};
}

upload_file upload_folder::aside(const upload& what) const {
  return {file_of(what).parent_path(), O_RDWR | O_TMPFILE};
}

void upload_folder::remove(const std::string& id) const {
  if (!is_upload_id(id))
    return;
  fs::remove(sidecar_of(id));
  fs::remove_all(root_ / id);
}

} // namespace vdoc::uploads
