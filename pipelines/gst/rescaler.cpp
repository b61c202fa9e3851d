#include "pipelines/gst/rescaler.hpp"

#include "pipelines/fault.hpp"
#include "pipelines/gst/plane_scaler.hpp"

#include <array>
#include <utility>

extern "C" {
#include <libswscale/swscale.h>
}

namespace vdoc::gst {

namespace {

constexpr std::pair<GstVideoFormat, AVPixelFormat> known_formats[] = {
    {GST_VIDEO_FORMAT_I420, AV_PIX_FMT_YUV420P},
    {GST_VIDEO_FORMAT_YV12, AV_PIX_FMT_YUV420P},
    {GST_VIDEO_FORMAT_A420, AV_PIX_FMT_YUVA420P},
    {GST_VIDEO_FORMAT_NV12, AV_PIX_FMT_NV12},
    {GST_VIDEO_FORMAT_NV21, AV_PIX_FMT_NV21},
    {GST_VIDEO_FORMAT_Y42B, AV_PIX_FMT_YUV422P},
    {GST_VIDEO_FORMAT_Y444, AV_PIX_FMT_YUV444P},
    {GST_VIDEO_FORMAT_Y41B, AV_PIX_FMT_YUV411P},
    {GST_VIDEO_FORMAT_YUV9, AV_PIX_FMT_YUV410P},
    {GST_VIDEO_FORMAT_YUY2, AV_PIX_FMT_YUYV422},
    {GST_VIDEO_FORMAT_UYVY, AV_PIX_FMT_UYVY422},
    {GST_VIDEO_FORMAT_I420_10LE, AV_PIX_FMT_YUV420P10LE},
    {GST_VIDEO_FORMAT_I420_12LE, AV_PIX_FMT_YUV420P12LE},
    {GST_VIDEO_FORMAT_I422_10LE, AV_PIX_FMT_YUV422P10LE},
    {GST_VIDEO_FORMAT_I422_12LE, AV_PIX_FMT_YUV422P12LE},
    {GST_VIDEO_FORMAT_Y444_10LE, AV_PIX_FMT_YUV444P10LE},
    {GST_VIDEO_FORMAT_Y444_12LE, AV_PIX_FMT_YUV444P12LE},
    {GST_VIDEO_FORMAT_A420_10LE, AV_PIX_FMT_YUVA420P10LE},
    {GST_VIDEO_FORMAT_A444_10LE, AV_PIX_FMT_YUVA444P10LE},
    {GST_VIDEO_FORMAT_P010_10LE, AV_PIX_FMT_P010LE},
    {GST_VIDEO_FORMAT_GRAY8, AV_PIX_FMT_GRAY8},
    {GST_VIDEO_FORMAT_GRAY16_LE, AV_PIX_FMT_GRAY16LE},
    {GST_VIDEO_FORMAT_GRAY16_BE, AV_PIX_FMT_GRAY16BE},
    {GST_VIDEO_FORMAT_I420_10BE, AV_PIX_FMT_YUV420P10BE},
    {GST_VIDEO_FORMAT_I422_10BE, AV_PIX_FMT_YUV422P10BE},
    {GST_VIDEO_FORMAT_Y444_10BE, AV_PIX_FMT_YUV444P10BE},
    {GST_VIDEO_FORMAT_A422_10LE, AV_PIX_FMT_YUVA422P10LE},
    {GST_VIDEO_FORMAT_RGB8P, AV_PIX_FMT_PAL8},
    {GST_VIDEO_FORMAT_RGB, AV_PIX_FMT_RGB24},
    {GST_VIDEO_FORMAT_BGR, AV_PIX_FMT_BGR24},
    {GST_VIDEO_FORMAT_RGBx, AV_PIX_FMT_RGB0},
    {GST_VIDEO_FORMAT_BGRx, AV_PIX_FMT_BGR0},
    {GST_VIDEO_FORMAT_xRGB, AV_PIX_FMT_0RGB},
    {GST_VIDEO_FORMAT_xBGR, AV_PIX_FMT_0BGR},
    {GST_VIDEO_FORMAT_RGBA, AV_PIX_FMT_RGBA},
    {GST_VIDEO_FORMAT_BGRA, AV_PIX_FMT_BGRA},
    {GST_VIDEO_FORMAT_ARGB, AV_PIX_FMT_ARGB},
    {GST_VIDEO_FORMAT_ABGR, AV_PIX_FMT_ABGR},
    {GST_VIDEO_FORMAT_RGB15, AV_PIX_FMT_RGB555LE},
    {GST_VIDEO_FORMAT_RGB16, AV_PIX_FMT_RGB565LE},
    {GST_VIDEO_FORMAT_GBR, AV_PIX_FMT_GBRP},
    {GST_VIDEO_FORMAT_GBRA, AV_PIX_FMT_GBRAP},
    {GST_VIDEO_FORMAT_GBR_10LE, AV_PIX_FMT_GBRP10LE},
    {GST_VIDEO_FORMAT_GBR_12LE, AV_PIX_FMT_GBRP12LE},
    {GST_VIDEO_FORMAT_GBRA_10LE, AV_PIX_FMT_GBRAP10LE},
    {GST_VIDEO_FORMAT_GBRA_12LE, AV_PIX_FMT_GBRAP12LE},
};

AVPixelFormat pixel_format(GstVideoFormat format) {
  for (const auto& [ours, theirs] : known_formats)
    if (ours == format)
      return theirs;
  return AV_PIX_FMT_NONE;
}

int coefficients_of(matrix which) {
  switch (which) {
  case matrix::bt601:
    return SWS_CS_ITU601;
  case matrix::bt2020:
    return SWS_CS_BT2020;
  case matrix::bt709:
    break;
  }
  return SWS_CS_ITU709;
}

struct planes {
  std::array<std::uint8_t*, 4> at{};
  std::array<int, 4> stride{};
};

/// libswscale wants planes in its own order: G, B, R and Y, U, V, whatever GStreamer stores.
planes planes_of(const GstVideoFrame& frame) {
  planes out;
  const auto count = GST_VIDEO_FRAME_N_PLANES(&frame);
  const bool rgb_planes = GST_VIDEO_INFO_IS_RGB(&frame.info) && count >= 3;
  const bool by_component = count >= 3 && !rgb_planes;
  constexpr std::array<guint, 4> gbra{1, 2, 0, 3}; // components are R, G, B, A
  for (guint i = 0; i < count && i < out.at.size(); ++i) {
    const guint component = rgb_planes ? gbra.at(i) : i;
    const guint plane =
        by_component || rgb_planes ? GST_VIDEO_FRAME_COMP_PLANE(&frame, component) : i;
    out.at.at(i) = static_cast<std::uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, plane));
    out.stride.at(i) = GST_VIDEO_FRAME_PLANE_STRIDE(&frame, plane);
  }
  return out;
}

} // namespace

