#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <string>

namespace vdoc::watch {

// All of this stays inside one process.

/// Asks what was done so far.
struct look {};
struct watched {
  std::uint64_t submitted = 0; ///< files that became jobs in this life
  std::uint64_t refused = 0;   ///< files that never will
  std::uint64_t open = 0;      ///< files that are not whole yet, or not taken
  std::string trouble;         ///< why the folder cannot be read
};

/// WATCH: makes a job of each file that is put into a folder. Detached: it looks again and again,
/// which every file system understands.
using actor = caf::typed_actor<caf::replies_to<look>::with<watched>>;

} // namespace vdoc::watch

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::watch::look)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::watch::watched)
