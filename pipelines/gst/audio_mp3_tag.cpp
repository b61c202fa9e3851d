#include "pipelines/gst/audio_mp3_tag.hpp"

#include <array>
#include <cstring>

namespace vdoc::gst {

namespace {

std::uint32_t big_endian(std::span<const std::uint8_t> bytes, std::size_t at) {
  std::uint32_t out = 0;
  for (std::size_t i = at; i < at + 4; ++i)
    out = out << 8U | bytes[i];
  return out;
}

bool says(std::span<const std::uint8_t> bytes, std::size_t at, const char* word) {
  return bytes.size() >= at + 4 && std::memcmp(bytes.data() + at, word, 4) == 0;
}

/// Bytes of the optional fields between the flags and LAME's part.
std::size_t optional_fields(std::uint32_t flags) {
  return ((flags & 1U) != 0 ? 4U : 0U) + ((flags & 2U) != 0 ? 4U : 0U) +
         ((flags & 4U) != 0 ? 100U : 0U) + ((flags & 8U) != 0 ? 4U : 0U);
}

} // namespace

std::optional<std::int64_t> mp3_tag::length() const noexcept {
  const auto all = static_cast<std::int64_t>(frames) * samples_per_frame - delay - padding;
  if (frames == 0 || delay == 0 || all <= 0)
    return std::nullopt;
  return all;
}

std::optional<mp3_tag> read_mp3_tag(std::span<const std::uint8_t> frame) {
  if (frame.size() < 48 || frame[0] != 0xFF || (frame[1] & 0xE6U) != 0xE2U)
    return std::nullopt; // not layer III
  const bool mpeg1 = (frame[1] & 0x18U) == 0x18U;
  const bool mpeg25 = (frame[1] & 0x18U) == 0;
  const bool mono = (frame[3] & 0xC0U) == 0xC0U;
  constexpr std::array rates{44'100, 48'000, 32'000, 0};
  const std::size_t at = 4 + (mpeg1 ? (mono ? 17 : 32) : (mono ? 9 : 17));
  if (!says(frame, at, "Xing") && !says(frame, at, "Info"))
    return std::nullopt;
  mp3_tag out;
  out.samples_per_frame = mpeg1 ? 1152 : 576;
  out.rate_hz = rates[frame[2] >> 2U & 3U] / (mpeg1 ? 1 : mpeg25 ? 4 : 2);
  const auto flags = big_endian(frame, at + 4);
  if ((flags & 1U) != 0)
    out.frames = big_endian(frame, at + 8);
  const auto lame = at + 8 + optional_fields(flags);
  if (frame.size() < lame + 24 ||
      (!says(frame, lame, "LAME") && !says(frame, lame, "Lavf") && !says(frame, lame, "Lavc")))
    return out;
  const auto delays = big_endian(frame, lame + 20); // a byte of something else, then 12 bits each
  out.delay = static_cast<int>(delays >> 12U & 0xFFFU);
  out.padding = static_cast<int>(delays & 0xFFFU);
  return out;
}

} // namespace vdoc::gst
