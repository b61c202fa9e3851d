#include "pipelines/gst/sound_bed.hpp"

#include "pipelines/gst/aac_encoder.hpp"

#include <algorithm>
#include <cstdio>

namespace vdoc::gst {

using fragment::timestamp;

namespace {

constexpr int default_rate_hz = 48'000;
constexpr int notable_ms = 15; ///< shorter corrections are not worth a word

std::int64_t sample_at(timestamp time, int rate_hz) {
  return rescaled(time.count(), rate_hz, 1'000'000'000);
}

std::string seconds(std::uint64_t samples, int rate_hz) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f s", static_cast<double>(samples) / rate_hz);
  return text;
}

} // namespace

void sound_bed::warn(std::string what) {
  if (!warnings_.empty() && warnings_.back() == what)
    return; // once says it all
  if (warnings_.size() < most_warnings)
    warnings_.push_back(std::move(what));
  else
    ++unsaid_;
}

std::vector<std::string> sound_bed::warnings() const {
  auto out = warnings_;
  if (unsaid_ > 0)
    out.push_back("and " + std::to_string(unsaid_) + " more like these");
  return out;
}

void sound_bed::put(const sound_block& block) {
  if (block.samples.empty())
    return;
  mend_start(block);
  lay_held();
  held_ = {block.pts, block.channels, block.rate_hz, {block.samples.begin(), block.samples.end()}};
  if (block.pts)
    decoded_until_ =
        *block.pts + sample_time(static_cast<std::int64_t>(block.frames()), block.rate_hz);
}

/// Demuxers that cannot say "before zero" stamp what is (the pre-skip of Opus in Matroska) with
/// zero. The next block tells where it belongs.
void sound_bed::mend_start(const sound_block& next) {
  if (heard_ || !held_ || !held_->pts || !next.pts)
    return;
  const auto length = sample_time(
      static_cast<std::int64_t>(held_->samples.size() / held_->channels), held_->rate_hz);
  const auto overlap = *held_->pts + length - *next.pts;
  if (overlap > std::chrono::microseconds{1500} && overlap < std::chrono::milliseconds{200})
    held_->pts = *next.pts - length;
}

void sound_bed::begin_rate(int rate_hz) {
  if (timeline_ && timeline_->rate_hz() == rate_hz)
    return;
  if (resampler_)
    resampler_->finish();
  resampler_.reset();
  if (!timeline_)
    timeline_.emplace(rate_hz);
  timeline_->change_rate(rate_hz);
  if (rate_hz == out_->rate_hz)
    return;
  const sound_format from{out_->channels, rate_hz};
  resampler_ = std::make_unique<sound_converter>(from, *out_, take_);
}

void sound_bed::report(const placement& where, std::uint64_t frames) {
  const int rate = timeline_->rate_hz();
  const auto notable = static_cast<std::uint64_t>(rate) * notable_ms / 1000;
  const auto laid = where.silence + frames - where.drop;
  const auto before = seconds(timeline_->position() - laid, rate);
  if (where.silence > notable)
    warn("no sound for " + seconds(where.silence, rate) + " at " + before + ": silence");
  if (where.drop > notable)
    warn(seconds(where.drop, rate) + " of sound at " + before + " overlap: dropped");
}

void sound_bed::lay_held() {
  if (!held_)
    return;
  const auto block = std::move(*held_);
  held_.reset();
  if (!out_) {
    const bool kept = block.rate_hz == 44'100 || block.rate_hz == 48'000;
    out_ = sound_format{std::min(block.channels, 2), kept ? block.rate_hz : default_rate_hz};
  }
  begin_rate(block.rate_hz);
  const auto frames = block.samples.size() / block.channels;
  std::optional<std::int64_t> at;
  if (block.pts)
    at = sample_at(*block.pts, block.rate_hz);
  const auto gap = at ? *at - static_cast<std::int64_t>(timeline_->position()) : 0;
  if (gap > std::chrono::seconds{longest_gap}.count() * block.rate_hz) {
    warn("the time stamp " + seconds(*at, block.rate_hz) + " makes no sense: ignored");
    at.reset();
  }
  const auto where = timeline_->place(at, frames);
  if (heard_)
    report(where, frames);
  heard_ = heard_ || where.drop < frames;
  lay_silence(where.silence);
  lay(std::span{block.samples}.subspan(where.drop * block.channels), block.channels);
}

/// Mono and stereo may follow each other; the output's channels stay.
void sound_bed::lay(std::span<const float> samples, int channels) {
  if (channels == out_->channels)
    return emit(samples);
  adapted_.clear();
  if (channels == 1)
    for (const float one : samples)
      adapted_.insert(adapted_.end(), 2, one);
  else
    for (std::size_t i = 0; i + 1 < samples.size(); i += 2)
      adapted_.push_back((samples[i] + samples[i + 1]) / 2);
  emit(adapted_);
}

void sound_bed::lay_silence(std::uint64_t frames) {
  constexpr std::uint64_t at_once = 16'384;
  const std::vector<float> silence(std::min(frames, at_once) * out_->channels);
  for (auto left = frames; left > 0; left -= std::min(left, at_once))
    emit(std::span{silence}.first(std::min(left, at_once) * out_->channels));
}

void sound_bed::emit(std::span<const float> samples) {
  if (samples.empty())
    return;
  if (resampler_)
    return resampler_->convert(samples);
  take_({reinterpret_cast<const std::uint8_t*>(samples.data()), samples.size_bytes()});
}

void sound_bed::finish(std::optional<timestamp> end) {
  if (held_ && held_->pts && end) {
    const auto keep = sample_at(*end, held_->rate_hz) - sample_at(*held_->pts, held_->rate_hz);
    const auto frames = static_cast<std::int64_t>(held_->samples.size() / held_->channels);
    held_->samples.resize(std::clamp<std::int64_t>(keep, 0, frames) * held_->channels);
  }
  lay_held();
  if (!timeline_)
    return;
  const auto rate = timeline_->rate_hz();
  const auto missing =
      end ? sample_at(*end, rate) - static_cast<std::int64_t>(timeline_->position()) : 0;
  if (missing > rate / 10 && missing < std::chrono::seconds{longest_gap}.count() * rate) {
    warn("no sound for the last " + seconds(missing, rate) + ": silence");
    lay_silence(missing);
  }
  if (resampler_)
    resampler_->finish();
}

} // namespace vdoc::gst
