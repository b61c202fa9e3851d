#include "pipelines/hls/aac.hpp"
#include "pipelines/hls/avc.hpp"
#include "pipelines/hls/byte_writer.hpp"
#include "pipelines/hls/hls.hpp"
#include "pipelines/hls/language_code.hpp"
#include "pipelines/hls/timeline.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>

namespace vdoc::hls {

namespace {

constexpr std::uint32_t clock_rate = 90'000;
constexpr std::int64_t clock_lead = clock_rate / 2; ///< of the PCR before the decode time
constexpr std::uint64_t clock_mask = (std::uint64_t{1} << 33U) - 1;
constexpr std::size_t packet_bytes = 188, header_bytes = 4;
constexpr unsigned pid_pat = 0, pid_pmt = 0x1000, pid_media = 0x100, programme = 1;
constexpr std::uint8_t type_avc = 0x1b, type_adts = 0x0f;
constexpr std::uint8_t video_stream = 0xe0, audio_stream = 0xc0;

/// CRC of ISO 13818-1 annex A: polynomial 0x04c11db7, from ones, not inverted.
std::uint32_t crc_of(std::span<const std::uint8_t> bytes) {
  std::uint32_t crc = 0xffffffff;
  for (const auto byte : bytes) {
    crc ^= static_cast<std::uint32_t>(byte) << 24U;
    for (int bit = 0; bit < 8; ++bit)
      crc = crc << 1U ^ ((crc & 0x80000000U) != 0 ? 0x04c11db7U : 0U);
  }
  return crc;
}

/// One PSI section (2.4.4), with its length and CRC, in one packet.
void write_table(byte_writer& out, unsigned pid, std::uint8_t& counter, std::uint8_t table_id,
                 std::uint16_t extension, std::span<const std::uint8_t> content) {
  bytes section;
  byte_writer in{section};
  in.u8(table_id);
  in.u16(0xb000U | (content.size() + 9)); // up to nine bytes around the content
  in.u16(extension);
  in.u8(0xc1); // version 0, current
  in.u16(0);   // section 0 of 0
  in.put(content);
  in.u32(crc_of(section));
  out.u8(0x47);
  out.u16(0x4000U | pid);
  out.u8(0x10U | counter);
  counter = (counter + 1U) & 15U;
  out.u8(0); // the section begins at once
  out.put(section);
  for (auto rest = packet_bytes - header_bytes - 1 - section.size(); rest > 0; --rest)
    out.u8(0xff);
}

void write_tables(byte_writer& out, const track& what, continuity& counters) {
  bytes association;
  byte_writer pat{association};
  pat.u16(programme);
  pat.u16(0xe000U | pid_pmt);
  write_table(out, pid_pat, counters.pat, 0, 1, association);

  const bool audio = what.what == track::kind::aac;
  bytes descriptors;
  if (audio && !what.language.empty()) {
    byte_writer language{descriptors};
    language.u8(0x0a); // ISO_639_language_descriptor, 2.6.18
    language.u8(4);
    language.text(three_letter_code(what.language));
    language.u8(0);
  }
  bytes map;
  byte_writer pmt{map};
  pmt.u16(0xe000U | pid_media); // the clock is in the stream itself
  pmt.u16(0xf000);
  pmt.u8(audio ? type_adts : type_avc);
  pmt.u16(0xe000U | pid_media);
  pmt.u16(0xf000U | descriptors.size());
  pmt.put(descriptors);
  write_table(out, pid_pmt, counters.pmt, 2, programme, map);
}

/// PTS or DTS in five bytes with marker bits (2.4.3.7).
void write_stamp(byte_writer& out, unsigned prefix, std::uint64_t ticks) {
  out.u8(prefix << 4U | (ticks >> 29U & 0xeU) | 1U);
  out.u16((ticks >> 14U & 0xfffeU) | 1U);
  out.u16((ticks << 1U & 0xfffeU) | 1U);
}

bytes pes_packet(std::uint8_t stream_id, std::uint64_t pts, std::uint64_t dts,
                 std::span<const std::uint8_t> payload) {
  const bool both = pts != dts;
  const std::size_t stamps = both ? 10 : 5;
  const auto length = payload.size() + 3 + stamps;
  bytes packet;
  packet.reserve(length + 6);
  byte_writer out{packet};
  out.u24(1);
  out.u8(stream_id);
  out.u16(stream_id == video_stream || length > 0xffff ? 0 : length); // 0: to the next packet
  out.u8(0x84);                                                       // begins with an access unit
  out.u8(both ? 0xc0 : 0x80);
  out.u8(stamps);
  write_stamp(out, both ? 3 : 2, pts);
  if (both)
    write_stamp(out, 1, dts);
  out.put(payload);
  return packet;
}

/// An adaptation field of `size` bytes in all (2.4.3.4), with the clock where one is given.
void write_adaptation(byte_writer& out, std::size_t size, std::optional<std::uint64_t> clock,
                      bool random_access) {
  if (size == 0)
    return;
  out.u8(size - 1);
  if (size == 1)
    return;
  out.u8((random_access ? 0x40U : 0U) | (clock ? 0x10U : 0U));
  std::size_t written = 2;
  if (clock) {
    out.u32(*clock >> 1U);
    out.u16((*clock & 1U) << 15U | 0x7e00U);
    written += 6;
  }
  for (; written < size; ++written)
    out.u8(0xff);
}

/// Cuts a PES packet into transport packets; the first one carries the clock.
void write_packets(byte_writer& out, std::span<const std::uint8_t> pes, std::uint64_t clock,
                   bool random_access, std::uint8_t& counter) {
  constexpr std::size_t clock_field = 8;
  for (bool first = true; !pes.empty(); first = false) {
    const auto room = packet_bytes - header_bytes;
    const auto least = first ? clock_field : 0;
    const auto part = std::min(pes.size(), room - least);
    out.u8(0x47);
    out.u16((first ? 0x4000U : 0U) | pid_media);
    out.u8((part < room ? 0x30U : 0x10U) | counter);
    counter = (counter + 1U) & 15U;
    write_adaptation(out, room - part, first ? std::optional{clock} : std::nullopt,
                     first && random_access);
    out.put(pes.first(part));
    pes = pes.subspan(part);
  }
}

std::uint64_t on_clock(std::int64_t ticks) {
  return static_cast<std::uint64_t>(ticks + transport_zero) & clock_mask;
}

} // namespace

bytes ts_segment(const track& what, std::span<const access_unit> units, timestamp /*end*/,
                 continuity& counters) {
  if (units.empty())
    throw std::invalid_argument{"a segment needs at least one access unit"};
  const bool audio = what.what == track::kind::aac;
  const auto avc = audio ? avc_config{} : read_avc_config(what.codec_config);
  const auto aac = audio ? read_aac_config(what.codec_config) : aac_config{};
  const auto delay = audio ? 0 : ticks_up(delay_of(what), clock_rate);
  const auto pts = presentation_ticks(units, clock_rate);
  const auto dts = decode_ticks(pts, delay);
  auto after = counters;
  bytes segment;
  byte_writer out{segment};
  write_tables(out, what, after);
  for (std::size_t i = 0; i < units.size(); ++i) {
    const auto& unit = units[i];
    bytes payload;
    if (audio) {
      const auto header = adts_header(aac, unit.bytes.size());
      payload.assign(header.begin(), header.end());
      payload.insert(payload.end(), unit.bytes.begin(), unit.bytes.end());
    } else {
      payload = to_byte_stream(avc, unit.bytes, unit.key);
    }
    const auto decoded = dts[i] - delay;
    const auto pes = pes_packet(audio ? audio_stream : video_stream, on_clock(pts[i]),
                                on_clock(decoded), payload);
    write_packets(out, pes, on_clock(decoded - clock_lead), audio || unit.key, after.stream);
  }
  counters = after;
  return segment;
}

} // namespace vdoc::hls
