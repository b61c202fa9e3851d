#include "pipelines/gst/matroska_padding.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <span>

namespace vdoc::gst {

namespace {

using bytes = std::span<const std::uint8_t>;

/// Elements of a Matroska file (RFC 9559, 5), with the marker bits of their ids.
enum id : std::uint32_t {
  ebml = 0x1A45DFA3,
  segment = 0x18538067,
  info = 0x1549A966,
  timestamp_scale = 0x2AD7B1,
  cluster = 0x1F43B675,
  cluster_time = 0xE7,
  block_group = 0xA0,
  block = 0xA1,
  discard_padding = 0x75A2,
};

/// Of the usual time base.
constexpr fragment::timestamp half_a_tick = std::chrono::microseconds{500};

constexpr std::size_t head_bytes = 64U << 10U;
constexpr std::size_t step_bytes = 1U << 20U;
constexpr std::size_t most_bytes = 16U << 20U;

std::uint64_t number(bytes from) {
  std::uint64_t out = 0;
  for (const auto byte : from.first(std::min<std::size_t>(from.size(), 8)))
    out = out << 8U | byte;
  return out;
}

std::int64_t signed_number(bytes from) {
  if (from.empty() || from.size() > 8)
    return 0;
  const auto unused = 8 * (8 - from.size());
  return static_cast<std::int64_t>(number(from) << unused) >> unused;
}

/// Takes a number whose first byte tells how long it is (RFC 8794, 4). 0 bytes left: nothing.
std::optional<std::uint64_t> take_variable(bytes& from, bool keeps_marker) {
  if (from.empty() || from.front() == 0)
    return std::nullopt;
  std::size_t length = 1;
  for (auto mask = 0x80U; (from.front() & mask) == 0; mask >>= 1U)
    ++length;
  if (from.size() < length)
    return std::nullopt;
  auto out = number(from.first(length));
  if (!keeps_marker)
    out &= (std::uint64_t{1} << 7 * length) - 1;
  from = from.subspan(length);
  return out;
}

/// Calls `visit` with id and content of each element; a length that is unknown, or too long, ends
/// with what is around it.
template <class Visit> void each(bytes inside, Visit visit) {
  while (const auto kind = take_variable(inside, true)) {
    const auto length = take_variable(inside, false);
    if (!length)
      return;
    const auto content = inside.first(std::min<std::uint64_t>(*length, inside.size()));
    visit(static_cast<std::uint32_t>(*kind), content);
    inside = inside.subspan(content.size());
  }
}

std::vector<std::uint8_t> read(std::ifstream& file, std::size_t from, std::size_t count) {
  std::vector<std::uint8_t> out(count);
  file.clear();
  file.seekg(static_cast<std::streamoff>(from));
  file.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(count));
  out.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  return out;
}

/// Nanoseconds of a tick; 0 when this is no Matroska file.
std::uint64_t tick_of(bytes head) {
  std::uint64_t out = 0;
  each(head, [&](auto kind, bytes content) {
    if (kind == ebml && out == 0)
      out = 1'000'000; // unless it is said
    if (kind != segment || out == 0)
      return;
    each(content, [&](auto inner, bytes facts) {
      if (inner == info)
        each(facts, [&](auto fact, bytes value) {
          if (fact == timestamp_scale)
            out = number(value);
        });
    });
  });
  return out;
}

/// The last cluster of the file, to its end.
std::vector<std::uint8_t> last_cluster(std::ifstream& file, std::size_t size) {
  constexpr std::array<std::uint8_t, 4> sign{0x1F, 0x43, 0xB6, 0x75};
  std::vector<std::uint8_t> tail;
  for (std::size_t count = step_bytes; tail.size() < size; count *= 4) {
    count = std::min(count, size);
    tail = read(file, size - count, count);
    const auto found = std::find_end(tail.begin(), tail.end(), sign.begin(), sign.end());
    if (found != tail.end())
      return {found, tail.end()};
    if (count >= most_bytes || tail.size() < count)
      break;
  }
  return {};
}

struct block_facts {
  std::uint64_t track = 0;
  std::int64_t ticks = 0; ///< after its cluster
};

std::optional<block_facts> read_block(bytes content) {
  const auto track = take_variable(content, false);
  if (!track || content.size() < 3)
    return std::nullopt;
  return block_facts{*track, signed_number(content.first(2))};
}

} // namespace

std::vector<packet_padding> read_end_paddings(const std::filesystem::path& source) {
  std::error_code none;
  const auto size = std::filesystem::file_size(source, none);
  std::ifstream file{source, std::ios::binary};
  const auto tick = none || !file ? 0 : tick_of(read(file, 0, head_bytes));
  std::vector<packet_padding> out;
  if (tick == 0)
    return out;
  std::int64_t begin = 0;
  const auto in_group = [&](bytes group) {
    std::optional<block_facts> facts;
    std::int64_t padding_ns = 0;
    each(group, [&](auto kind, bytes content) {
      if (kind == block)
        facts = read_block(content);
      else if (kind == discard_padding)
        padding_ns = signed_number(content);
    });
    if (facts && padding_ns > 0)
      out.push_back({facts->track,
                     fragment::timestamp{(begin + facts->ticks) * static_cast<std::int64_t>(tick)},
                     fragment::timestamp{padding_ns}});
  };
  each(last_cluster(file, size), [&](auto kind, bytes inside) {
    if (kind == cluster)
      each(inside, [&](auto inner, bytes content) {
        if (inner == cluster_time)
          begin = static_cast<std::int64_t>(number(content));
        else if (inner == block_group)
          in_group(content);
      });
  });
  return out;
}

fragment::timestamp padding_of(const std::vector<packet_padding>& all, const std::string& stream_id,
                               fragment::timestamp at) {
  const auto track = std::strtoull(stream_id.c_str(), nullptr, 10);
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) {
    return one.track == track && std::chrono::abs(one.at - at) < half_a_tick;
  });
  return found == all.end() ? fragment::timestamp{0} : found->length;
}

} // namespace vdoc::gst
