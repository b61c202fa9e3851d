#pragma once

#include "cluster/ledger/batch_rules.hpp"
#include "cluster/ledger/leases.hpp"
#include "cluster/ledger/postgres.hpp"
#include "cluster/ledger/postgres_at_once.hpp"
#include "cluster/ledger/standing_jobs.hpp"

#include <optional>

namespace vdoc::ledger::postgres {

/// The writing half of the PostgreSQL store on one connection. Throws `error`; after one that is
/// not `lost` the transaction has been rolled back.
///
/// A batch takes two round trips: one locks and reads what it touches, one writes and commits. One
/// that stands alone (`stands_alone`: new jobs, and events of jobs that this writer wrote last)
/// takes one, unless it turns out that somebody else was there.
class writer {
public:
  /// Prepares its statements and registers itself: see the table `writers`. With `as`, all that it
  /// writes fails with `lease_is_lost_state` unless the lease is of that epoch at its commit.
  explicit writer(session& with, std::optional<lease_fence> as = std::nullopt);

  std::vector<written> write(const std::vector<entry>& batch, std::int64_t now_unix_ms);
  std::vector<job> remove_ended(std::int64_t before_unix_ms, std::uint32_t most);

  /// The last batch of this writer, if an error `lost` came after its commit was sent. For
  /// `fate_of`.
  [[nodiscard]] const std::string& doubt() const noexcept { return doubt_; }
  /// What the batch came to that is in doubt, provided that it was written; a sequence of 0 is not
  /// known.
  [[nodiscard]] std::vector<written> doubtful() && { return std::move(doubtful_); }

private:
  std::optional<std::vector<written>> write_at_once(const std::vector<entry>& batch,
                                                    std::int64_t now_unix_ms);
  std::vector<written> look_up_and_write(const std::vector<entry>& batch, std::int64_t now_unix_ms);
  decided look_up_and_decide(const std::vector<entry>& batch, std::int64_t now_unix_ms);
  std::string statements_for(const decided& todo);

  session& with_;
  std::optional<lease_fence> as_;
  at_once at_once_;
  standing_jobs standing_;
  std::string id_;
  std::uint64_t batches_ = 0;
  std::string doubt_;
  std::vector<written> doubtful_;
};

/// What became of a batch in doubt. Closes its writer for good, so that a transaction that is still
/// on its way cannot commit after the answer.
fate fate_of(session& with, const std::string& doubt);

} // namespace vdoc::ledger::postgres
