#pragma once

#include "pipelines/hls/hls.hpp"

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace vdoc::test {

/// A track as the packager gets it, made by an encoder that is not ours.
struct coded_track {
  hls::track what;
  std::vector<fragment::access_unit> units; ///< in decode order
  fragment::timestamp end{0};
};

/// Reads one stream ("v:0", "a:0") of an MP4: ffprobe says where each sample lies and when it is
/// shown. Times are truncated to nanoseconds, as demuxers do. Sound that starts before zero is
/// taken to start with its priming.
coded_track read_coded(const std::filesystem::path& file, const std::string& stream);

/// One segment's units, and the begin of what follows.
struct part {
  std::span<const fragment::access_unit> units;
  fragment::timestamp end{0};
};
/// Cut before every key frame (video), or every `units_each` (audio).
std::vector<part> cut_at_keys(const coded_track& track);
std::vector<part> cut_every(const coded_track& track, std::size_t units_each);

/// Writes the init segment and all segments one after the other, as a player would fetch them.
void write_cmaf(const coded_track& track, const std::vector<part>& parts,
                const std::filesystem::path& file);
void write_transport(const coded_track& track, const std::vector<part>& parts,
                     const std::filesystem::path& file);

/// What ffprobe says of one packet, in ticks; and what it should say.
struct packet {
  std::int64_t pts = 0, dts = 0, duration = 0;
  bool key = false;
  friend bool operator==(const packet&, const packet&) = default;
  friend std::ostream& operator<<(std::ostream& out, const packet& one);
};
std::vector<packet> packets_in(const std::string& file, const std::string& stream);

/// Times in microseconds and checksums of the decoded pictures or sound, one a line.
std::string decoded_sums(const std::string& file, const std::string& stream);

} // namespace vdoc::test
