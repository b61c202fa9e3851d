#include "pipelines/gst/aac_encoder.hpp"

#include "pipelines/gst/audio_timeline.hpp"

#include <gst/audio/audio.h>

#include <algorithm>

namespace vdoc::gst {

fragment::timestamp sample_time(std::int64_t sample, int rate_hz) {
  return fragment::timestamp{rescaled(sample, 1'000'000'000, rate_hz)};
}

graph aac_encoder::plan(int channels, int rate_hz, int bitrate_bps) {
  const std::string caps =
      "audio/x-raw, format=F32LE, layout=interleaved, rate=" + std::to_string(rate_hz) +
      ", channels=" + std::to_string(channels) +
      (channels == 1 ? "" : ", channel-mask=(bitmask)0x3");
  // Unless told not to, gst-libav has every band coded as mid and side, whatever is in it; what
  // only one channel has is then lost on its way or comes from both. libavcodec's own choice, band
  // by band, is a third value that a property of GStreamer's cannot have.
  graph out;
  return out.then(conveyor_in(caps))
      .then(
          {"avenc_aac", "encoder", {{"bitrate", std::to_string(bitrate_bps)}, {"aac-ms", "false"}}})
      .then(conveyor_out(""));
}

aac_encoder::aac_encoder(int channels, int rate_hz, int bitrate_bps, taker take,
                         std::atomic<std::uint64_t>& progress)
    : channels_{channels}, rate_hz_{rate_hz}, take_{std::move(take)},
      line_{plan(channels, rate_hz, bitrate_bps),
            [this](GstSample* sample) { this->take(sample); },
            {},
            progress} {}

void aac_encoder::push(std::span<const std::uint8_t> samples) {
  if (samples.empty())
    return;
  owned<GstBuffer> buffer{gst_buffer_new_memdup(samples.data(), samples.size())};
  GST_BUFFER_PTS(buffer.get()) =
      static_cast<GstClockTime>(sample_time(static_cast<std::int64_t>(pushed_), rate_hz_).count());
  pushed_ += samples.size() / (sizeof(float) * channels_);
  line_.push(std::move(buffer));
}

void aac_encoder::take(GstSample* sample) {
  if (caps_.empty()) {
    GstCaps* caps = gst_sample_get_caps(sample);
    const owned<char> text{gst_caps_to_string(caps)};
    caps_ = text.get();
    const GValue* config = gst_structure_get_value(gst_caps_get_structure(caps, 0), "codec_data");
    if (config != nullptr) {
      GstBuffer* bytes = gst_value_get_buffer(config);
      config_.resize(gst_buffer_get_size(bytes));
      gst_buffer_extract(bytes, 0, config_.data(), config_.size());
    }
  }
  GstBuffer* buffer = gst_sample_get_buffer(sample);
  if (held_)
    give(static_cast<std::int64_t>(units_) * unit_samples);
  held_.emplace();
  held_->bytes.resize(gst_buffer_get_size(buffer));
  gst_buffer_extract(buffer, 0, held_->bytes.data(), held_->bytes.size());
}

/// Hands on the unit that was held back; it ends at sample `end`.
void aac_encoder::give(std::int64_t end) {
  const auto begin = static_cast<std::int64_t>(units_) * unit_samples - priming_samples;
  held_->pts = held_->dts = sample_time(begin, rate_hz_);
  held_->duration = sample_time(end, rate_hz_) - held_->pts;
  held_->key = true;
  take_(*held_, units_++);
  held_.reset();
}

void aac_encoder::finish() {
  line_.finish();
  if (held_)
    give(static_cast<std::int64_t>(pushed_));
}

} // namespace vdoc::gst
