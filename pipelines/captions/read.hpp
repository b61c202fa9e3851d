#pragma once

#include "pipelines/captions/transcript.hpp"

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vdoc::captions {

/// What one reader will take from outside.
struct read_limits {
  std::size_t most_bytes = 32U << 20U; ///< the rest is not looked at
  std::size_t most_cues = 100'000;
  std::size_t longest_text = 2'000; ///< bytes of one cue; cut there
  std::size_t most_warnings = 20;   ///< the others are only counted
};

/// What could be read. Damaged blocks are left out, each with a line of `warnings`.
struct read_result {
  std::vector<cue> cues; ///< in order of their begin; may overlap when the file says so
  std::vector<std::string> warnings;
};

/// Reads SubRip or WebVTT, whichever the text turns out to be; in any encoding that `to_utf8`
/// knows, with any line ends. Markup is taken off. Never throws for what the bytes hold.
read_result read_subtitles(std::string_view bytes, const read_limits& limits = {});

/// The same from a file. Throws vdoc::failure when it cannot be read.
read_result read_subtitles(const std::filesystem::path& file, const read_limits& limits = {});

/// A file beside a video that holds its captions.
struct sidecar {
  std::filesystem::path file;
  std::string language; ///< BCP 47 from the name ("talk.en.srt"), "" when it says none
  friend bool operator==(const sidecar&, const sidecar&) = default;
};

/// talk.srt, talk.en.vtt, talk.pt-BR.srt beside talk.mp4; one for each language, .vtt before .srt,
/// in order of language. Only looks at names. Never throws.
std::vector<sidecar> sidecars_of(const std::filesystem::path& source);

/// What a subtitle track of the source says: a text with its times. `end` at or before `begin`
/// means that the source did not tell.
struct timed_text {
  timestamp begin{0}, end{0};
  std::string text;
};

/// Timed texts as cues: in order, without markup and empty texts; an unknown end is the next
/// text's begin, at most 5 s later.
std::vector<cue> to_cues(std::span<const timed_text> texts);

} // namespace vdoc::captions
