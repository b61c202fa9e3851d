#pragma once

#include "pipelines/fragment/cutter.hpp"
#include "pipelines/fragment/display_order.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace vdoc::fragment {

/// The codecs whose access units are looked into; all others rely on what the container says.
enum class bitstream : unsigned char {
  h264,
  h265,
  mpeg_video,
  mpeg4,
  vp8,
  vp9,
  theora,
  vc1,
  other
};

/// How a stream's access units are to be read.
struct bitstream_format {
  bitstream codec = bitstream::other;
  std::size_t length_bytes = 4; ///< H.264, HEVC: size of a NAL unit's length (avcC, hvcC)
  friend bool operator==(const bitstream_format&, const bitstream_format&) = default;
};

/// What an access unit's own headers say.
struct picture_header {
  key_kind key = key_kind::none;
  picture_kind kind = picture_kind::anchor;
  bool hidden = false; ///< a reference that is never shown (VP8 alternate reference)
  bool field = false;  ///< half a picture (MPEG-2 field picture): two follow each other
};

/// Reads the headers of one access unit. Containers and parsers call every intra picture a key
/// frame, or none; here only that is one where decoding may start: IDR, CRA, recovery point with
/// nothing to wait for (ITU-T H.264 7.4.1.2.4 and D.2.8, H.265 7.4.2.2), I picture with a sequence
/// or group header (ISO 13818-2 6.2), I-VOP, intra frame (RFC 6386 9.1, VP9 6.2, Theora 7.1).
/// `container_key` counts for other codecs. Never fails: what cannot be read is no key frame.
picture_header read_picture(const bitstream_format& format, std::span<const std::uint8_t> bytes,
                            bool container_key);

reordering reordering_of(bitstream codec);

/// Size of a NAL unit's length from the decoder configuration (avcC or hvcC).
std::size_t length_bytes_in(bitstream codec, std::span<const std::uint8_t> configuration);

} // namespace vdoc::fragment
