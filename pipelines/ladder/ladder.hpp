#pragma once

#include "pipelines/probe/source_probe.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace vdoc::ladder {

/// One step of the ladder: what a rendition may be at most.
struct rung {
  int height_px = 0;        ///< of the short side, so that portrait gets the same steps
  int max_bitrate_kbps = 0; ///< the encoder's ceiling (VBV), and the limit for copying a source
  int buffer_kbit = 0;      ///< VBV buffer
};

/// One video rendition to make. Width and height are even, never larger than the source.
struct rendition {
  std::string name; ///< "720p": folder name, unique in the job
  int width_px = 0;
  int height_px = 0;
  int max_bitrate_kbps = 0;
  int buffer_kbit = 0;
  bool copied = false; ///< the source's access units are taken as they are
  friend bool operator==(const rendition&, const rendition&) = default;
};

struct options {
  bool automatic = true;
  std::vector<int> heights_px; ///< used unless automatic
  bool may_copy = true;
};

/// What ingest learned about the source's own H.264, for the decision to copy.
struct copy_evidence {
  bool h264_high_or_lower = false; ///< Baseline, Main or High, level known
  bool yuv420_8bit_progressive = false;
  bool closed_gop = false;           ///< every key frame seen is an IDR
  double longest_key_distance_s = 0; ///< over what was looked at
  std::int64_t bitrate_bps = 0;      ///< of the video stream
  friend bool operator==(const copy_evidence&, const copy_evidence&) = default;
};

/// The built-in steps: 2160, 1440, 1080, 720, 480, 360, 240 (from conf they may be others). Their
/// ceilings are there for the network, not for the encoder: what a camera sees stays below them at
/// CRF 23, so that quality is what was asked for. Buffers hold two seconds.
std::vector<rung> default_rungs();

/// The renditions for a source, largest first; empty for a source without video. Never upscales,
/// never two of the same size.
///
/// Automatic: on top the source's own size (made even), unless it is over the highest rung, then
/// all rungs at least a tenth below it. So a source smaller than all rungs gets one rendition. With
/// given heights: those that are not above the source; its own size when that leaves none. A height
/// within 2 % of the source's is the source's own size under that name: 1080p of 1088 lines has
/// 1088. A size between two rungs has the limits of the upper one, a picture wider than 16:9 more.
///
/// The first is `copied` when it is what the source stores (upright, square pixels, even, 8 bit
/// 4:2:0 progressive H.264), all evidence speaks for it, key frames are at most 6 s apart and the
/// known bit rate is within the limit.
std::vector<rendition> plan(const probe::video_stream& source, const copy_evidence& evidence,
                            const options& wanted, const std::vector<rung>& rungs);

void to_json(nlohmann::json& out, const rendition& one);
void from_json(const nlohmann::json& in, rendition& one);

} // namespace vdoc::ladder
