#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace vdoc::document {

struct image_size {
  int width_px = 0, height_px = 0;
  friend bool operator==(const image_size&, const image_size&) = default;
};

/// RGB, 8 bits each, row by row without padding.
struct image {
  image_size size;
  std::vector<std::uint8_t> rgb;
};

/// From the header alone. Nothing when it cannot be read or is no JPEG.
std::optional<image_size> jpeg_size(const std::filesystem::path& file);

/// Decodes, already scaled down by a power of two as long as it stays at least as large as
/// `at_least` in both directions. Nothing when it cannot be read or is damaged.
std::optional<image> read_jpeg(const std::filesystem::path& file, image_size at_least);

/// `quality` from 1 to 100. Throws std::runtime_error when the image has no pixels.
std::string encode_jpeg(const image& picture, int quality);

/// Mean over the source's pixels that fall into each new one; for making things smaller.
image scaled(const image& picture, image_size to);

} // namespace vdoc::document
