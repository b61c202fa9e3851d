#include "pipelines/gst/pictures.hpp"

#include "pipelines/fragment/aside_name.hpp"
#include "pipelines/fragment/result_names.hpp"
#include "pipelines/gst/owned.hpp"

#include <jpeglib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <numbers>
#include <system_error>

namespace vdoc::gst {

namespace {

constexpr int widest_px = 960;
constexpr int jpeg_quality = 82;
constexpr int hashed_px = 32;
constexpr auto shortly_after = std::chrono::milliseconds{250}; ///< one picture is enough

std::vector<std::uint8_t> jpeg_of(const GstVideoFrame& rgb) {
  jpeg_compress_struct job{};
  jpeg_error_mgr errors{};
  job.err = jpeg_std_error(&errors);
  jpeg_create_compress(&job);
  unsigned char* made = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&job, &made, &size);
  job.image_width = static_cast<JDIMENSION>(GST_VIDEO_FRAME_WIDTH(&rgb));
  job.image_height = static_cast<JDIMENSION>(GST_VIDEO_FRAME_HEIGHT(&rgb));
  job.input_components = 3;
  job.in_color_space = JCS_RGB;
  jpeg_set_defaults(&job);
  jpeg_set_quality(&job, jpeg_quality, TRUE);
  job.dct_method = JDCT_ISLOW;
  jpeg_start_compress(&job, TRUE);
  auto* pixels = static_cast<std::uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&rgb, 0));
  const auto stride = static_cast<std::size_t>(GST_VIDEO_FRAME_PLANE_STRIDE(&rgb, 0));
  while (job.next_scanline < job.image_height) {
    JSAMPROW row = pixels + job.next_scanline * stride;
    jpeg_write_scanlines(&job, &row, 1);
  }
  jpeg_finish_compress(&job);
  std::vector<std::uint8_t> out{made, made + size};
  jpeg_destroy_compress(&job);
  std::free(made); // jpeg_mem_dest gives it to us
  return out;
}

ycbcr meaning_of(const std::string& colorimetry) {
  GstVideoColorimetry read{};
  gst_video_colorimetry_from_string(&read, colorimetry.c_str());
  ycbcr out;
  out.full_range = read.range == GST_VIDEO_COLOR_RANGE_0_255;
  if (read.matrix == GST_VIDEO_COLOR_MATRIX_BT601)
    out.coefficients = matrix::bt601;
  else if (read.matrix == GST_VIDEO_COLOR_MATRIX_BT2020)
    out.coefficients = matrix::bt2020;
  return out;
}

/// A picture in memory of our own, mapped for as long as it lives.
class canvas {
public:
  explicit canvas(picture_shape shape) {
    gst_video_info_set_format(&info_, shape.format, static_cast<guint>(shape.width_px),
                              static_cast<guint>(shape.height_px));
    // libswscale's vector code makes eight pixels at once: what is left of a row that has no room
    // for eight more stays as it was, and of the last row it writes past the end.
    GstVideoAlignment room_in_rows;
    gst_video_alignment_reset(&room_in_rows);
    room_in_rows.padding_right = static_cast<guint>(-shape.width_px & 7);
    gst_video_info_align(&info_, &room_in_rows);
    GstAllocationParams room;
    gst_allocation_params_init(&room);
    room.align = 63;
    room.padding = 256;
    buffer_.reset(gst_buffer_new_allocate(nullptr, info_.size, &room));
    gst_video_frame_map(&frame_, &info_, buffer_.get(), GST_MAP_READWRITE);
  }
  ~canvas() { gst_video_frame_unmap(&frame_); }
  canvas(const canvas&) = delete;
  canvas& operator=(const canvas&) = delete;
  GstVideoFrame& frame() { return frame_; }

private:
  GstVideoInfo info_{};
  owned<GstBuffer> buffer_;
  GstVideoFrame frame_{};
};

} // namespace

std::uint64_t perceptual_hash(const std::array<std::uint8_t, 1024>& luma) {
  constexpr int low = 8;
  static const auto cosines = [] {
    std::array<std::array<double, hashed_px>, low> out{};
    for (int k = 0; k < low; ++k)
      for (int x = 0; x < hashed_px; ++x)
        out.at(k).at(x) = std::cos(std::numbers::pi * k * (2 * x + 1) / (2 * hashed_px));
    return out;
  }();
  std::array<std::array<double, low>, hashed_px> rows{};
  for (int y = 0; y < hashed_px; ++y)
    for (int k = 0; k < low; ++k)
      for (int x = 0; x < hashed_px; ++x)
        rows.at(y).at(k) += luma.at(y * hashed_px + x) * cosines.at(k).at(x);
  std::array<double, std::size_t{low} * low> found{};
  for (int v = 0; v < low; ++v)
    for (int u = 0; u < low; ++u)
      for (int y = 0; y < hashed_px; ++y)
        found.at(v * low + u) += rows.at(y).at(u) * cosines.at(v).at(y);
  // The mean brightness says nothing about what is to be seen.
  found[0] = 0;
  auto sorted = found;
  std::nth_element(sorted.begin(), sorted.begin() + 32, sorted.end());
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < found.size(); ++i)
    out |= std::uint64_t{found.at(i) > sorted.at(32) ? 1U : 0U} << i;
  return out;
}

