#include "net/http/artefact.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <fcntl.h>
#include <sys/stat.h>

namespace vdoc::net {

namespace {

std::string hex(std::uint64_t number) {
  std::array<char, 16> text{};
  const auto written = std::to_chars(text.data(), text.data() + text.size(), number, 16);
  return {text.data(), written.ptr};
}

std::string etag_of(const struct stat& file) {
  constexpr std::int64_t ns_per_s = 1'000'000'000;
  const auto changed = file.st_mtim.tv_sec * ns_per_s + file.st_mtim.tv_nsec;
  return '"' + hex(static_cast<std::uint64_t>(changed)) + '-' +
         hex(static_cast<std::uint64_t>(file.st_size)) + '-' + hex(file.st_ino) + '"';
}

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (text.empty() || read.ec != std::errc{} || read.ptr != end)
    return std::nullopt;
  return number;
}

std::string_view trimmed(std::string_view text) {
  const auto first = std::min(text.find_first_not_of(" \t"), text.size());
  return text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

} // namespace

std::string http_date(std::time_t when) {
  constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  constexpr int first_year = 1'900;
  std::tm parts{};
  ::gmtime_r(&when, &parts);
  const auto two = [](int number) {
    auto text = std::to_string(number);
    return text.size() < 2 ? "0" + text : text;
  };
  return std::string{days.at(static_cast<std::size_t>(parts.tm_wday))} + ", " + two(parts.tm_mday) +
         " " + months.at(static_cast<std::size_t>(parts.tm_mon)) + " " +
         std::to_string(parts.tm_year + first_year) + " " + two(parts.tm_hour) + ":" +
         two(parts.tm_min) + ":" + two(parts.tm_sec) + " GMT";
}

bool names_result(std::string_view path) {
  if (path.find('\0') != std::string_view::npos)
    return false;
  for (;;) {
    const auto slash = path.find('/');
    if (path.empty() || slash == 0 || path.front() == '.')
      return false;
    if (slash == std::string_view::npos)
      return true;
    path.remove_prefix(slash + 1);
  }
}

std::optional<artefact> open_artefact(const std::filesystem::path& folder, std::string_view path) {
  if (!names_result(path))
    return std::nullopt;
  open_file at{::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  while (at.descriptor() >= 0) {
    const auto slash = path.find('/');
    const std::string part{path.substr(0, slash)};
    const bool last = slash == std::string_view::npos;
    // O_NONBLOCK: a pipe must not hold us up before it is seen to be one.
    const int how = last ? O_RDONLY | O_NONBLOCK : O_PATH | O_DIRECTORY;
    at = open_file{::openat(at.descriptor(), part.c_str(), how | O_NOFOLLOW | O_CLOEXEC)};
    if (last)
      break;
    path.remove_prefix(slash + 1);
  }
  struct stat found {};
  if (at.descriptor() < 0 || ::fstat(at.descriptor(), &found) != 0 || !S_ISREG(found.st_mode))
    return std::nullopt;
  return artefact{
      std::move(at),
      {static_cast<std::uint64_t>(found.st_size), etag_of(found), http_date(found.st_mtim.tv_sec)}};
}

std::optional<file_name> file_named_by(std::string_view path) {
  constexpr std::string_view of_job = "/api/v1/jobs/";
  constexpr std::string_view shared = "/api/v1/shared/";
  const bool by_link = path.starts_with(shared);
  if (!by_link && !path.starts_with(of_job))
    return std::nullopt;
  path.remove_prefix(by_link ? shared.size() : of_job.size());
  const auto take = [&] {
    const auto end = std::min(path.find('/'), path.size());
    std::string part{path.substr(0, end)};
    path.remove_prefix(std::min(end + 1, path.size()));
    return part;
  };
  file_name name;
  name.job_id = take();
  name.link = take();
  name.path = path;
  if (!by_link && std::exchange(name.link, {}) != "files")
    return std::nullopt;
  return name;
}

byte_range range_in(std::string_view header, std::uint64_t size) {
  using kind = byte_range::kind;
  constexpr std::string_view unit = "bytes=";
  const byte_range whole{kind::whole, 0, size};
  header = trimmed(header);
  if (!header.starts_with(unit) || header.find(',') != std::string_view::npos)
    return whole;
  const auto range = trimmed(header.substr(unit.size()));
  const auto dash = range.find('-');
  if (dash == std::string_view::npos)
    return whole;
  const auto first = number_in(range.substr(0, dash));
  const auto last = number_in(range.substr(dash + 1));
  const bool open = range.substr(dash + 1).empty();
  if (dash == 0 && last) { // so many of the last bytes
    const auto length = std::min(*last, size);
    return length == 0 ? byte_range{kind::none, 0, 0}
                       : byte_range{kind::part, size - length, length};
  }
  if (!first || (!last && !open) || (last && *last < *first))
    return whole;
  if (*first >= size)
    return {kind::none, 0, 0};
  const auto end = open ? size : std::min(*last, size - 1) + 1;
  return {kind::part, *first, end - *first};
}

bool names_etag(std::string_view if_none_match, std::string_view etag) {
  while (!if_none_match.empty()) {
    const auto comma = std::min(if_none_match.find(','), if_none_match.size());
    auto one = trimmed(if_none_match.substr(0, comma));
    if (one.starts_with("W/"))
      one.remove_prefix(2);
    if (one == etag || one == "*")
      return true;
    if_none_match.remove_prefix(std::min(comma + 1, if_none_match.size()));
  }
  return false;
}

} // namespace vdoc::net
