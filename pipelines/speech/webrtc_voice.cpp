#include "pipelines/speech/webrtc_voice.hpp"

#include "pipelines/fault.hpp"

#include <webrtc/modules/audio_processing/include/audio_processing.h>
#include <webrtc/modules/interface/module_common_types.h>

#include <algorithm>

namespace vdoc::speech {

struct webrtc_voice::engine {
  std::unique_ptr<webrtc::AudioProcessing> processing{webrtc::AudioProcessing::Create()};
  webrtc::AudioFrame frame;
};

webrtc_voice::webrtc_voice() : engine_{std::make_unique<engine>()} {
  auto* detection = engine_->processing->voice_detection();
  const bool ready = detection->set_likelihood(webrtc::VoiceDetection::kVeryLowLikelihood) == 0 &&
                     detection->Enable(true) == 0;
  if (!ready)
    throw failure{fault{culprit::ours, "the voice detector does not start", "", "webrtc_voice"}};
  engine_->frame.sample_rate_hz_ = rate_hz;
  engine_->frame.num_channels_ = 1;
  engine_->frame.samples_per_channel_ = frame_samples;
}

webrtc_voice::~webrtc_voice() = default;

bool webrtc_voice::hears(samples frame) {
  std::copy_n(frame.begin(), frame_samples, engine_->frame.data_);
  engine_->frame.vad_activity_ = webrtc::AudioFrame::kVadUnknown;
  if (engine_->processing->ProcessStream(&engine_->frame) != 0)
    throw failure{fault{culprit::ours, "the voice detector fails", "", "webrtc_voice"}};
  return engine_->processing->voice_detection()->stream_has_voice();
}

} // namespace vdoc::speech
