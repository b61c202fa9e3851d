#pragma once

#include "pipelines/captions/transcript.hpp"

#include <vector>

namespace vdoc::captions {

/// What a viewer can read. The defaults are the customary ones of broadcasters.
struct layout_limits {
  std::size_t line_characters = 42;
  std::size_t lines = 2; ///< 1 or 2
  std::chrono::milliseconds shortest{1000};
  std::chrono::milliseconds longest{7000};
  /// A silence of this length always ends a cue. Not below `shortest`, so that there is always
  /// room for the cue before it.
  std::chrono::milliseconds pause{1000};
  double characters_per_second = 17; ///< a cue stays on for this where there is room
};

/// Turns words into cues: as few as the limits allow, broken at the ends of sentences and at
/// pauses where there are some, with balanced lines, never overlapping, in order. `media_end` is
/// where the last cue has to be gone. The one thing that may give way is `shortest`: speech of
/// more than two full lines within a second.
/// The breaks are those of least cost over a whole stretch of speech, found by dynamic
/// programming as in Knuth and Plass, "Breaking paragraphs into lines" (1981).
std::vector<cue> lay_out(const transcript& spoken, timestamp media_end,
                         const layout_limits& limits = {});

} // namespace vdoc::captions
