#pragma once

#include "test/support/decoded_media.hpp"
#include "test/support/package_seen.hpp"

#include <chrono>
#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

namespace vdoc::test {

/// What is wrong: which check says so, about which playlist, and how.
struct finding {
  std::string check;
  std::string where;
  std::string what;
};
using findings = std::vector<finding>;
std::ostream& operator<<(std::ostream& out, const findings& all);
/// The names of the checks that found something, each once, sorted.
std::vector<std::string> checks_in(const findings& all);

/// A source as ffmpeg decodes it, on the job's timeline: zero is its first picture or sound.
struct source_truth {
  struct frame {
    int number = -1;
    nanoseconds time{0};
  };
  struct sound {
    nanoseconds begin{0}, end{0};
    std::vector<nanoseconds> bursts;
    float loudest = 0;
  };
  std::vector<frame> frames;
  std::vector<nanoseconds> flashes;
  std::vector<sound> sounds; ///< of every audio stream that has any
  nanoseconds zero{0};       ///< of the job's timeline, on the source's own
};
/// Decodes the first video stream and all audio streams of `source`.
source_truth truth_of(const std::string& source, bool video, bool audio);

/// What a source leaves open.
struct leeway {
  /// Every time may be off by the same amount up to this (encoder delay that a container hides).
  std::chrono::milliseconds zero{0};
  bool numbers = true; ///< compare frame numbers too, not only times
  /// Sound and picture may be so much further apart than 10 ms (B-frames in AVI).
  std::chrono::milliseconds sync{0};
};

// Checks of the files alone. Each names itself in its findings.

/// "playlist": ended VOD, independent segments, EXTINF equal to the real lengths within 1 ms,
/// TARGETDURATION valid (RFC 8216, 4.3.3.1).
findings check_playlists(const package_seen& package);
/// "joins": decode times and sequence numbers go on from segment to segment, from zero; continuity
/// counters too; each transport segment begins with its tables.
findings check_joins(const package_seen& package);
/// "idr": every video segment begins with an IDR picture that is marked so and has its parameter
/// sets.
findings check_segment_starts(const package_seen& package);
/// "order": decode times rise, and no picture is decoded after it is shown.
findings check_order(const package_seen& package);
/// "aligned": all renditions are cut at the same times.
findings check_alignment(const package_seen& package);
/// "attributes": BANDWIDTH, AVERAGE-BANDWIDTH, CODECS, RESOLUTION, FRAME-RATE, computed anew.
findings check_attributes(const package_seen& package);

// Checks by decoding, against the source.

/// "frames": every rendition shows every frame of the source once, with its number, at its time to
/// one tick of the rendition.
findings check_frames(const package_seen& package, const source_truth& truth, leeway allowed = {});
/// "audio": as many renditions as the source has tracks, in their order; each one continuous stream
/// whose end is within one AAC frame of its track's, and whose first and last burst are within 10
/// ms of that track's. Where there are several, they are as loud beside each other as in the
/// source.
findings check_audio(const package_seen& package, const source_truth& truth, leeway allowed = {});
/// "sync": the first and the last flash are as far from their bursts as in the source, within
/// 10 ms. Sources without flashes have nothing to check: that is a finding too.
findings check_sync(const package_seen& package, const source_truth& truth, leeway allowed = {});

/// All of the above, as far as the source has pictures and sound.
findings check_everything(const std::filesystem::path& folder, const source_truth& truth,
                          leeway allowed = {});

} // namespace vdoc::test
