#pragma once

#include "pipelines/fragment/access_unit.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace vdoc::gst {

/// The end of a packet of sound in a Matroska file that is not to be heard: DiscardPadding of its
/// block (RFC 9559, 5.1.3.5.7). matroskademux (GStreamer 1.22) hands it on for Opus only; encoders
/// of MP3 need it as well.
struct packet_padding {
  std::uint64_t track = 0; ///< its number in the file
  fragment::timestamp at{0};
  fragment::timestamp length{0};
  friend bool operator==(const packet_padding&, const packet_padding&) = default;
};

/// Of the file's last cluster, where tracks end. Nothing where there is none, or what stands there
/// makes no sense; reads 16 MiB at most.
std::vector<packet_padding> read_end_paddings(const std::filesystem::path& source);

/// Of the packet at `at` of the stream that matroskademux names so ("002:1234"); 0 for most.
fragment::timestamp padding_of(const std::vector<packet_padding>& all, const std::string& stream_id,
                               fragment::timestamp at);

} // namespace vdoc::gst
