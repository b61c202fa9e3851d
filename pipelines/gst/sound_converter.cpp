#include "pipelines/gst/sound_converter.hpp"

#include "pipelines/fault.hpp"
#include "pipelines/gst/audio_timeline.hpp"

#include <gst/audio/audio.h>

#include <algorithm>
#include <vector>

namespace vdoc::gst {

namespace {

constexpr guint resampler_quality = 6;

/// GStreamer's converter crashes when a block is too short to give a single frame.
constexpr std::size_t block_frames = 4096;

GstAudioInfo info_of(const sound_format& format) {
  GstAudioInfo out;
  gst_audio_info_init(&out);
  gst_audio_info_set_format(&out, format.integer ? GST_AUDIO_FORMAT_S16LE : GST_AUDIO_FORMAT_F32LE,
                            format.rate_hz, format.channels, nullptr);
  return out;
}

/// No dither: its noise would differ from run to run.
GstStructure* settings(const sound_format& from, const sound_format& to) {
  GstStructure* out = gst_structure_new(
      "settings", GST_AUDIO_CONVERTER_OPT_DITHER_METHOD, GST_TYPE_AUDIO_DITHER_METHOD,
      GST_AUDIO_DITHER_NONE, GST_AUDIO_CONVERTER_OPT_NOISE_SHAPING_METHOD,
      GST_TYPE_AUDIO_NOISE_SHAPING_METHOD, GST_AUDIO_NOISE_SHAPING_NONE,
      GST_AUDIO_CONVERTER_OPT_RESAMPLER_METHOD, GST_TYPE_AUDIO_RESAMPLER_METHOD,
      GST_AUDIO_RESAMPLER_METHOD_KAISER, nullptr);
  gst_audio_resampler_options_set_quality(GST_AUDIO_RESAMPLER_METHOD_KAISER, resampler_quality,
                                          from.rate_hz, to.rate_hz, out);
  return out;
}

} // namespace

struct sound_converter::engine {
  GstAudioConverter* converter = nullptr;
  std::vector<float> in; ///< waits until it is a whole block
  std::vector<std::uint8_t> out;
  engine() = default;
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;
  ~engine() {
    if (converter != nullptr)
      gst_audio_converter_free(converter);
  }
};

sound_converter::sound_converter(sound_format from, sound_format to, taker take)
    : from_{from}, to_{to}, take_{std::move(take)}, engine_{std::make_unique<engine>()} {
  auto in = info_of(from);
  auto out = info_of(to);
  engine_->converter =
      gst_audio_converter_new(GST_AUDIO_CONVERTER_FLAG_NONE, &in, &out, settings(from, to));
  if (engine_->converter == nullptr)
    throw failure{fault{culprit::ours, "sound cannot be converted", "", "sound_converter"}};
}

sound_converter::~sound_converter() = default;

/// Converts the block that is in `engine_->in`.
void sound_converter::run(std::uint64_t at_most) {
  const auto made = gst_audio_converter_get_out_frames(engine_->converter, block_frames);
  const auto frame_bytes = static_cast<std::size_t>(to_.channels) * (to_.integer ? 2U : 4U);
  engine_->out.resize(made * frame_bytes);
  gpointer in = engine_->in.data();
  gpointer out = engine_->out.data();
  if (!gst_audio_converter_samples(engine_->converter, GST_AUDIO_CONVERTER_FLAG_NONE, &in,
                                   block_frames, &out, made))
    throw failure{fault{culprit::ours, "sound cannot be converted", "", "sound_converter"}};
  engine_->in.clear();
  const auto kept = std::min<std::uint64_t>(made, at_most);
  given_ += kept;
  if (kept > 0)
    take_({engine_->out.data(), kept * frame_bytes});
}

void sound_converter::convert(std::span<const float> samples) {
  taken_ += samples.size() / from_.channels;
  const auto block = block_frames * from_.channels;
  while (!samples.empty()) {
    const auto more = std::min(block - engine_->in.size(), samples.size());
    engine_->in.insert(engine_->in.end(), samples.begin(),
                       samples.begin() + static_cast<std::ptrdiff_t>(more));
    samples = samples.subspan(more);
    if (engine_->in.size() == block)
      run(UINT64_MAX);
  }
}

void sound_converter::finish() {
  const auto whole = static_cast<std::uint64_t>(
      rescaled(static_cast<std::int64_t>(taken_), to_.rate_hz, from_.rate_hz));
  while (given_ < whole) {
    engine_->in.resize(block_frames * from_.channels);
    run(whole - given_);
  }
}

} // namespace vdoc::gst
