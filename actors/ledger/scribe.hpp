#pragma once

#include "actors/ledger/protocol.hpp"
#include "actors/ledger/spawn.hpp"
#include "cluster/ledger/catch_up.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/typed_actor.hpp>

#include <chrono>
#include <memory>
#include <vector>

namespace vdoc::ledger {

// Between LEDGER and its SCRIBE, within one process.

/// A batch for one transaction.
struct commit_order {
  std::shared_ptr<const std::vector<entry>> entries;
};
struct commit_done {
  batch_written result;
  std::chrono::microseconds took{0};
};

/// What there is to catch up with.
struct catch_up_order {
  std::shared_ptr<const arrears> what;
};
struct catch_up_done {
  caught_up result;
};

} // namespace vdoc::ledger

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::ledger::commit_order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::ledger::commit_done)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::ledger::catch_up_order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::ledger::catch_up_done)

namespace vdoc::ledger {

/// SCRIBE: holds the store and blocks in it, so that LEDGER never does.
using scribe = caf::typed_actor<caf::replies_to<commit_order>::with<commit_done>,
                                caf::replies_to<catch_up_order>::with<catch_up_done>,
                                caf::replies_to<find_last>::with<found>,
                                caf::replies_to<history_of>::with<history>>;

scribe spawn_scribe(caf::actor_system& system, store_opener open,
                    std::function<std::int64_t()> unix_ms, bool detached);

} // namespace vdoc::ledger
