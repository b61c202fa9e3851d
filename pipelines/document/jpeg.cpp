#include "pipelines/document/jpeg.hpp"

#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

// libjpeg wants size_t and FILE declared before it.
#include <jpeglib.h>

namespace vdoc::document {

namespace {

constexpr int largest_side_px = 16'384;

struct error_exit {
  jpeg_error_mgr base;
  std::jmp_buf back;
};

[[noreturn]] void leave(j_common_ptr codec) {
  std::longjmp(reinterpret_cast<error_exit*>(codec->err)->back, 1);
}

void stay_silent(j_common_ptr /*codec*/) {}

/// Errors jump to where `setjmp` was called: no object with a destructor may live in between, so
/// everything that owns memory is the caller's.
jpeg_error_mgr* quiet_errors(error_exit& errors) {
  jpeg_std_error(&errors.base);
  errors.base.error_exit = leave;
  errors.base.output_message = stay_silent;
  return &errors.base;
}

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

bool begin_reading(jpeg_decompress_struct& codec, const std::string& bytes) {
  jpeg_mem_src(&codec, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  if (jpeg_read_header(&codec, TRUE) != JPEG_HEADER_OK)
    return false;
  return codec.image_width <= largest_side_px && codec.image_height <= largest_side_px;
}

bool decode_size(const std::string& bytes, image_size& size) {
  jpeg_decompress_struct codec{};
  error_exit errors{};
  codec.err = quiet_errors(errors);
  if (setjmp(errors.back) != 0) {
    jpeg_destroy_decompress(&codec);
    return false;
  }
  jpeg_create_decompress(&codec);
  const bool good = begin_reading(codec, bytes);
  size = {static_cast<int>(codec.image_width), static_cast<int>(codec.image_height)};
  jpeg_destroy_decompress(&codec);
  return good;
}

/// The largest divisor that libjpeg does within its transform for free.
unsigned shrink_by(const jpeg_decompress_struct& codec, image_size at_least) {
  unsigned by = 8;
  while (by > 1 && (static_cast<int>(codec.image_width / by) < at_least.width_px ||
                    static_cast<int>(codec.image_height / by) < at_least.height_px))
    by /= 2;
  return by;
}

bool decode(const std::string& bytes, image_size at_least, image& out) {
  jpeg_decompress_struct codec{};
  error_exit errors{};
  codec.err = quiet_errors(errors);
  if (setjmp(errors.back) != 0) {
    jpeg_destroy_decompress(&codec);
    return false;
  }
  jpeg_create_decompress(&codec);
  if (!begin_reading(codec, bytes)) {
    jpeg_destroy_decompress(&codec);
    return false;
  }
  codec.scale_num = 1;
  codec.scale_denom = shrink_by(codec, at_least);
  codec.out_color_space = JCS_RGB;
  jpeg_start_decompress(&codec);
  out.size = {static_cast<int>(codec.output_width), static_cast<int>(codec.output_height)};
  const std::size_t stride = std::size_t{codec.output_width} * 3;
  out.rgb.resize(stride * codec.output_height);
  while (codec.output_scanline < codec.output_height) {
    JSAMPROW row = out.rgb.data() + stride * codec.output_scanline;
    jpeg_read_scanlines(&codec, &row, 1);
  }
  jpeg_finish_decompress(&codec);
  jpeg_destroy_decompress(&codec);
  return true;
}

bool encode(const image& picture, int quality, unsigned char** bytes, unsigned long* size) {
  jpeg_compress_struct codec{};
  error_exit errors{};
  codec.err = quiet_errors(errors);
  if (setjmp(errors.back) != 0) {
    jpeg_destroy_compress(&codec);
    return false;
  }
  jpeg_create_compress(&codec);
  jpeg_mem_dest(&codec, bytes, size);
  codec.image_width = static_cast<JDIMENSION>(picture.size.width_px);
  codec.image_height = static_cast<JDIMENSION>(picture.size.height_px);
  codec.input_components = 3;
  codec.in_color_space = JCS_RGB;
  jpeg_set_defaults(&codec);
  jpeg_set_quality(&codec, quality, TRUE);
  codec.optimize_coding = TRUE;
  jpeg_start_compress(&codec, TRUE);
  const std::size_t stride = std::size_t{codec.image_width} * 3;
  while (codec.next_scanline < codec.image_height) {
    auto* row = const_cast<JSAMPROW>(picture.rgb.data() + stride * codec.next_scanline);
    jpeg_write_scanlines(&codec, &row, 1);
  }
  jpeg_finish_compress(&codec);
  jpeg_destroy_compress(&codec);
  return true;
}

} // namespace

std::optional<image_size> jpeg_size(const std::filesystem::path& file) {
  const std::string bytes = bytes_of(file);
  image_size size;
  if (bytes.empty() || !decode_size(bytes, size))
    return std::nullopt;
  return size;
}

std::optional<image> read_jpeg(const std::filesystem::path& file, image_size at_least) {
  const std::string bytes = bytes_of(file);
  image picture;
  if (bytes.empty() || !decode(bytes, at_least, picture))
    return std::nullopt;
  return picture;
}

std::string encode_jpeg(const image& picture, int quality) {
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  const bool good = encode(picture, quality, &bytes, &size);
  std::string out;
  if (good)
    out.assign(reinterpret_cast<const char*>(bytes), size);
  std::free(bytes);
  if (!good)
    throw std::runtime_error{"cannot encode a picture of " + std::to_string(picture.size.width_px) +
                             " x " + std::to_string(picture.size.height_px)};
  return out;
}

image scaled(const image& picture, image_size to) {
  image out{to, std::vector<std::uint8_t>(static_cast<std::size_t>(to.width_px) *
                                          static_cast<std::size_t>(to.height_px) * 3)};
  const auto edge = [](int at, int from, int count) {
    return static_cast<int>(static_cast<std::int64_t>(at) * from / count);
  };
  std::size_t next = 0;
  for (int y = 0; y < to.height_px; ++y) {
    const int top = edge(y, picture.size.height_px, to.height_px);
    const int bottom = std::max(top + 1, edge(y + 1, picture.size.height_px, to.height_px));
    for (int x = 0; x < to.width_px; ++x) {
      const int left = edge(x, picture.size.width_px, to.width_px);
      const int right = std::max(left + 1, edge(x + 1, picture.size.width_px, to.width_px));
      unsigned sum[3] = {};
      for (int row = top; row < bottom; ++row)
        for (int column = left; column < right; ++column) {
          const auto at =
              (static_cast<std::size_t>(row) * static_cast<std::size_t>(picture.size.width_px) +
               static_cast<std::size_t>(column)) *
              3;
          for (std::size_t part = 0; part < 3; ++part)
            sum[part] += picture.rgb[at + part];
        }
      const auto count = static_cast<unsigned>((bottom - top) * (right - left));
      for (const unsigned part : sum)
        out.rgb[next++] = static_cast<std::uint8_t>((part + count / 2) / count);
    }
  }
  return out;
}

} // namespace vdoc::document
