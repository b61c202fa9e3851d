#include "pipelines/gst/box_file.hpp"

#include <algorithm>
#include <array>
#include <system_error>

namespace vdoc::gst {

namespace {

constexpr int most_boxes = 20'000;

} // namespace

box_file::box_file(const std::filesystem::path& source) : in_{source, std::ios::binary} {
  std::error_code none;
  size_ = std::filesystem::file_size(source, none);
  if (none)
    size_ = 0;
}

bool box_file::stands_at_the_top(const std::string& kind) {
  constexpr std::array known{"ftyp", "moov", "mdat", "free", "skip", "wide", "pdin",
                             "moof", "sidx", "styp", "uuid", "meta", "emsg", "prft"};
  return std::find(known.begin(), known.end(), kind) != known.end();
}

std::string box_file::text(std::uint64_t at, std::size_t bytes) {
  std::string out(bytes, '\0');
  in_.clear();
  in_.seekg(static_cast<std::streamoff>(at));
  in_.read(out.data(), static_cast<std::streamsize>(bytes));
  return out;
}

std::uint64_t box_file::number(std::uint64_t at, std::size_t bytes) {
  std::uint64_t value = 0;
  for (const char one : text(at, bytes))
    value = value << 8U | static_cast<unsigned char>(one);
  return value;
}

bool box_file::next(std::uint64_t begin, std::uint64_t end, box& out) {
  if (begin + 8 > end || ++seen_ > most_boxes)
    return false;
  auto length = number(begin, 4);
  std::uint64_t head = 8;
  if (length == 1) {
    length = number(begin + 8, 8);
    head = 16;
  } else if (length == 0) {
    length = end - begin;
  }
  if (length < head)
    return false;
  out = {text(begin + 4, 4), begin + head, length > end - begin ? end + 1 : begin + length};
  return true;
}

} // namespace vdoc::gst
