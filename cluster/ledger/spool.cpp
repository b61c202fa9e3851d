#include "cluster/ledger/spool.hpp"

#include "cluster/ledger/job_id.hpp"

#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace vdoc::ledger {

namespace {

constexpr std::string_view header = "video-doc spool ";
constexpr std::size_t sum_digits = 16;

[[noreturn]] void fail(const std::filesystem::path& file) {
  throw std::system_error{errno, std::generic_category(), file.string()};
}

std::string sum_of(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  auto sum = XXH3_64bits(text.data(), text.size());
  std::string hex(sum_digits, '0');
  for (auto at = hex.rbegin(); at != hex.rend(); ++at, sum >>= 4)
    *at = digits[sum & 0x0f];
  return hex;
}

std::string line_of(const spooled& what) {
  const auto json = to_json(what);
  return sum_of(json) + " " + json + "\n";
}

/// What a line without its end says; throws when it says nothing.
spooled read_line(std::string_view line) {
  if (line.size() <= sum_digits + 1 || line[sum_digits] != ' ')
    throw std::invalid_argument{"no checksum"};
  const auto json = line.substr(sum_digits + 1);
  if (sum_of(json) != line.substr(0, sum_digits))
    throw std::invalid_argument{"another checksum"};
  return spooled_from(std::string{json});
}

void write_all(int to, std::string_view bytes, std::uint64_t at,
               const std::filesystem::path& file) {
  while (!bytes.empty()) {
    const auto done = ::pwrite(to, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (done < 0 && errno == EINTR)
      continue;
    if (done < 0)
      fail(file);
    bytes.remove_prefix(static_cast<std::size_t>(done));
    at += static_cast<std::uint64_t>(done);
  }
}

/// A file that was made or removed is only so once its folder is on the disk.
void sync_folder_of(const std::filesystem::path& file) {
  const auto parent = file.has_parent_path() ? file.parent_path() : std::filesystem::path{"."};
  const int folder = ::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0)
    fail(parent);
  const bool done = ::fsync(folder) == 0;
  ::close(folder);
  if (!done)
    fail(parent);
}

} // namespace

spool::spool(std::filesystem::path file) : file_{std::move(file)} {
  if (!std::filesystem::exists(file_))
    return;
  try {
    take_over();
  } catch (const std::exception& why) {
    throw cannot_open{"the spool " + file_.string() + " cannot be read: " + why.what(),
                      "it holds results that the database has not seen: check its permissions"};
  }
}

spool::~spool() {
  if (open_ >= 0)
    ::close(open_);
}

void spool::take_over() {
  std::ifstream in{file_, std::ios::binary};
  std::string line;
  if (!in)
    fail(file_);
  if (!std::getline(in, line) || in.eof() || !line.starts_with(header))
    return; // cut off before anything was acknowledged
  id_ = line.substr(header.size());
  end_ = line.size() + 1;
  while (std::getline(in, line) && !in.eof()) {
    try {
      const auto one = read_line(line);
      places_.push_back({one.number, end_, line.size() + 1, one.entries.size()});
      last_ = one.number;
    } catch (const std::exception&) {
      break; // so is everything behind it
    }
    end_ += line.size() + 1;
  }
}

void spool::open_for_writing() {
  open_ = ::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (open_ < 0)
    fail(file_);
  if (!id_.empty())
    return;
  const auto id = new_job_id();
  const auto line = std::string{header} + id + "\n";
  if (::ftruncate(open_, 0) != 0)
    fail(file_);
  write_all(open_, line, 0, file_);
  sync_folder_of(file_);
  id_ = id;
  end_ = line.size();
  last_ = 0;
}

void spool::append(std::vector<spooled> all) {
  if (open_ < 0)
    open_for_writing();
  std::string lines;
  std::vector<place> places;
  for (auto& each : all) {
    each.number = last_ + places.size() + 1;
    const auto line = line_of(each);
    places.push_back({each.number, end_ + lines.size(), line.size(), each.entries.size()});
    lines += line;
  }
  // Over whatever an append that failed has left.
  write_all(open_, lines, end_, file_);
  if (::ftruncate(open_, static_cast<off_t>(end_ + lines.size())) != 0 || ::fsync(open_) != 0)
    fail(file_);
  end_ += lines.size();
  last_ += places.size();
  places_.insert(places_.end(), places.begin(), places.end());
}

std::vector<spooled> spool::first(std::size_t most_entries) const {
  std::vector<spooled> all;
  std::ifstream in{file_, std::ios::binary};
  std::size_t entries = 0;
  for (const auto& each : places_) {
    entries += each.entries;
    if (!all.empty() && entries > most_entries)
      break;
    std::string line(each.size, '\0');
    in.seekg(static_cast<std::streamoff>(each.begin));
    if (!in.read(line.data(), static_cast<std::streamsize>(line.size())))
      throw std::system_error{EIO, std::generic_category(), file_.string()};
    line.pop_back();
    all.push_back(read_line(line));
  }
  return all;
}

void spool::drop_through(std::uint64_t number) {
  std::erase_if(places_, [&](const place& each) { return each.number <= number; });
  if (places_.empty() && !id_.empty())
    remove();
}

/// The file may come back after a power cut; then the database knows that all of it is written.
void spool::remove() noexcept {
  if (open_ >= 0)
    ::close(open_);
  open_ = -1;
  id_.clear();
  end_ = 0;
  std::error_code ignored;
  std::filesystem::remove(file_, ignored);
}

} // namespace vdoc::ledger
