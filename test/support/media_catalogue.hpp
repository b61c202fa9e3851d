#pragma once

#include "test/support/coded_media.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace vdoc::test {

/// A change that no encoder's option makes, done to the file that the steps have left.
struct edit {
  std::string name; ///< part of the recipe's hash: raise a number in it when the edit changes
  std::function<void(const std::filesystem::path&)> apply;
};

/// A text that lies beside the source before the steps run (subtitles, chapters, words to speak).
struct companion {
  std::string file;
  std::string text;
};

/// How a source is made. In steps, {master} is the coded master (coded_media.hpp), {out} the
/// source, {here} its folder; words are split at spaces. A step that begins with "-" is ffmpeg's.
struct source {
  std::string name; ///< unique: names the case
  std::string file; ///< with the extension that a user's file would have
  std::vector<std::string> steps;
  master_spec master{};
  std::vector<companion> companions{};
  std::vector<edit> edits{};

  bool video = true;
  bool audio = true;
  /// Upright with square pixels; 0: as the master.
  int display_width_px = 0, display_height_px = 0;
  /// What the job's zero may differ from ffmpeg's, where the container leaves it open whether an
  /// encoder's delay is shown (MP3 without a LAME tag, ...).
  std::chrono::milliseconds zero_slack{0};
  /// What sound and picture may be apart beyond the 10 ms of the issue, for the same reason.
  std::chrono::milliseconds sync_slack{0};
  bool numbered = true; ///< every frame's number survives (a code block is a few pixels at least)
  bool hdr = false;     ///< job.json has to say so
  std::vector<std::string> audio_languages{};
  std::vector<std::string> caption_languages{};
  std::vector<std::string> chapters{};
  std::string skipped{}; ///< why this machine cannot make it; empty: it can
};

/// One line of issue "Sources that work" or more each; in a stable order.
std::vector<source> containers_that_work();
std::vector<source> codecs_that_work();
std::vector<source> pictures_that_work();
std::vector<source> sounds_that_work();
/// With subtitles, sidecars, chapters, several languages, speech at known times.
std::vector<source> texts_that_work();
/// Very long, one key frame only: minutes of work, for tests of their own.
std::vector<source> long_sources();
/// The top rung of a ladder can be copied.
std::vector<source> copyable_sources();

/// Long enough to be interrupted on the way.
std::vector<source> sources_to_disturb();

/// Any of the above by name. Throws std::runtime_error.
source source_named(const std::string& name);

/// The file, made in the build folder unless it lies there already (keyed by the recipe's hash).
/// Throws std::runtime_error with the story of the step that failed.
std::filesystem::path make(const source& recipe);

/// Where the build keeps test media.
std::filesystem::path media_cache();

/// When each sentence of "speech_at_known_times" begins, and what it says.
struct spoken {
  std::chrono::milliseconds begin;
  std::string text;
};
std::vector<spoken> spoken_sentences();

} // namespace vdoc::test
