#pragma once

#include "pipelines/speech/sound.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace vdoc::speech {

/// When speech begins and ends.
struct cutter_limits {
  std::chrono::milliseconds on{200}; ///< so much unbroken speech begins an utterance
  /// Speech before that belongs to it as well, across pauses below `hangover`, but no further back:
  /// a short word that ends in a stop ("the quick") has no 200 ms of its own.
  std::chrono::milliseconds run_up{1000};
  /// So much of a pause ends it. A sentence that is cut at its pauses (an orator's last half a
  /// second and more) costs words: the recogniser then lacks the words before, and hears too little
  /// of the room to tell noise from voice.
  std::chrono::milliseconds hangover{1000};
  std::chrono::milliseconds pad{250}; ///< taken along before and after
  std::chrono::milliseconds longest{20'000};
  /// A longer utterance is cut at its longest pause after this much of it.
  std::chrono::milliseconds worth_cutting{10'000};
};

/// A stretch of speech, in samples from the start of the timeline.
struct utterance_span {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  friend bool operator==(const utterance_span&, const utterance_span&) = default;
};

/// The rules that turn verdicts about frames into utterances. Utterances never overlap, are never
/// longer than the longest, and depend on nothing but the verdicts. Holds the pauses of one
/// utterance at most, whatever the length.
///
///     silent --`on` of speech--> speaking --`hangover` of silence--> silent
///                                speaking --longest--> speaking (cut at the longest pause)
class utterance_cutter {
public:
  explicit utterance_cutter(cutter_limits limits = {});

  /// The verdict on the next 10 ms. An utterance is told once its end is known.
  std::optional<utterance_span> hear(bool speech);
  /// The sound ends here, at sample `end`.
  std::optional<utterance_span> finish(std::uint64_t end);

  /// Samples before this one are not needed any more.
  [[nodiscard]] std::uint64_t oldest_needed() const noexcept;

private:
  using frame = std::uint64_t; ///< counted from the start

  struct pause {
    frame begin = 0, end = 0;
  };
  void track_onset(bool speech);
  void track_pause(bool speech);
  utterance_span cut_too_long();
  std::optional<utterance_span> cut(frame end);
  [[nodiscard]] utterance_span span(frame begin, frame end) const;

  cutter_limits limits_;
  frame now_ = 0; ///< frames heard
  frame run_ = 0; ///< frames of speech (silent) or of silence (speaking) in a row
  bool speaking_ = false;
  frame begin_ = 0;           ///< of the utterance, pad included
  frame onset_ = 0;           ///< where speech began after the last pause of `hangover`
  frame last_speech_ = 0;     ///< the frame after the latest of speech; 0: none yet
  frame earliest_begin_ = 0;  ///< where the last one ended
  std::vector<pause> pauses_; ///< inside the utterance
};

} // namespace vdoc::speech
