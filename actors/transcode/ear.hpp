#pragma once

#include "actors/transcode/spawn_audio.hpp"
#include "pipelines/speech/utterance_cutter.hpp"
#include "pipelines/speech/voice_detector.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace vdoc::transcode {

/// An utterance whose samples lie in a file.
struct heard_utterance {
  std::uint32_t index = 0;
  std::string file; ///< relative to the work folder
  speech::timestamp begin{0}, end{0};
};

/// Listens to one track and writes down where somebody speaks: 16 kHz mono S16 files in
/// work/speech. Holds the sound of the utterance that is going on, no more. One thread.
class ear {
public:
  /// Utterances below `first_wanted` are found again but neither written nor told. Throws failure
  /// when the voice model cannot be used.
  ear(std::filesystem::path work, std::uint32_t first_wanted, const listening& how,
      std::function<void(const heard_utterance&)> told);

  /// The next samples, continuous from the timeline's zero. Throws std::system_error (disk).
  void hear(const std::vector<std::int16_t>& samples);
  void finish();

private:
  void judge(const std::vector<bool>& verdicts);
  void tell(const speech::utterance_span& span);

  std::filesystem::path work_;
  std::uint32_t first_wanted_;
  std::function<void(const heard_utterance&)> told_;
  std::unique_ptr<speech::voice_detector> detector_;
  speech::utterance_cutter cutter_;
  std::vector<std::int16_t> sound_; ///< from `sound_begin_` on
  std::uint64_t sound_begin_ = 0;   ///< in samples from zero
  std::uint32_t next_ = 0;
};

} // namespace vdoc::transcode
