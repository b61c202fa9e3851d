#include "test/support/transport_edits.hpp"

#include "test/support/box_edits.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>

namespace vdoc::test {
namespace {

constexpr std::size_t packet_bytes = 188;

unsigned byte_at(const std::string& bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes.at(at));
}

unsigned pid_of(const std::string& bytes, std::size_t packet) {
  return ((byte_at(bytes, packet + 1) & 0x1fU) << 8U) | byte_at(bytes, packet + 2);
}

/// CRC-32/MPEG-2 (ISO 13818-1, annex A).
std::uint32_t table_crc(const std::string& bytes, std::size_t from, std::size_t to) {
  std::uint32_t crc = 0xffffffffU;
  for (auto at = from; at < to; ++at) {
    crc ^= byte_at(bytes, at) << 24U;
    for (int bit = 0; bit < 8; ++bit)
      crc = (crc & 0x80000000U) != 0 ? (crc << 1U) ^ 0x04c11db7U : crc << 1U;
  }
  return crc;
}

/// Where the PSI section of a packet that starts one begins.
std::size_t section_of(const std::string& bytes, std::size_t packet) {
  auto at = packet + 4;
  if ((byte_at(bytes, packet + 3) & 0x20U) != 0)
    at += 1 + byte_at(bytes, at);
  return at + 1 + byte_at(bytes, at);
}

} // namespace

void remove_delimiters(const std::filesystem::path& ts) {
  auto bytes = read_file(ts);
  const std::string delimiter{"\0\0\0\1\x09", 5};
  int count = 0;
  for (auto at = bytes.find(delimiter); at != std::string::npos; at = bytes.find(delimiter, at)) {
    bytes.replace(at, 6, 6, '\0');
    ++count;
  }
  if (count == 0)
    throw std::runtime_error{"no delimiter in " + ts.string()};
  write_file(ts, bytes);
}

void join_late(const std::filesystem::path& ts, int packet) {
  const auto bytes = read_file(ts);
  write_file(ts, bytes.substr(static_cast<std::size_t>(packet) * packet_bytes));
}

void change_map_version(const std::filesystem::path& ts) {
  auto bytes = read_file(ts);
  // ffmpeg's muxer puts its one programme map at PID 0x1000.
  constexpr unsigned map_pid = 0x1000;
  const auto middle = bytes.size() / packet_bytes / 2 * packet_bytes;
  int count = 0;
  for (auto packet = middle; packet + packet_bytes <= bytes.size(); packet += packet_bytes) {
    if (pid_of(bytes, packet) != map_pid)
      continue;
    const auto section = section_of(bytes, packet);
    const auto length = ((byte_at(bytes, section + 1) & 0x0fU) << 8U) | byte_at(bytes, section + 2);
    const auto end = section + 3 + length - 4;
    const auto version = (byte_at(bytes, section + 5) >> 1U) & 0x1fU;
    bytes.at(section + 5) = static_cast<char>(0xc1U | (((version + 1) & 0x1fU) << 1U));
    const auto crc = table_crc(bytes, section, end);
    for (std::size_t n = 0; n < 4; ++n)
      bytes.at(end + n) = static_cast<char>(crc >> (24 - 8 * n));
    ++count;
  }
  if (count == 0)
    throw std::runtime_error{"no programme map in " + ts.string()};
  write_file(ts, bytes);
}

void lose_packets(const std::filesystem::path& ts, int first, int count) {
  auto bytes = read_file(ts);
  const auto at = static_cast<std::size_t>(first) * packet_bytes;
  const auto size = static_cast<std::size_t>(count) * packet_bytes;
  bytes.replace(at, size, std::string(size, '\0'));
  write_file(ts, bytes);
}

} // namespace vdoc::test
