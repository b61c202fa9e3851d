#pragma once

#include "cluster/ledger/records.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace vdoc::ledger {

/// Who leads, as the ledger knows it. No clock is in it: see membership::lease_rules.
struct lease {
  std::string holder;      ///< incarnation of a process; empty: nobody
  std::string said;        ///< what the holder wants others to know: where it can be reached
  std::uint64_t epoch = 0; ///< of this holding; 0: it was never held. Never becomes less
  std::uint64_t beat = 0;  ///< one more with everything that happens to the lease
  friend bool operator==(const lease&, const lease&) = default;
};

enum class lease_outcome : std::uint8_t {
  done,       ///< and safe from a power cut
  stale,      ///< it is not as was thought, or no longer that holder's; nothing was changed
  store_down, ///< nothing is known of whether it was done; there is `trouble`
};

struct lease_answer {
  lease_outcome result = lease_outcome::done;
  lease now; ///< as it is now, unless the store is down
  std::string trouble;
};

/// Shown by whoever writes as the holder of a lease.
struct lease_fence {
  std::string name;
  std::uint64_t epoch = 0;
};

/// The port to leases in a ledger's database, whatever it is. One thread at a time. Calls block,
/// not for ever, and throw nothing. Each is one transaction.
class lease_store {
public:
  virtual ~lease_store() = default;

  virtual lease_answer look(const std::string& name) = 0;
  /// Takes the lease, with the next epoch, if it is still as `seen`.
  virtual lease_answer take(const std::string& name, const lease& seen, const std::string& holder,
                            const std::string& said) = 0;
  /// Says that the holder of this epoch is still there.
  virtual lease_answer renew(const lease_fence& of) = 0;
  /// Leaves the lease to nobody. Its epoch stays, so that the next one is higher.
  virtual lease_answer release(const lease_fence& of) = 0;
  /// Writes documents (an empty body removes one, versions count on) if the lease is still of this
  /// epoch when they are committed; else none of them.
  virtual lease_answer keep(const lease_fence& of, const std::vector<document>& all) = 0;
};

/// At a URL (postgresql:// or postgres://) or in a SQLite file, as `open_store`; brings tables up
/// to date. Throws `cannot_open`; a server that is away is no reason for that.
std::unique_ptr<lease_store> open_lease_store(const std::string& url_or_path);

std::unique_ptr<lease_store> open_sqlite_leases(const std::string& path);
std::unique_ptr<lease_store> open_postgres_leases(const std::string& url);

} // namespace vdoc::ledger
