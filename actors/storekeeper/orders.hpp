#pragma once

#include "cluster/artefacts/store.hpp"
#include "cluster/ledger/artefact_tasks.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

/// What STOREKEEPER's rules tell its shell to do.
namespace vdoc::storekeeper {

using artefacts::target;
using ledger::fallback_part;

/// What is to be done with the results of a job.
enum class task : std::uint8_t {
  publish, ///< put them into the store, or the fallback store, while their JOB waits
  move,    ///< into the store, later: they were left in the data folder or put into the fallback
  clear,   ///< remove them from the fallback: the store has them
  erase,   ///< remove them from the store and from the fallback
  drop,    ///< remove them from the data folder, once their job has succeeded: the store has them
};

/// Names an order: of a job, and there of a file. Answers to orders that are not open any more are
/// ignored.
struct ticket {
  std::string job;
  std::uint64_t run = 0;
  std::size_t file = 0;
  std::size_t attempt = 0;
  friend auto operator<=>(const ticket&, const ticket&) = default;
};

struct look_at_job { ///< how it stands in the ledger; answered by `stands`
  ticket which;
};
struct list_files { ///< of its folder; answered by `listed`
  ticket which;
  bool or_in_fallback = false; ///< when the folder has no whole results any more
};
struct put_file { ///< answered by `done`
  ticket which;
  std::string path;
  target to = target::store;
  bool from_fallback = false; ///< else from the folder
};
struct wipe { ///< all that is there of the job; answered by `done`
  ticket which;
  target from = target::store;
};
struct drop_copy { ///< of the data folder, if the store has all of it; answered by `done`
  ticket which;
};
struct tell { ///< JOB: its results are there, or are not
  std::string job;
  target to = target::store;
  bool stored = false;
  std::string why; ///< they are not
};
struct note { ///< in the ledger, before anything else happens; of a publication answered by `noted`
  ticket which;
  task what = task::move; ///< or `clear`, or `drop`
  fallback_part in_fallback = fallback_part::none;
  bool moved = false; ///< since a move is done
};
struct forget { ///< that something was to be done; in the ledger
  std::string job;
  task what = task::move;
  bool done = false; ///< else it is not wanted any more
};
using effect = std::variant<look_at_job, list_files, put_file, wipe, drop_copy, tell, note, forget>;

} // namespace vdoc::storekeeper
