#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>

namespace vdoc::leader {

// All of this stays inside one process.

/// A write was refused because this epoch is over.
struct write_refused {
  std::uint64_t epoch = 0;
};

/// Give the lease back and stand no more: the process is going to end. The work ends with it, so
/// let it stop in good order first.
struct resign {};
/// When the lease is given back, or that could not be done in time.
struct resigned {};

/// LEADER: holds the lease for as long as it can, and has the work done while it does. Ends with
/// the work's own error when that gives up.
using actor =
    caf::typed_actor<caf::reacts_to<write_refused>, caf::replies_to<resign>::with<resigned>>;

} // namespace vdoc::leader

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::leader::write_refused)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::leader::resign)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::leader::resigned)
