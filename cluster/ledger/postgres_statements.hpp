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

/// A part of WITH: a row when the lease is of that epoch. The lock keeps others from taking the
/// lease before this transaction has ended; who waited for it sees the row as it is then.
std::string own_lease(const lease_fence& as);

/// Has the transaction hold the lease until its end, or fail; nothing without a lease.
std::string holding(const std::optional<lease_fence>& as);

/// Rows that are added, changed and removed, within a transaction.
std::string changing(const decided& todo);

} // namespace vdoc::ledger::postgres
