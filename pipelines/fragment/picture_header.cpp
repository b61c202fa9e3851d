#include "pipelines/fragment/picture_header.hpp"

#include <vector>

namespace vdoc::fragment {

namespace {

using bytes_view = std::span<const std::uint8_t>;

/// Calls `see` for every NAL unit of a length-prefixed access unit.
template <class See> void each_nal(bytes_view unit, std::size_t length_bytes, See see) {
  while (unit.size() > length_bytes) {
    std::size_t length = 0;
    for (std::size_t i = 0; i < length_bytes; ++i)
      length = length << 8U | unit[i];
    unit = unit.subspan(length_bytes);
    length = std::min(length, unit.size());
    if (length > 0)
      see(unit.first(length));
    unit = unit.subspan(length);
  }
}

/// Calls `see(code, rest)` for every MPEG start code.
template <class See> void each_start_code(bytes_view unit, See see) {
  for (std::size_t i = 0; i + 3 < unit.size(); ++i)
    if (unit[i] == 0 && unit[i + 1] == 0 && unit[i + 2] == 1) {
      see(unit[i + 3], unit.subspan(i + 4));
      i += 3;
    }
}

std::vector<std::uint8_t> without_emulation_prevention(bytes_view nal) {
  std::vector<std::uint8_t> plain;
  unsigned zeros = 0;
  for (const auto byte : nal) {
    if (zeros >= 2 && byte == 3) {
      zeros = 0;
      continue;
    }
    zeros = byte == 0 ? zeros + 1 : 0;
    plain.push_back(byte);
  }
  return plain;
}

/// True for a recovery point whose recovery_frame_cnt is 0: ue(v) of 0 is a single set bit.
bool recovers_at_once(bytes_view sei) {
  constexpr unsigned recovery_point = 6;
  const auto plain = without_emulation_prevention(sei);
  std::size_t at = 1;
  while (at + 2 < plain.size()) {
    unsigned type = 0;
    unsigned size = 0;
    for (auto* number : {&type, &size}) {
      while (at < plain.size() && plain[at] == 0xff)
        *number += plain[at++];
      if (at < plain.size())
        *number += plain[at++];
    }
    if (type == recovery_point && at < plain.size())
      return (plain[at] & 0x80U) != 0;
    at += size;
  }
  return false;
}

key_kind key_of_h264(bytes_view unit, std::size_t length_bytes) {
  auto idr = false;
  auto recovers = false;
  each_nal(unit, length_bytes, [&](bytes_view nal) {
    const auto type = nal[0] & 0x1fU;
    idr = idr || type == 5;
    recovers = recovers || (type == 6 && recovers_at_once(nal));
  });
  return idr ? key_kind::idr : recovers ? key_kind::open : key_kind::none;
}

key_kind key_of_h265(bytes_view unit, std::size_t length_bytes) {
  auto key = key_kind::none;
  each_nal(unit, length_bytes, [&](bytes_view nal) {
    const auto type = nal[0] >> 1U & 0x3fU;
    if (type == 18 || type == 20) // BLA_N_LP, IDR_N_LP
      key = key_kind::idr;
    else if (type == 19) // IDR_W_RADL
      key = key_kind::closed;
    else if (type >= 16 && type <= 21) // BLA, CRA
      key = key_kind::open;
  });
  return key;
}

picture_header of_mpeg_video(bytes_view unit) {
  picture_header out;
  auto headers = false;
  auto closed = false;
  auto intra = false;
  auto seen = false;
  each_start_code(unit, [&](std::uint8_t code, bytes_view rest) {
    if (code == 0xb3) {
      headers = true;
    } else if (code == 0xb8 && rest.size() > 3) {
      headers = true;
      closed = (rest[3] & 0x40U) != 0;
    } else if (code == 0x00 && rest.size() > 1 && !seen) {
      const auto type = rest[1] >> 3U & 7U;
      intra = type == 1;
      out.kind = type == 3 ? picture_kind::bidirectional : picture_kind::anchor;
      seen = true;
    } else if (code == 0xb5 && rest.size() > 2 && rest[0] >> 4U == 8) {
      const auto structure = rest[2] & 3U;
      out.field = structure == 1 || structure == 2;
    }
  });
  if (intra && headers)
    out.key = closed ? key_kind::closed : key_kind::open;
  return out;
}

picture_header of_mpeg4(bytes_view unit) {
  constexpr std::size_t placeholder_bytes = 7;
  picture_header out;
  auto seen = false;
  each_start_code(unit, [&](std::uint8_t code, bytes_view rest) {
    if (code != 0xb6 || rest.empty() || seen)
      return;
    seen = true;
    const auto type = rest[0] >> 6U;
    if (type == 2)
      out.kind = picture_kind::bidirectional;
    else if (rest.size() <= placeholder_bytes)
      out.kind = picture_kind::absent;
    else if (type == 0)
      out.key = key_kind::open;
  });
  if (!seen)
    out.kind = picture_kind::absent;
  return out;
}

/// A frame header of VP9: marker, profile, show_existing_frame, frame_type, show_frame. A
/// superframe (its last byte is a marker, Annex B) begins with its first frame and ends with the
/// shown one.
picture_header of_vp9(bytes_view unit) {
  picture_header out;
  if (unit.empty() || unit[0] >> 6U != 2)
    return out;
  const auto profile = (unit[0] >> 5U & 1U) | (unit[0] >> 3U & 2U);
  const auto rest = static_cast<unsigned>(unit[0]) << (profile == 3 ? 5U : 4U);
  if ((rest & 0x80U) != 0)
    return out;
  out.key = (rest & 0x40U) == 0 ? key_kind::idr : key_kind::none;
  const auto is_superframe = (unit.back() & 0xe0U) == 0xc0;
  out.hidden = !is_superframe && (rest & 0x20U) == 0;
  return out;
}

} // namespace

picture_header read_picture(const bitstream_format& format, bytes_view bytes, bool container_key) {
  picture_header out;
  const auto key_if = [](bool key, key_kind kind = key_kind::idr) {
    return key ? kind : key_kind::none;
  };
  switch (format.codec) {
  case bitstream::h264:
    out.key = key_of_h264(bytes, format.length_bytes);
    break;
  case bitstream::h265:
    out.key = key_of_h265(bytes, format.length_bytes);
    break;
  case bitstream::mpeg_video:
    return of_mpeg_video(bytes);
  case bitstream::mpeg4:
    return of_mpeg4(bytes);
  case bitstream::vp8:
    out.key = key_if(!bytes.empty() && (bytes[0] & 1U) == 0);
    out.hidden = !bytes.empty() && (bytes[0] & 0x10U) == 0;
    break;
  case bitstream::vp9:
    return of_vp9(bytes);
  case bitstream::theora:
    out.key = key_if(!bytes.empty() && (bytes[0] & 0xc0U) == 0);
    break;
  case bitstream::vc1:
    out.key = key_if(container_key, key_kind::open);
    break;
  case bitstream::other:
    out.key = key_if(container_key);
    break;
  }
  return out;
}

reordering reordering_of(bitstream codec) {
  switch (codec) {
  case bitstream::h264:
  case bitstream::h265:
  case bitstream::vc1:
    return reordering::free;
  case bitstream::mpeg_video:
  case bitstream::mpeg4:
    return reordering::one_anchor;
  default:
    return reordering::none;
  }
}

std::size_t length_bytes_in(bitstream codec, bytes_view configuration) {
  const std::size_t at = codec == bitstream::h264 ? 4 : 21;
  return configuration.size() > at ? (configuration[at] & 3U) + 1 : 4;
}

} // namespace vdoc::fragment
