#pragma once

#include <chrono>
#include <cstddef>

namespace vdoc::ledger {

/// How writes are gathered into transactions, and when LEDGER loses patience.
struct terms {
  std::size_t most_entries = 512; ///< of a transaction, unless a single write has more
  /// Entries that wait for a transaction. Beyond it, what can be asked again is refused.
  std::size_t most_waiting = 65'536;
  /// How often it looks after a database that is away, and whether anything takes too long.
  std::chrono::milliseconds tick{500};
  std::chrono::milliseconds stalled_after{2000}; ///< a longer commit: the database is away
  /// Then who waits hears that nobody knows; before DESK's 4.5 s are over, which could not say why.
  std::chrono::milliseconds doubt_patience{3500};
};

} // namespace vdoc::ledger
