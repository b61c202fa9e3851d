#pragma once

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vdoc::captions {

using timestamp = std::chrono::nanoseconds; ///< from the start of the media

struct word {
  std::string text; ///< UTF-8, no spaces, with its punctuation
  timestamp begin{0}, end{0};
  double confidence = 1; ///< 0 to 1, as the engine says; engines differ widely
  friend bool operator==(const word&, const word&) = default;
};

/// Speech without a longer silence in it.
struct utterance {
  timestamp begin{0}, end{0};
  std::vector<word> words;
  friend bool operator==(const utterance&, const utterance&) = default;
};

/// All that was said in one language, in the order it was said.
struct transcript {
  std::string language;         ///< BCP 47, "" unknown
  std::string engine;           ///< "pocketsphinx 5prealpha", "talk.en.srt"
  bool automatic = true;        ///< a machine made it: say so wherever it is shown
  bool estimated_times = false; ///< word times were spread over their cue, not measured
  std::vector<utterance> utterances;

  [[nodiscard]] bool empty() const noexcept;
  [[nodiscard]] std::size_t word_count() const noexcept;
  friend bool operator==(const transcript&, const transcript&) = default;
};

/// A text on the screen for a while. Lines are separated by '\n'; plain text, no markup.
struct cue {
  timestamp begin{0}, end{0};
  std::string text;
  friend bool operator==(const cue&, const cue&) = default;
};

/// What transcript.json holds: language, engine, automatic, and the words with start, end (both in
/// seconds) and confidence, grouped by utterance.
void to_json(nlohmann::json& out, const transcript& spoken);
/// Throws nlohmann::json::exception when it is not what `to_json` wrote.
void from_json(const nlohmann::json& in, transcript& spoken);

/// What transcript.txt holds: first who made it and whether that was a machine, then one paragraph
/// for each stretch of speech with the time at which it begins. Says so when there are no words.
std::string plain_text(const transcript& spoken);

/// "Made automatically by pocketsphinx 5prealpha; it has mistakes." and the like: one sentence.
std::string provenance(const transcript& spoken);

/// The words of cues that somebody else wrote, so that they can be read, searched and clicked like
/// recognised ones. Each cue is an utterance; its time is spread over its words by their length.
transcript from_cues(std::span<const cue> cues, std::string language, std::string engine,
                     bool automatic = false);

/// "1:02:03", "2:03": hours only where there are some.
std::string clock_time(timestamp when);

} // namespace vdoc::captions
