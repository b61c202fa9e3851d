#pragma once

#include "pipelines/content/source_digest.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <string>
#include <vector>

namespace vdoc::digest {

// All of this stays inside one process.

/// Asks what these files hold, the video first. Forgotten when the asker ends.
struct take {
  std::vector<content::source_part> parts;
};
struct taken {
  std::string digest;   ///< empty: see `trouble`
  std::string identity; ///< of the first file, which was not written to meanwhile
  std::string trouble;
};

/// DIGEST: reads whole sources, several at a time in turns, on one thread of its own, so that
/// nobody else waits for a disk.
using actor = caf::typed_actor<caf::replies_to<take>::with<taken>>;

} // namespace vdoc::digest

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::digest::take)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::digest::taken)