picture_shape shrunk(int width_px, int height_px, int largest_px) {
  const int longest = std::max(width_px, height_px);
  const double by = std::min(1.0, static_cast<double>(largest_px) / longest);
  const auto even = [&](int px) { return std::max(2, static_cast<int>(px * by) / 2 * 2); };
  return {GST_VIDEO_FORMAT_RGB, even(width_px), even(height_px)};
}

void write_whole(const std::filesystem::path& file, const void* bytes, std::size_t size) {
  try {
    std::filesystem::create_directories(file.parent_path());
    const auto aside = fragment::aside_name(file);
    errno = 0;
    std::ofstream out{aside, std::ios::binary | std::ios::trunc};
    out.write(static_cast<const char*>(bytes), static_cast<std::streamsize>(size));
    out.close();
    if (!out)
      throw std::system_error{errno, std::generic_category(), "cannot write " + file.string()};
    std::filesystem::rename(aside, file);
  } catch (const std::system_error& why) {
    throw failure{fault{culprit::peer, why.what(), "make room on the disk", "pictures"}};
  }
}

struct picture_taker::tools {
  GstVideoInfo info{};
  canvas small;
  canvas thumb{{GST_VIDEO_FORMAT_GRAY8, hashed_px, hashed_px}};
  rescaler shrink;
  rescaler squeeze;

  tools(const GstVideoInfo& from, const std::string& colorimetry)
      : info{from}, small{shrunk(from.width, from.height, widest_px)},
        shrink{{GST_VIDEO_INFO_FORMAT(&from), from.width, from.height},
               shrunk(from.width, from.height, widest_px),
               sharpness::bicubic,
               meaning_of(colorimetry)},
        squeeze{{GST_VIDEO_INFO_FORMAT(&from), from.width, from.height},
                {GST_VIDEO_FORMAT_GRAY8, hashed_px, hashed_px},
                sharpness::area} {}
};

picture_taker::picture_taker(std::filesystem::path work, const fragment::fragment& piece,
                             std::chrono::nanoseconds every, std::string colorimetry)
    : work_{std::move(work)}, fragment_{piece.index}, every_{every}, colorimetry_{
                                                                         std::move(colorimetry)} {}

picture_taker::~picture_taker() = default;

void picture_taker::see(GstSample* sample, fragment::timestamp pts) {
  if (!tools_) {
    GstVideoInfo info;
    gst_video_info_from_caps(&info, gst_sample_get_caps(sample));
    tools_ = std::make_unique<tools>(info, colorimetry_);
  }
  GstVideoFrame picture;
  if (!gst_video_frame_map(&picture, &tools_->info, gst_sample_get_buffer(sample), GST_MAP_READ))
    throw failure{fault{culprit::ours, "a decoded picture cannot be read", "", "pictures"}};
  const bool changed = changes_.settled_at(picture, pts);
  const auto since = taken_.empty() ? every_ : pts - taken_.back().pts;
  if (since >= every_ || (changed && since >= shortly_after))
    take(picture, pts);
  gst_video_frame_unmap(&picture);
}

void picture_taker::take(GstVideoFrame& from, fragment::timestamp pts) {
  changes_.remember();
  tools_->shrink.run(from, tools_->small.frame());
  tools_->squeeze.run(from, tools_->thumb.frame());

  picture out;
  out.pts = pts;
  const auto& thumb = tools_->thumb.frame();
  const auto* luma = static_cast<const std::uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&thumb, 0));
  std::array<std::uint8_t, 1024> square{};
  std::copy_n(luma, square.size(), square.begin());
  out.hash = perceptual_hash(square);
  for (std::size_t i = 0; i < out.luma.size(); ++i) {
    const auto at = i / 16 * 64 + i % 16 * 2; // of the upper left of four
    out.luma.at(i) = static_cast<std::uint8_t>(
        (square.at(at) + square.at(at + 1) + square.at(at + 32) + square.at(at + 33) + 2) / 4);
  }
  std::array<char, 16> number{};
  std::snprintf(number.data(), number.size(), "%03zu.jpg", taken_.size());
  out.jpeg = fragment::pictures_of(fragment_) + number.data();
  const auto bytes = jpeg_of(tools_->small.frame());
  write_whole(work_ / out.jpeg, bytes.data(), bytes.size());
  taken_.push_back(std::move(out));
}

} // namespace vdoc::gst
