#pragma once

#include "pipelines/captions/transcript.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace vdoc::captions {

/// WebVTT (W3C WebVTT 1). `note` becomes a NOTE block at the top, "" writes none; that is where it
/// says who made the captions. Cues have to be in order of their begin; times to the millisecond.
std::string write_vtt(std::span<const cue> cues, std::string_view note = {});

/// SubRip, UTF-8, numbered from 1. Has no escapes and no comments: "-->" in a text becomes an
/// arrow.
std::string write_srt(std::span<const cue> cues);

/// One WebVTT segment of an HLS subtitle rendition: the cues that touch [begin, end), with their
/// whole times, so that a cue over a cut is in both segments (RFC 8216 3.5). `mpegts` is the
/// media's timestamp at time zero, in 90 kHz: 900000 for our MPEG-TS, 0 for our fragmented MP4,
/// whose timeline starts at zero. Without any cue it is a valid, empty segment.
std::string vtt_segment(std::span<const cue> cues, timestamp begin, timestamp end,
                        std::int64_t mpegts);

/// Segments over [boundaries[i], boundaries[i+1]): the video's own cuts, or `even_boundaries`.
std::vector<std::string> vtt_segments(std::span<const cue> cues,
                                      std::span<const timestamp> boundaries, std::int64_t mpegts);

/// 0, length, 2 length, ... and at last `end`.
std::vector<timestamp> even_boundaries(timestamp end, timestamp length);

} // namespace vdoc::captions
