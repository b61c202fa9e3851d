#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

namespace vdoc::test {

/// A picture and a sound that can be recognised again after any encoder, size or rate.
///
/// Every frame carries its number: the top eighth of the picture is 16 blocks, white for 1, black
/// for 0, most significant bit left; the eighth below is the same inverted, so that a frame that
/// was blended, shifted, mirrored or turned does not read as another number. The bottom quarter is
/// white in *flashes*: from the first frame at or after every `flash_every_s`, for 80 ms. The sound
/// is a soft hum with a loud burst of 1 kHz, 20 ms long, that begins exactly with each flash.
struct master_spec {
  int width_px = 320;
  int height_px = 180;
  int fps_numerator = 25;
  int fps_denominator = 1;
  int frames = 150;
  int flash_every_s = 1;
  int rate_hz = 48'000;

  [[nodiscard]] double seconds() const {
    return static_cast<double>(frames) * fps_denominator / fps_numerator;
  }
  /// Names the spec in file names.
  [[nodiscard]] std::string name() const;
};

/// Raises this when the drawing changes: cached media of before are then not used again.
inline constexpr int master_version = 2;

/// The lossless master (Matroska: H.264 at qp 0, 4:2:0 or 4:4:4 for odd sizes, and stereo PCM),
/// made in `cache` unless it lies there.
std::filesystem::path coded_master(const master_spec& spec, const std::filesystem::path& cache);

/// A decoded frame, shrunk to this size in grey, is enough to read it.
inline constexpr int reading_width_px = 64;
inline constexpr int reading_height_px = 48;
inline constexpr std::size_t reading_bytes = std::size_t{64} * 48;

/// The number in a shrunk frame; nullopt when the blocks contradict each other.
std::optional<int> read_number(std::span<const std::uint8_t, reading_bytes> grey);
bool read_flash(std::span<const std::uint8_t, reading_bytes> grey);

} // namespace vdoc::test
