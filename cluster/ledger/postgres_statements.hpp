#pragma once

#include "cluster/ledger/batch_rules.hpp"
#include "cluster/ledger/leases.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

/// What the writer says to PostgreSQL.
namespace vdoc::ledger::postgres {

/// Once for each connection; all the others execute what this prepares. With `as` everything that
/// changes something fails with the state `lease_is_lost_state` unless the lease is of that epoch.
std::string statements_to_prepare(const std::optional<lease_fence>& as);

/// Logarithm of zero: nothing else that we say comes to that.
constexpr const char* lease_is_lost_state = "2201E";

/// Begins a transaction that locks and reads what a batch touches, and takes so many numbers.
/// Answered by rows whose first column says what they are: job, key, document or number.
std::string looking_up(const touched& names, std::size_t numbers);

/// A batch that stands alone, as a transaction of its own. The sequences in `todo` are places among
/// the numbers that it takes, from 1; answered by those numbers in the first column.
std::string arriving(const decided& todo, const std::string& writer, std::uint64_t batch);

/// Has the transaction hold the lease until its end, or fail; nothing without a lease.
std::string holding(const std::optional<lease_fence>& as);

/// Rows that are added, changed and removed, within a transaction.
std::string changing(const decided& todo);

} // namespace vdoc::ledger::postgres
