#include "pipelines/gst/clipped_sound.hpp"

#include <gst/audio/audio.h>

#include <algorithm>

namespace vdoc::gst {

fragment::timestamp clipped_off(GstBuffer* buffer, const GstCaps* caps,
                                fragment::timestamp otherwise) {
  const auto* clip = gst_buffer_get_audio_clipping_meta(buffer);
  if (clip == nullptr)
    return otherwise;
  if (clip->format == GST_FORMAT_TIME)
    return fragment::timestamp{static_cast<std::int64_t>(clip->end)};
  int rate_hz = 48'000;
  if (caps != nullptr)
    gst_structure_get_int(gst_caps_get_structure(caps, 0), "rate", &rate_hz);
  return fragment::timestamp{static_cast<std::int64_t>(gst_util_uint64_scale_round(
      clip->end, GST_SECOND, static_cast<guint64>(std::max(rate_hz, 1))))};
}

} // namespace vdoc::gst
