#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace vdoc::test {

/// One PES packet: for video an access unit, for audio one or more frames. 90 kHz.
struct pes_seen {
  std::int64_t pts = 0, dts = 0;
  std::string payload;
};

/// What one MPEG-TS segment with one elementary stream holds (ISO 13818-1).
struct transport_segment {
  bool begins_with_tables = false; ///< PAT, then PMT, before any media
  int stream_type = 0;             ///< 0x1b H.264, 0x0f AAC in ADTS
  std::vector<pes_seen> units;
};

/// Reads segments that follow each other, and keeps the continuity counters between them.
class transport_reader {
public:
  /// Throws std::runtime_error for what is no transport stream.
  transport_segment read(std::string_view bytes);
  /// Counters that did not go on, over all segments read: "PID 256 packet 12: 3 after 1".
  [[nodiscard]] const std::vector<std::string>& breaks() const noexcept { return breaks_; }

private:
  void count(int pid, int counter, bool payload, std::size_t packet);
  std::map<int, int> counters_;
  std::vector<std::string> breaks_;
  int map_pid_ = -1;
  int media_pid_ = -1;
};

} // namespace vdoc::test
