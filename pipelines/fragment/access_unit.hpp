#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace vdoc::fragment {

/// A point on the job's timeline, or a span of it. Zero is the first picture or sound of the
/// source, whichever comes first; it is negative only for what is decoded but never shown.
using timestamp = std::chrono::nanoseconds;

/// "The container did not say." Legal for `access_unit::dts` always, for `pts` only in a stream
/// whose `stream_format::ordered_only` is set.
inline constexpr timestamp unknown_time{INT64_MIN};

/// One compressed picture, or one frame of compressed audio, exactly as the parser gave it.
struct access_unit {
  timestamp pts = unknown_time;
  timestamp dts = unknown_time;
  timestamp duration{0};
  bool key = false; ///< decoding may start here
  std::vector<std::uint8_t> bytes;

  friend bool operator==(const access_unit&, const access_unit&) = default;
};

/// What a decoder needs to know before the first access unit.
struct stream_format {
  std::string caps; ///< GStreamer caps with codec_data: "video/x-h264, stream-format=avc, ..."
  bool ordered_only =
      false; ///< pts are worthless (AVI with B-frames): the n-th picture out gets the n-th dts
  friend bool operator==(const stream_format&, const stream_format&) = default;
};

/// What a format and a unit take in a run's file, for who has to say where a prefix ends.
std::uint64_t stored_size(const stream_format& format);
std::uint64_t stored_size(const access_unit& unit);

/// Appends access units to a file, so that any prefix that ends on a unit is itself readable.
/// Layout: "VDAU1\n", u32 length of the caps, caps, u8 flags, then per unit: i64 pts, i64 dts,
/// i64 duration (ns), u32 size, u32 key (host byte order), bytes. One thread; owns the file.
class access_unit_writer {
public:
  /// Creates or truncates `file`. Throws std::system_error with errno (disk full, no permission).
  access_unit_writer(std::filesystem::path file, const stream_format& format);
  /// Throws std::system_error when the disk is full.
  void append(const access_unit& unit);
  /// Bytes that a reader may take once this returns: everything appended so far is in the file.
  std::uint64_t flush();
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

private:
  void put(const void* bytes, std::size_t size);
  std::filesystem::path path_;
  std::ofstream out_;
  std::uint64_t written_ = 0;
};

/// Reads what `access_unit_writer` wrote, up to `limit` bytes of the file.
class access_unit_reader {
public:
  /// Throws std::runtime_error when the file is not ours or is shorter than it says.
  explicit access_unit_reader(const std::filesystem::path& file, std::uint64_t limit = UINT64_MAX);
  [[nodiscard]] const stream_format& format() const noexcept { return format_; }
  /// False at the limit or the end of the file.
  bool next(access_unit& unit);
  /// Lets the reader go on up to a new limit (the same file has grown).
  void extend(std::uint64_t limit) { limit_ = limit; }

private:
  void take(void* bytes, std::size_t size);
  std::filesystem::path path_;
  std::ifstream in_;
  std::uint64_t limit_;
  std::uint64_t position_ = 0;
  stream_format format_;
};

/// All units of a file at once.
std::vector<access_unit> read_all(const std::filesystem::path& file,
                                  std::uint64_t limit = UINT64_MAX);

} // namespace vdoc::fragment