struct rescaler::context {
  std::unique_ptr<plane_scaler> planes; ///< where it can
  SwsContext* sws = nullptr;
  ~context() { sws_freeContext(sws); }
};

rescaler::rescaler(picture_shape from, picture_shape to, sharpness how, ycbcr meaning)
    : context_{std::make_unique<context>()} {
  if (how == sharpness::bicubic && plane_scaler::can(from, to)) {
    context_->planes = std::make_unique<plane_scaler>(from, to);
    return;
  }
  const int flags = how == sharpness::bicubic ? SWS_BICUBIC : SWS_AREA;
  context_->sws =
      sws_getContext(from.width_px, from.height_px, pixel_format(from.format), to.width_px,
                     to.height_px, pixel_format(to.format), flags, nullptr, nullptr, nullptr);
  if (context_->sws == nullptr)
    throw failure{fault{culprit::ours,
                        std::string{"cannot scale pictures of the format "} +
                            gst_video_format_to_string(from.format),
                        "", "scaler"}};
  // Equal ranges on both sides: libswscale then leaves Y'CbCr alone.
  const auto* table = sws_getCoefficients(coefficients_of(meaning.coefficients));
  const int range = meaning.full_range ? 1 : 0;
  sws_setColorspaceDetails(context_->sws, table, range, table, range, 0, 1 << 16, 1 << 16);
}

rescaler::~rescaler() = default;

void rescaler::run(const GstVideoFrame& from, GstVideoFrame& to) {
  if (context_->planes) {
    context_->planes->run(from, to);
    return;
  }
  const auto in = planes_of(from);
  const auto out = planes_of(to);
  sws_scale(context_->sws, in.at.data(), in.stride.data(), 0, GST_VIDEO_FRAME_HEIGHT(&from),
            out.at.data(), out.stride.data());
}

bool can_rescale(GstVideoFormat format) {
  return pixel_format(format) != AV_PIX_FMT_NONE;
}

matrix usual_matrix(int width_px, int height_px) {
  return height_px < 720 && width_px <= 1024 ? matrix::bt601 : matrix::bt709;
}

} // namespace vdoc::gst
