#include "pipelines/fragment/access_unit.hpp"

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace vdoc::fragment {

namespace {

constexpr char magic[] = "VDAU1\n";
constexpr std::size_t magic_size = sizeof magic - 1;
constexpr std::uint32_t longest_caps = 1U << 20U;
constexpr std::uint32_t largest_unit = 1U << 29U;

struct unit_header {
  std::int64_t pts;
  std::int64_t dts;
  std::int64_t duration;
  std::uint32_t size;
  std::uint32_t key;
};
static_assert(sizeof(unit_header) == 32);

} // namespace

std::uint64_t stored_size(const stream_format& format) {
  return magic_size + sizeof(std::uint32_t) + format.caps.size() + 1;
}

std::uint64_t stored_size(const access_unit& unit) {
  return sizeof(unit_header) + unit.bytes.size();
}

access_unit_writer::access_unit_writer(std::filesystem::path file, const stream_format& format)
    : path_{std::move(file)}, out_{path_, std::ios::binary | std::ios::trunc} {
  if (!out_)
    throw std::system_error{errno, std::generic_category(), "cannot write " + path_.string()};
  put(magic, magic_size);
  const auto length = static_cast<std::uint32_t>(format.caps.size());
  put(&length, sizeof length);
  put(format.caps.data(), length);
  const std::uint8_t flags = format.ordered_only ? 1 : 0;
  put(&flags, sizeof flags);
}

void access_unit_writer::put(const void* bytes, std::size_t size) {
  errno = 0;
  out_.write(static_cast<const char*>(bytes), static_cast<std::streamsize>(size));
  if (!out_)
    throw std::system_error{errno, std::generic_category(), "cannot write " + path_.string()};
  written_ += size;
}

void access_unit_writer::append(const access_unit& unit) {
  const unit_header header{unit.pts.count(), unit.dts.count(), unit.duration.count(),
                           static_cast<std::uint32_t>(unit.bytes.size()), unit.key ? 1U : 0U};
  put(&header, sizeof header);
  put(unit.bytes.data(), unit.bytes.size());
}

std::uint64_t access_unit_writer::flush() {
  errno = 0;
  if (!out_.flush())
    throw std::system_error{errno, std::generic_category(), "cannot write " + path_.string()};
  return written_;
}

access_unit_reader::access_unit_reader(const std::filesystem::path& file, std::uint64_t limit)
    : path_{file}, in_{file, std::ios::binary}, limit_{limit} {
  char start[magic_size] = {};
  take(start, magic_size);
  if (std::memcmp(start, magic, magic_size) != 0)
    throw std::runtime_error{path_.string() + " is not a file of access units"};
  std::uint32_t length = 0;
  take(&length, sizeof length);
  if (length > longest_caps)
    throw std::runtime_error{path_.string() + " is damaged: caps too long"};
  format_.caps.resize(length);
  take(format_.caps.data(), length);
  std::uint8_t flags = 0;
  take(&flags, sizeof flags);
  format_.ordered_only = (flags & 1U) != 0;
}

void access_unit_reader::take(void* bytes, std::size_t size) {
  in_.read(static_cast<char*>(bytes), static_cast<std::streamsize>(size));
  if (!in_)
    throw std::runtime_error{path_.string() + " ends too early"};
  position_ += size;
}

bool access_unit_reader::next(access_unit& unit) {
  if (position_ >= limit_)
    return false;
  in_.clear();
  if (in_.peek() == std::ifstream::traits_type::eof())
    return false;
  unit_header header{};
  take(&header, sizeof header);
  if (header.size > largest_unit)
    throw std::runtime_error{path_.string() + " is damaged: access unit too large"};
  unit.pts = timestamp{header.pts};
  unit.dts = timestamp{header.dts};
  unit.duration = timestamp{header.duration};
  unit.key = header.key != 0;
  unit.bytes.resize(header.size);
  take(unit.bytes.data(), header.size);
  return true;
}

std::vector<access_unit> read_all(const std::filesystem::path& file, std::uint64_t limit) {
  access_unit_reader reader{file, limit};
  std::vector<access_unit> units;
  for (access_unit unit; reader.next(unit);)
    units.push_back(unit);
  return units;
}

} // namespace vdoc::fragment
