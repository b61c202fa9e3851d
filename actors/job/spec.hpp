#pragma once

#include "actors/job/suspects.hpp"
#include "cluster/dispatch/urgency.hpp"
#include "pipelines/ladder/ladder.hpp"
#include "pipelines/manifest/manifest.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace vdoc::job {

/// Everything the user may ask of one input. What bytes depend on is in `canonical`.
struct spec {
  std::string source;
  std::string name;  ///< of the result folder below the output folder
  std::string title; ///< of the document when the source has none
  ladder::options ladder;
  std::vector<ladder::rung> rungs;
  gst::encode_options encode;
  std::uint32_t segment_ms = 4000;
  bool transport_stream = false;
  bool progressive_best = false; ///< --mp4
  bool captions = true;
  std::string language = "en";
  bool document = true;
  bool skip_poison = false;
  std::uint32_t picture_every_ms = 2000;
  std::uint32_t fragments_ahead = 6;   ///< cut but not packed; 0: as the slots are (headroom)
  std::uint32_t utterances_ahead = 64; ///< cut but not recognised
  patience poison_after;               ///< what one task may do to hosts
  std::string marks;                   ///< of the engine and its models: results depend on them
  std::vector<std::string> needs;      ///< words that nodes offer: who may encode and recognise
  dispatch::urgency urgency = dispatch::urgency::batch;
  bool may_reuse = false;     ///< results of an earlier job, if they would be the same
  bool may_be_reused = false; ///< by later jobs: needs a digest of the source
  bool heeds_poison = true;   ///< what has brought down hosts for other jobs is not tried
};
/// The options that bytes depend on, as one text: equal texts, equal results.
std::string canonical(const spec& what);

} // namespace vdoc::job
