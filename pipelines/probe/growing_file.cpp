#include "pipelines/probe/growing_file.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

namespace vdoc::probe {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t id_digits = 32;
/// What typefinders of GStreamer like to see, and more than any demuxer reads before it decides.
constexpr std::uint64_t enough_to_look_at = 256UL * 1024;

std::uint64_t bytes_of(const fs::path& file) {
  std::error_code absent;
  const auto bytes = fs::file_size(file, absent);
  return absent ? 0 : bytes;
}

fs::path sidecar_of(const fs::path& place) {
  auto sidecar = place.parent_path();
  sidecar += ".json";
  return sidecar;
}

/// A number; null while its client does not know; discarded when it is the sidecar of no upload.
nlohmann::json length_said_in(const fs::path& sidecar) {
  std::ifstream in{sidecar};
  const auto said = nlohmann::json::parse(in, nullptr, false);
  const auto found = said.find("length");
  return said.is_object() && found != said.end()
             ? *found
             : nlohmann::json(nlohmann::json::value_t::discarded);
}

/// Big-endian.
std::uint64_t number(std::string_view bytes) {
  std::uint64_t out = 0;
  for (const unsigned char one : bytes)
    out = out << 8U | one;
  return out;
}

std::string read_at(std::ifstream& in, std::uint64_t at, std::size_t size) {
  std::string bytes(size, '\0');
  in.clear();
  in.seekg(static_cast<std::streamoff>(at));
  in.read(bytes.data(), static_cast<std::streamsize>(size));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return bytes;
}

/// Packets of 188 bytes, with nothing, a time (M2TS) or parity around them (ISO/IEC 13818-1).
bool is_transport_stream(std::string_view head) {
  constexpr std::size_t packets = 5;
  for (const auto& [first, step] : {std::pair{0U, 188U}, {4U, 192U}, {0U, 204U}}) {
    bool all = true;
    for (std::size_t i = 0; i < packets && all; ++i)
      all = first + i * step < head.size() && head[first + i * step] == 'G';
    if (all)
      return true;
  }
  return false;
}

/// The boxes at the top, in order (ISO/IEC 14496-12, 4.2).
beginning order_of_boxes(std::ifstream& in, std::uint64_t here, std::uint64_t length) {
  constexpr std::size_t head = 16;
  for (std::uint64_t at = 0; at < length;) {
    const auto bytes = at < here ? read_at(in, at, head) : std::string{};
    if (bytes.size() < head)
      return beginning::unclear;
    const auto kind = bytes.substr(4, 4);
    auto size = number(bytes.substr(0, 4));
    if (size == 1)
      size = number(bytes.substr(8));
    if (kind == "mdat" || kind == "moof" || (size != 0 && size < 8))
      return beginning::not_alone; // before any moov
    const auto end = size == 0 || size > length - at ? length : at + size;
    if (kind == "moov")
      return end <= here ? beginning::useful : beginning::unclear;
    at = end;
  }
  return beginning::not_alone;
}

} // namespace

std::optional<std::string> upload_id_of(const fs::path& place) {
  auto id = place.parent_path().filename().string();
  const bool is_id = id.size() == id_digits && std::ranges::all_of(id, [](char one) {
                       return (one >= '0' && one <= '9') || (one >= 'a' && one <= 'f');
                     });
  std::error_code absent;
  return is_id && fs::exists(sidecar_of(place), absent) ? std::optional{std::move(id)}
                                                        : std::nullopt;
}

std::optional<growing_file> growing_file::at(const fs::path& place) {
  if (!upload_id_of(place))
    return std::nullopt;
  const auto sidecar = sidecar_of(place);
  const auto said = length_said_in(sidecar);
  if (!said.is_number_unsigned() && !said.is_null())
    return std::nullopt;
  growing_file it{place, sidecar, said.is_null() ? not_known : said.get<std::uint64_t>()};
  return it.is_whole() ? std::nullopt : std::optional{std::move(it)};
}

std::optional<std::uint64_t> growing_file::length() const {
  if (*length_ == not_known)
    if (const auto said = length_said_in(sidecar_); said.is_number_unsigned())
      *length_ = said.get<std::uint64_t>();
  return *length_ == not_known ? std::nullopt : std::optional{length_->load()};
}

bool growing_file::is_whole() const {
  const auto all = length();
  return all && bytes() >= *all;
}

std::uint64_t growing_file::bytes() const {
  return bytes_of(place_);
}

bool growing_file::is_given_up() const {
  std::error_code wrong;
  return !fs::exists(sidecar_, wrong) && !wrong;
}

beginning beginning_of(const fs::path& file, std::uint64_t length) {
  const auto here = bytes_of(file);
  if (here < std::min(length, enough_to_look_at))
    return beginning::unclear;
  std::ifstream in{file, std::ios::binary};
  constexpr std::size_t head_bytes = 1'024;
  const auto head = read_at(in, 0, head_bytes);
  constexpr std::string_view ebml = "\x1a\x45\xdf\xa3";
  constexpr std::string_view flv = "FLV\x01";
  if (head.starts_with(ebml) || head.starts_with(flv) || is_transport_stream(head))
    return beginning::useful;
  constexpr std::array tops{"ftyp", "moov", "free", "skip", "wide", "styp", "pnot", "uuid"};
  const bool boxes = head.size() > 8 && std::ranges::any_of(tops, [&](const char* kind) {
                       return head.compare(4, 4, kind) == 0;
                     });
  return boxes ? order_of_boxes(in, here, length) : beginning::not_alone;
}

} // namespace vdoc::probe
