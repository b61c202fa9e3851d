#pragma once

#include "cluster/ledger/batch_rules.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

/// What the writer says to PostgreSQL.
namespace vdoc::ledger::postgres {

/// Once for each connection; all the others execute what this prepares.
std::string statements_to_prepare();

/// Begins a transaction that locks and reads what a batch touches, and takes so many numbers.
/// Answered by rows whose first column says what they are: job, key, document or number.
std::string looking_up(const touched& names, std::size_t numbers);

/// A batch that stands alone, as a transaction of its own. The sequences in `todo` are places among
/// the numbers that it takes, from 1; answered by those numbers in the first column.
std::string arriving(const decided& todo, const std::string& writer, std::uint64_t batch);

/// Rows that are added, changed and removed, within a transaction.
std::string changing(const decided& todo);

} // namespace vdoc::ledger::postgres
