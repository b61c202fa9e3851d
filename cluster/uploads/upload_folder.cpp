#include "cluster/uploads/upload_folder.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <iterator>
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

/// The name of a file is durable once its folder is synced.
void sync_folder(const fs::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0)
    fail(folder, "open");
  const bool synced = ::fsync(descriptor) == 0;
  ::close(descriptor);
  if (!synced)
    fail(folder, "sync");
}

std::string content_of(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::int64_t moved_unix_ms(const fs::path& file) {
  struct stat about {};
  if (::stat(file.c_str(), &about) != 0)
    return 0;
  constexpr std::int64_t ms_per_s = 1'000;
  constexpr std::int64_t ns_per_ms = 1'000'000;
  return about.st_mtim.tv_sec * ms_per_s + about.st_mtim.tv_nsec / ns_per_ms;
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
    const auto done = ::write(descriptor_, bytes.data(), bytes.size());
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

std::vector<upload_folder::found> upload_folder::read() const {
  fs::create_directories(root_);
  std::vector<found> all;
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
    const auto what = upload_from(id, content_of(place));
    if (!what || !fs::exists(file_of(*what))) {
      leftovers.push_back(place);
      leftovers.push_back(root_ / id);
      continue;
    }
    const auto file = open(*what);
    file.sync();
    all.push_back({*what, file.size(), moved_unix_ms(file_of(*what))});
  }
  for (const auto& place : leftovers)
    fs::remove_all(place);
  return all;
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
  return {file_of(what), O_WRONLY | O_APPEND};
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
