#pragma once

#include "cluster/ledger/records.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace vdoc::courier {

// All of this stays inside one process.

/// Something has been committed that somebody wants to be told: a document of the kind "delivery".
struct tell {
  ledger::document what;
};

struct look {};
struct seen {
  std::uint64_t open = 0; ///< deliveries that are not made yet
  std::uint64_t delivered = 0;
  std::uint64_t given_up = 0;
  std::vector<std::pair<std::string, std::string>> breakers; ///< target and position
};

/// COURIER: tells those who asked for it (a job's `callback`) how their jobs ended, at least once,
/// whatever dies: what is to be told is written together with what has happened.
using actor = caf::typed_actor<caf::reacts_to<tell>, caf::replies_to<look>::with<seen>>;

} // namespace vdoc::courier

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::courier::tell)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::courier::look)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::courier::seen)
