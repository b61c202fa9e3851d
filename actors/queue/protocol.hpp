#pragma once

#include "actors/queue/source_gate.hpp"
#include "cluster/desk/desk.hpp"
#include "cluster/ledger/records.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace vdoc::queue {

// All of this stays inside one process.

/// Jobs to be taken on, each with its id, and what is to be written together with them.
struct submit {
  std::vector<ledger::job> jobs;
  std::vector<ledger::document> documents;
};
/// After the commit; one for each job, in order.
struct submitted {
  std::vector<desk::admission> each;
};

/// Something is to be done to jobs that are there. Documents are written if it is begun for any.
struct order {
  std::vector<ledger::job_record> jobs; ///< as last seen: what is open is known here better
  desk::job_order what;
  std::vector<ledger::document> documents;
};
/// After the commits; one for each job, in order.
struct ordered {
  std::vector<desk::verdict> each;
};

/// A queue, or the queue of a stage ("stage.video"), is to be set.
struct change {
  desk::queue_change what;
  std::vector<ledger::document> documents;
};
struct changed {
  desk::verdict how;
};

/// Asks what is going on.
struct look {};

/// How many of what, since the start.
struct tallied {
  std::uint64_t submitted = 0;
  std::uint64_t started = 0;
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t retried = 0;
};
struct overview {
  std::vector<desk::queue_view> queues; ///< those of the stages last
  std::vector<source_breaker_view> breakers;
  tallied since_start;
  std::uint64_t open = 0;    ///< jobs
  std::uint64_t running = 0; ///< jobs
  bool loaded = false;       ///< all open jobs are known
  bool ledger_up = true;
  std::string trouble; ///< of the ledger, while it is away
};

/// Stop what runs in good order, begin nothing more.
struct drain {};
/// When nothing runs any more and what happened is written.
struct drained {
  std::uint32_t left_running = 0;
};

/// QUEUE: decides which job runs when, runs it, and sees to it that what becomes of it is written
/// down, once. Everything else about jobs (their specs, their past) is READER's to tell.
using actor =
    caf::typed_actor<caf::replies_to<submit>::with<submitted>,
                     caf::replies_to<order>::with<ordered>, caf::replies_to<change>::with<changed>,
                     caf::replies_to<look>::with<overview>, caf::replies_to<drain>::with<drained>>;

} // namespace vdoc::queue

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::queue::submit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::queue::submitted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::queue::order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::queue::ordered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::queue::change)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::queue::changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::queue::look)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::queue::overview)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::queue::drain)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::queue::drained)
