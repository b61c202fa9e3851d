#include "pipelines/gst/plane_scaler.hpp"

#include "pipelines/fault.hpp"
#include "pipelines/gst/rescaler.hpp"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <zimg.h>

namespace vdoc::gst {

namespace {

constexpr std::size_t alignment = 64; ///< of rows; libzimg wants 32
constexpr guint planes = 3;

std::size_t aligned(std::size_t size) {
  return (size + alignment - 1) & ~(alignment - 1);
}

struct freeing {
  void operator()(void* it) const noexcept { std::free(it); }
};
using block = std::unique_ptr<std::uint8_t, freeing>;

block new_block(std::size_t bytes) {
  block out{static_cast<std::uint8_t*>(std::aligned_alloc(alignment, aligned(bytes)))};
  if (!out)
    throw std::bad_alloc{};
  return out;
}

zimg_image_format format_of(const picture_shape& shape) {
  zimg_image_format out;
  zimg_image_format_default(&out, ZIMG_API_VERSION);
  out.width = static_cast<unsigned>(shape.width_px);
  out.height = static_cast<unsigned>(shape.height_px);
  out.pixel_type = ZIMG_PIXEL_BYTE;
  out.subsample_w = 1;
  out.subsample_h = 1;
  out.color_family = ZIMG_COLOR_YUV;
  out.pixel_range = ZIMG_RANGE_LIMITED;     // the same on both sides: nothing is converted
  out.chroma_location = ZIMG_CHROMA_CENTER; // as ffmpeg's scale filter: chroma does not move
  return out;
}

bool begins_well(const GstVideoFrame& frame) {
  for (guint i = 0; i < planes; ++i) {
    const auto at = reinterpret_cast<std::uintptr_t>(GST_VIDEO_FRAME_PLANE_DATA(&frame, i));
    const auto stride = static_cast<std::size_t>(GST_VIDEO_FRAME_PLANE_STRIDE(&frame, i));
    if (at % alignment != 0 || stride % alignment != 0)
      return false;
  }
  return true;
}

/// Three planes with rows that begin where SIMD wants them to: of a frame, or of our own.
struct rows {
  std::array<std::uint8_t*, planes> at{};
  std::array<std::size_t, planes> stride{};
};

rows rows_of(const GstVideoFrame& frame) {
  rows out;
  for (guint i = 0; i < planes; ++i) {
    out.at.at(i) = static_cast<std::uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, i));
    out.stride.at(i) = static_cast<std::size_t>(GST_VIDEO_FRAME_PLANE_STRIDE(&frame, i));
  }
  return out;
}

class spare_picture {
public:
  rows of_shape(const GstVideoFrame& like) {
    rows out;
    std::array<std::size_t, planes> begin{};
    std::size_t bytes = 0;
    for (guint i = 0; i < planes; ++i) {
      out.stride.at(i) = aligned(static_cast<std::size_t>(GST_VIDEO_FRAME_COMP_WIDTH(&like, i)));
      begin.at(i) = bytes;
      bytes += out.stride.at(i) * static_cast<std::size_t>(GST_VIDEO_FRAME_COMP_HEIGHT(&like, i));
    }
    if (!memory_)
      memory_ = new_block(bytes);
    for (guint i = 0; i < planes; ++i)
      out.at.at(i) = memory_.get() + begin.at(i);
    return out;
  }

private:
  block memory_;
};

void copy(const rows& from, const rows& to, const GstVideoFrame& shape) {
  for (guint i = 0; i < planes; ++i)
    for (int y = 0; y < GST_VIDEO_FRAME_COMP_HEIGHT(&shape, i); ++y)
      std::memcpy(to.at.at(i) + to.stride.at(i) * static_cast<std::size_t>(y),
                  from.at.at(i) + from.stride.at(i) * static_cast<std::size_t>(y),
                  static_cast<std::size_t>(GST_VIDEO_FRAME_COMP_WIDTH(&shape, i)));
}

failure refused(const char* doing) {
  std::array<char, 256> why{};
  zimg_get_last_error(why.data(), why.size());
  return failure{fault{culprit::ours, std::string{doing} + ": " + why.data(), "", "scaler"}};
}

} // namespace

struct plane_scaler::plan {
  zimg_filter_graph* graph = nullptr;
  block scratch;
  spare_picture spare_in, spare_out;
  ~plan() { zimg_filter_graph_free(graph); }
};

bool plane_scaler::can(const picture_shape& from, const picture_shape& to) {
  const auto fits = [](const picture_shape& one) {
    return one.format == GST_VIDEO_FORMAT_I420 && one.width_px % 2 == 0 && one.height_px % 2 == 0;
  };
  return fits(from) && fits(to);
}

plane_scaler::plane_scaler(const picture_shape& from, const picture_shape& to)
    : plan_{std::make_unique<plan>()} {
  zimg_graph_builder_params how;
  zimg_graph_builder_params_default(&how, ZIMG_API_VERSION);
  how.resample_filter = how.resample_filter_uv = ZIMG_RESIZE_BICUBIC;
  how.filter_param_a = how.filter_param_a_uv = 0.0;
  how.filter_param_b = how.filter_param_b_uv = 0.6; // libswscale's, unless told otherwise
  how.dither_type = ZIMG_DITHER_NONE;
  how.cpu_type = ZIMG_CPU_AUTO_64B;
  const auto in = format_of(from);
  const auto out = format_of(to);
  plan_->graph = zimg_filter_graph_build(&in, &out, &how);
  if (plan_->graph == nullptr)
    throw refused("cannot scale pictures");
  std::size_t bytes = 0;
  if (zimg_filter_graph_get_tmp_size(plan_->graph, &bytes) != ZIMG_ERROR_SUCCESS)
    throw refused("cannot scale pictures");
  plan_->scratch = new_block(bytes);
}

plane_scaler::~plane_scaler() = default;

void plane_scaler::run(const GstVideoFrame& from, GstVideoFrame& to) {
  auto source = rows_of(from);
  if (!begins_well(from)) {
    source = plan_->spare_in.of_shape(from);
    copy(rows_of(from), source, from);
  }
  const bool direct = begins_well(to);
  const auto target = direct ? rows_of(to) : plan_->spare_out.of_shape(to);
  zimg_image_buffer_const in{ZIMG_API_VERSION, {}};
  zimg_image_buffer out{ZIMG_API_VERSION, {}};
  for (guint i = 0; i < planes; ++i) {
    in.plane[i] = {source.at.at(i), static_cast<std::ptrdiff_t>(source.stride.at(i)),
                   ZIMG_BUFFER_MAX};
    out.plane[i] = {target.at.at(i), static_cast<std::ptrdiff_t>(target.stride.at(i)),
                    ZIMG_BUFFER_MAX};
  }
  if (zimg_filter_graph_process(plan_->graph, &in, &out, plan_->scratch.get(), nullptr, nullptr,
                                nullptr, nullptr) != ZIMG_ERROR_SUCCESS)
    throw refused("scaling failed");
  if (!direct)
    copy(target, rows_of(to), to);
}

} // namespace vdoc::gst
