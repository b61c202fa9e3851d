#pragma once

#include "pipelines/manifest/manifest.hpp"

namespace vdoc::job {

// What became of a fragment's pictures, by what its encode tasks have told. The first fragment is
// encoded in two parts, so that the smallest rendition can be played soon.

/// The part that tells how many pictures came out: the one that decodes them. A copy sees only what
/// its container has lost.
std::uint32_t telling_part(const manifest::state& known, std::uint32_t index);

/// Pictures of a fragment that were decoded, or copied where nothing is decoded.
std::uint64_t frames_decoded(const manifest::state& known, std::uint32_t index);

} // namespace vdoc::job
