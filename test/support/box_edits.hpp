#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace vdoc::test {

/// Sets the display matrix of the first video track of an MP4 (ISO 14496-12, 8.3.2): the picture is
/// to be mirrored left to right first, then turned clockwise by 0, 90, 180 or 270 degrees. The
/// track must be the file's first.
void set_orientation(const std::filesystem::path& mp4, bool mirrored, int clockwise_degrees);

/// Makes AAC in an MP4 that says of itself that it is not extended (as ffmpeg writes it: a sync
/// extension of type SBR whose flag is not set, ISO/IEC 14496-3, 1.6.2.1) say that it is, to 48
/// kHz. Its own rate must be 24 kHz.
void signal_band_replication(const std::filesystem::path& mp4);

/// Renames every box `type` to "free": to a reader it is not there. Sizes stay.
void hide_boxes(const std::filesystem::path& mp4, const std::string& type);

/// Keeps the first `share` (0 to 1) of a file.
void truncate_to(const std::filesystem::path& file, double share);

/// Flips `count` bits at places that `seed` decides, all in the file's part from `from` to `to`
/// (0 to 1).
void flip_bits(const std::filesystem::path& file, std::uint32_t seed, int count, double from,
               double to);

/// Makes a WebM of VP8 say that its pictures are of another size, in the container and in every
/// key frame (RFC 6386, 9.1). Both old sizes must be at least 256.
void claim_vp8_size(const std::filesystem::path& webm, int old_width_px, int old_height_px,
                    int width_px, int height_px);

std::string read_file(const std::filesystem::path& file);
void write_file(const std::filesystem::path& file, const std::string& bytes);

} // namespace vdoc::test
