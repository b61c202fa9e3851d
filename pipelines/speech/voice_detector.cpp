#include "pipelines/speech/voice_detector.hpp"

#include "pipelines/speech/frame_features.hpp"
#include "pipelines/speech/silero_detector.hpp"
#include "pipelines/speech/speech_likeness.hpp"
#include "pipelines/speech/webrtc_voice.hpp"

#include <algorithm>
#include <deque>

namespace vdoc::speech {

namespace {

/// Windows of two seconds, one every quarter of a second. A frame is speech when WebRTC
/// says so and one of the windows around it is like speech. Holds a window of features.
class wary_detector : public voice_detector {
public:
  std::vector<bool> hear(samples sound) override {
    std::vector<bool> out;
    heard_ += sound.size();
    take(sound, out);
    return out;
  }

  std::vector<bool> finish() override {
    std::vector<bool> out;
    const auto whole = (heard_ + frame_samples - 1) / frame_samples;
    const std::vector<std::int16_t> silence((window_frames + 2) * frame_samples +
                                            feature_meter::window);
    take(silence, out);
    out.resize(whole - (given_ - out.size()));
    return out;
  }

private:
  static constexpr std::size_t window_frames = 200;
  static constexpr std::size_t hop_frames = 25;

  struct frame {
    frame_features features;
    bool voice = false;
    bool liked = false;
  };

  void take(samples sound, std::vector<bool>& out);
  void judge(std::vector<bool>& out);

  likeness_limits limits_;
  webrtc_voice voice_;
  feature_meter meter_;
  std::vector<std::int16_t> pending_ = std::vector<std::int16_t>(feature_meter::margin);
  std::deque<frame> frames_; ///< that have no verdict yet
  std::uint64_t heard_ = 0;  ///< samples
  std::uint64_t given_ = 0;  ///< verdicts
  std::size_t until_window_ = hop_frames;
};

void wary_detector::take(samples sound, std::vector<bool>& out) {
  pending_.insert(pending_.end(), sound.begin(), sound.end());
  std::size_t at = 0;
  for (; at + feature_meter::window <= pending_.size(); at += frame_samples) {
    const samples around{pending_.data() + at, feature_meter::window};
    frame now;
    now.features = meter_.measure(around);
    now.voice = voice_.hears(around.subspan(feature_meter::margin, frame_samples));
    frames_.push_back(now);
    if (--until_window_ == 0)
      judge(out);
  }
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(at));
}

/// Looks at the last window; the verdicts on the frames that no window to come covers are final.
void wary_detector::judge(std::vector<bool>& out) {
  until_window_ = hop_frames;
  const auto size = std::min(frames_.size(), window_frames);
  std::vector<frame_features> window;
  for (auto at = frames_.end() - static_cast<std::ptrdiff_t>(size); at != frames_.end(); ++at)
    window.push_back(at->features);
  if (is_like_speech(measure_likeness(window, limits_), limits_))
    for (auto at = frames_.end() - static_cast<std::ptrdiff_t>(size); at != frames_.end(); ++at)
      at->liked = true;
  while (frames_.size() > window_frames - hop_frames) {
    out.push_back(frames_.front().voice && frames_.front().liked);
    frames_.pop_front();
    ++given_;
  }
}

} // namespace

std::unique_ptr<voice_detector> make_voice_detector(const std::filesystem::path& model) {
  if (!model.empty())
    return std::make_unique<silero_detector>(read_silero_weights(model));
  return std::make_unique<wary_detector>();
}

} // namespace vdoc::speech
