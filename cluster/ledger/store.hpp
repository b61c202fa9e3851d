#pragma once

#include "cluster/ledger/records.hpp"

#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace vdoc::ledger {

/// Something to be written: a new job, or one more event of a known one.
using entry = std::variant<job, event>;

/// What became of one entry of a batch.
struct written {
  outcome result = outcome::done;
  std::string job_id;         ///< also of a job that came without one
  std::uint64_t sequence = 0; ///< of the event; of `submitted` for a job
};

/// What became of a batch. With `trouble` nothing of it was written, and `each` says store_down.
struct batch_written {
  std::vector<written> each; ///< one per entry, in order
  std::string trouble;       ///< why the store did not take it, in words
};

/// Thrown when a store cannot be opened; says what and where, and what to do about it.
class cannot_open : public std::runtime_error {
public:
  cannot_open(const std::string& what, std::string advice)
      : std::runtime_error{what}, advice_{std::move(advice)} {}
  [[nodiscard]] const std::string& advice() const noexcept { return advice_; }

private:
  std::string advice_;
};

/// The port to what is remembered of jobs, whatever the database. One thread at a time. Calls
/// block, but not for ever; none of them throws.
class store {
public:
  virtual ~store() = default;

  /// Writes all entries in one transaction and returns when they are safe from a power cut.
  /// - A job gets an id if it has none, and its `submitted` event. A known id changes nothing.
  /// - An event gets its attempt: the number of `started` and `resumed` up to itself. One of an
  ///   unknown job is refused by itself; the others are written.
  /// - Events without a time get `now_unix_ms`.
  virtual batch_written write(const std::vector<entry>& batch, std::int64_t now_unix_ms) = 0;

  /// The newest job with this source and output.
  virtual found find_last(const std::string& source, const std::string& output) = 0;

  /// All events of a job, oldest first.
  virtual history history_of(const std::string& job_id) = 0;
};

} // namespace vdoc::ledger
