#include "test/support/transport_stream.hpp"

#include "test/support/mp4_boxes.hpp"

#include <stdexcept>

namespace vdoc::test {
namespace {

constexpr std::size_t packet_bytes = 188;

/// A 33-bit time of a PES header (ISO 13818-1, 2.4.3.6).
std::int64_t time_at(std::string_view bytes, std::size_t at) {
  const auto raw = big_endian(bytes, at, 5);
  return static_cast<std::int64_t>(((raw >> 33U) & 7U) << 30U | ((raw >> 17U) & 0x7fffU) << 15U |
                                   ((raw >> 1U) & 0x7fffU));
}

pes_seen open_pes(std::string_view payload) {
  if (big_endian(payload, 0, 3) != 1)
    throw std::runtime_error{"a PES packet without its start code"};
  pes_seen unit;
  const auto flags = big_endian(payload, 7, 1);
  const auto header = 9 + big_endian(payload, 8, 1);
  unit.pts = (flags & 0x80U) != 0 ? time_at(payload, 9) : -1;
  unit.dts = (flags & 0x40U) != 0 ? time_at(payload, 14) : unit.pts;
  unit.payload = payload.substr(header);
  return unit;
}

/// First entry of a programme association (PID of the map) or of a programme map.
struct table_entry {
  int type, pid;
};
table_entry first_entry(std::string_view payload, bool map) {
  const auto section = 1 + big_endian(payload, 0, 1);
  if (!map)
    return {0, static_cast<int>(big_endian(payload, section + 10, 2) & 0x1fffU)};
  const auto descriptors = big_endian(payload, section + 10, 2) & 0xfffU;
  const auto entry = section + 12 + descriptors;
  return {static_cast<int>(big_endian(payload, entry, 1)),
          static_cast<int>(big_endian(payload, entry + 1, 2) & 0x1fffU)};
}

} // namespace

void transport_reader::count(int pid, int counter, bool payload, std::size_t packet) {
  const auto known = counters_.find(pid);
  if (known != counters_.end()) {
    const int expected = payload ? (known->second + 1) % 16 : known->second;
    if (counter != expected)
      breaks_.push_back("PID " + std::to_string(pid) + " packet " + std::to_string(packet) + ": " +
                        std::to_string(counter) + " instead of " + std::to_string(expected));
  }
  counters_[pid] = counter;
}

transport_segment transport_reader::read(std::string_view bytes) {
  transport_segment out;
  if (bytes.size() % packet_bytes != 0)
    throw std::runtime_error{"not a whole number of transport packets"};
  bool association = false, map = false, media = false;
  for (std::size_t at = 0; at < bytes.size(); at += packet_bytes) {
    if (bytes[at] != 0x47)
      throw std::runtime_error{"no sync byte at " + std::to_string(at)};
    const auto head = big_endian(bytes, at, 4);
    const int pid = static_cast<int>(head >> 8U & 0x1fffU);
    const bool starts = (head & 0x400000U) != 0, adapted = (head & 0x20U) != 0,
               loaded = (head & 0x10U) != 0;
    if (pid == 0x1fff)
      continue;
    count(pid, static_cast<int>(head & 0xfU), loaded, at / packet_bytes);
    if (!loaded)
      continue;
    const auto body = at + 4 + (adapted ? 1 + big_endian(bytes, at + 4, 1) : 0);
    const auto payload = bytes.substr(body, at + packet_bytes - body);
    if (pid == 0) {
      map_pid_ = first_entry(payload, false).pid;
      association = true;
    } else if (pid == map_pid_ && starts) {
      const auto entry = first_entry(payload, true);
      out.stream_type = entry.type;
      media_pid_ = entry.pid;
      map = map || association;
    } else if (pid == media_pid_) {
      if (!media)
        out.begins_with_tables = association && map;
      media = true;
      if (starts)
        out.units.push_back(open_pes(payload));
      else if (!out.units.empty())
        out.units.back().payload += payload;
    }
  }
  return out;
}

} // namespace vdoc::test
