#pragma once

#include "pipelines/captions/transcript.hpp"
#include "pipelines/manifest/manifest.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace vdoc::document {

/// What is said in one language, as far as a job found out.
struct caption_set {
  captions::transcript transcript;
  std::vector<captions::cue> cues;
  std::string stem; ///< "en": of the files captions/en.vtt, captions/en.srt, captions/en/
};

/// The captions of a job, best first: sidecars, subtitle tracks, recognition. Warnings are added
/// for what cannot be read.
std::vector<caption_set> collect_captions(const manifest::state& known, const std::string& language,
                                          std::vector<std::string>& warnings);

/// Where and how captions are written.
struct caption_target {
  std::filesystem::path folder;                ///< of the job's results
  std::vector<fragment::timestamp> boundaries; ///< of the segments
  bool transport_stream = false;
};

/// Writes captions/<stem>.vtt and .srt, the segments and playlist of the subtitle group, and
/// transcript.json and .txt of the first set. Returns the tracks for the master playlist.
std::vector<manifest::caption_track> write_captions(const std::vector<caption_set>& sets,
                                                    const caption_target& target);

/// The cuts of the video, or even ones of `segment_ms`.
std::vector<fragment::timestamp> segment_boundaries(const manifest::state& known,
                                                    std::uint32_t segment_ms);

} // namespace vdoc::document
