#pragma once

#include "actors/leader/spawn.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <functional>

namespace vdoc::leader {

/// What LEADER asks of KEEPER: a call that may block.
struct lease_question {
  std::function<ledger::lease_answer(ledger::lease_store&)> ask;
};
struct lease_reply {
  ledger::lease_answer what;
};
/// Reads the epoch in the folder; with another one than 0 writes that first.
struct mark_question {
  std::uint64_t write = 0;
};
struct mark_reply {
  std::uint64_t epoch = 0;
};
struct death_question {
  ledger::lease of;
};
struct death_reply {
  bool is_dead = false;
};

/// KEEPER: blocks in the lease's database and in the folder, so that LEADER never does.
using keeper = caf::typed_actor<caf::replies_to<lease_question>::with<lease_reply>>;
/// FOLDER'S KEEPER: the same for the folder, which may be on another machine and hang.
using folder_keeper = caf::typed_actor<caf::replies_to<mark_question>::with<mark_reply>,
                                       caf::replies_to<death_question>::with<death_reply>>;

keeper spawn_keeper(caf::actor_system& system, const means& with);
folder_keeper spawn_folder_keeper(caf::actor_system& system, const means& with);

} // namespace vdoc::leader

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::leader::lease_question)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::leader::lease_reply)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::leader::mark_question)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::leader::mark_reply)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::leader::death_question)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::leader::death_reply)
