#pragma once

#include "pipelines/hls/boxes.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace vdoc::hls {

/// Neighbouring samples of one track that lie together in a progressive file.
struct chunk {
  std::uint32_t samples = 0;
  std::uint64_t bytes = 0;
  timestamp begin{0};       ///< decode time, rounded down to the interleave
  std::uint64_t offset = 0; ///< in the file
};

/// All that a progressive file has to know of a track's samples: about 24 bytes each.
class sample_table {
public:
  explicit sample_table(const track& what) : what_{what} {}

  /// In decode order.
  void add(const access_unit& unit);
  /// No more come; `end` is that of the last sample.
  void finish(timestamp end);

  [[nodiscard]] bool empty() const noexcept { return pts_.empty(); }
  [[nodiscard]] const track& what() const noexcept { return what_; }
  [[nodiscard]] std::uint32_t sample_bytes(std::size_t index) const { return bytes_[index]; }
  /// Chunks of `interleave` each, without offsets.
  [[nodiscard]] std::vector<chunk> chunks(timestamp interleave) const;
  /// Durations and the edit list: an empty edit up to the first picture or sound, and what is
  /// shown.
  [[nodiscard]] track_place place(std::uint32_t id, std::uint32_t movie_timescale) const;
  /// stts, ctts, stss, stsc, stsz and stco, or co64 where `large` says so.
  void write_tables(byte_writer& out, std::span<const chunk> chunks, bool large) const;

private:
  [[nodiscard]] std::int64_t duration_of(std::size_t index) const;
  void write_decode_times(byte_writer& out) const;
  void write_composition(byte_writer& out) const;
  void write_sync_samples(byte_writer& out) const;

  track what_;
  std::vector<std::int64_t> pts_, dts_; ///< in ticks; dts are the sorted pts
  std::vector<std::uint32_t> bytes_;
  std::vector<bool> key_;
  std::int64_t reordering_ = 0;
  std::int64_t end_ = 0;
};

} // namespace vdoc::hls
