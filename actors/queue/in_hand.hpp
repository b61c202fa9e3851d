#pragma once

#include "actors/job/protocol.hpp"
#include "actors/ledger/protocol.hpp"
#include "actors/queue/protocol.hpp"
#include "actors/queue/rules.hpp"

#include <caf/typed_response_promise.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

/// What QUEUE has in hand: who waits for what, and what is on its way. Only for its source files.
namespace vdoc::queue {

/// Somebody who waits for several jobs.
struct submission {
  caf::typed_response_promise<submitted> promise;
  std::vector<desk::admission> each;
  std::size_t open = 0;
};
/// One job of a submission.
struct place_in {
  std::shared_ptr<submission> whose;
  std::size_t at = 0;
  bool expected = false; ///< the rules have it already
};

/// Somebody who waits for what becomes of an order.
struct orderer {
  caf::typed_response_promise<ordered> promise;
  std::optional<ledger::document> line; ///< of the audit log
};

/// An ended job that is to be open again.
struct reopening {
  ticket whose = 0;
  ledger::job_record job;
  ledger::job_state was = ledger::job_state::unknown;
};
/// What an event of a write is for; nothing: for what comes after it.
using meaning = std::variant<std::monostate, begin, record, reopening>;

/// What goes to LEDGER next, in one piece, and what each part of it is for.
struct outgoing {
  ledger::write what;
  std::vector<place_in> jobs;
  std::vector<meaning> events;

  [[nodiscard]] bool empty() const noexcept { return what.jobs.empty() && what.events.empty(); }
};
/// While so many writes are under way, what comes is gathered for the next one.
struct lane {
  outgoing next;
  std::uint32_t flying = 0;
};

/// A video that is being worked on.
struct running_job {
  std::uint32_t attempt = 0;
  bool resume = false;
  ledger::job what; ///< empty id: still being read
  job::actor who;
  bool interrupted = false; ///< asked to stop, perhaps before it was there
  bool forced = false;
  double first_fraction = -1; ///< when this attempt began; -1: not known yet
  std::int64_t begun_ms = 0;
};

/// A job that does nothing, on its way through a media host.
struct begun_noop {
  job_key key;
  std::uint32_t attempt = 0;
  std::int64_t begun_ms = 0; ///< steady
};

/// Whom to tell of the end of a job.
struct addressee {
  std::string callback;
  std::string tenant;
};

/// A look at what other nodes have taken in; one at a time.
struct inbox_look {
  bool busy = false;
  bool again = false;             ///< somebody said so meanwhile
  std::set<std::string> expected; ///< ids of jobs
  std::vector<ledger::document> letters;
};

} // namespace vdoc::queue
