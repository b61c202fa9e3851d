#pragma once

#include "cluster/ledger/records.hpp"

#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace vdoc::ledger {

/// A document about jobs of its batch. The store adds to its body, a JSON object with something in
/// it, the list "jobs": of `job_ids` those that the batch has made. Without any it is not written.
/// Nobody has its key.
struct roll {
  document what;
  std::vector<std::string> job_ids;
  friend bool operator==(const roll&, const roll&) = default;
};

/// Something to be written: a new job, one more event of a known one, a document, or one about new
/// jobs.
using entry = std::variant<job, event, document, roll>;

/// What became of one entry of a batch.
struct written {
  outcome result = outcome::done;
  std::string job_id;         ///< also of a job that came without one
  std::uint64_t sequence = 0; ///< of the event; of `submitted` for a job; version of a document
};

/// What became of a batch. With `trouble` nothing of it was written and `each` says store_down,
/// unless there is also a `doubt`: then `each` says what holds if it was written.
struct batch_written {
  std::vector<written> each; ///< one per entry, in order
  std::string trouble;       ///< why the store did not take it, in words
  /// Not empty: the connection broke during the commit, and the database has not come back in time
  /// to ask it. `fate_of` answers this later, also to another store of the same database.
  std::string doubt;
};

/// What a transaction whose commit was in doubt came to.
enum class fate : std::uint8_t { written, not_written, not_known_yet };

/// The answers to questions; with `store_down` there is `trouble`.
struct counts {
  outcome result = outcome::done;
  std::vector<job_count> all;
  std::string trouble;
};
struct documents {
  outcome result = outcome::done;
  std::vector<document> all;
  std::string trouble;
};
struct removed {
  outcome result = outcome::done;
  std::vector<job> jobs;
  std::string trouble;
};

/// The longest id, tenant, queue, key and the like, in bytes: what an index of any database takes.
constexpr std::size_t longest_name = 512;

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

  /// Writes all entries in one transaction, in order, and returns when they are safe from a power
  /// cut. Entries that are refused by themselves (below) leave the others alone.
  /// - A job gets an id if it has none, and its `submitted` event; `scheduled` follows if it has to
  ///   wait. A known id changes nothing. A known (tenant, idempotency key) changes nothing and
  ///   answers `known_already` with the id of the job that has it. So does a dedupe key whose
  ///   window, which begins with the first job that has it, is not over at `now_unix_ms`; who has
  ///   it is a document (dedupe.hpp), written with the job. An idempotency key is looked at first.
  /// - An event gets its attempt: the number of `started` and `resumed` up to itself. One of an
  ///   unknown job, one whose fence is stale, or one that `may_follow` forbids is refused.
  ///   `requeued` with a detail replaces the job's spec, `reprioritised` its priority.
  /// - Events without a time get `now_unix_ms`.
  /// - The papers of an event are documents that are written with it: not when it is refused, and
  ///   nobody is told of one that is.
  /// - A roll is written when a job of it is new, after all jobs that come before it in the batch.
  /// - A document is refused as stale when its version is not the expected one.
  /// - Unfit are: an id, tenant, queue, idempotency key, "tenant/dedupe key", document's kind or
  ///   key of more than
  ///   `longest_name` bytes or that is not UTF-8 without NUL; a document without kind or key;
  ///   labels that are not a flat JSON object of strings; a `reprioritised` whose detail is no
  ///   number.
  virtual batch_written write(const std::vector<entry>& batch, std::int64_t now_unix_ms) = 0;

  /// The newest job with this source and output.
  virtual found find_last(const std::string& source, const std::string& output) = 0;

  /// All events of a job, oldest first.
  virtual history history_of(const std::string& job_id) = 0;

  virtual found find(const std::string& job_id) = 0;

  /// Newest first; `cursor` is the `next` of the page before, or empty. At most `most` jobs.
  virtual job_page list(const job_filter& which, const std::string& cursor, std::uint32_t most) = 0;

  /// Jobs that are not at an end, oldest first, from after the job `after_id` on: to begin with.
  virtual job_page open_jobs(const std::string& after_id, std::uint32_t most) = 0;

  /// How many jobs there are, by tenant, queue and state; without those of which there are none.
  virtual counts count() = 0;

  /// Documents of a kind in the order of their keys, from after the key `after_key` on.
  virtual documents read(const std::string& kind, const std::string& after_key,
                         std::uint32_t most) = 0;

  /// Removes at most `most` jobs that ended before `before_unix_ms`, with their history. Names
  /// them.
  virtual removed remove_ended(std::int64_t before_unix_ms, std::uint32_t most) = 0;

  /// Tries whether the database takes a write, connecting anew if need be; says why not, or
  /// nothing.
  virtual std::string trouble() { return {}; }

  /// What became of a batch that was in doubt.
  virtual fate fate_of(const std::string& /*doubt*/) { return fate::not_written; }
};

template <class Inspector> typename Inspector::result_type inspect(Inspector& f, roll& x) {
  return f(x.what, x.job_ids);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, written& x) {
  return f(x.result, x.job_id, x.sequence);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, counts& x) {
  return f(x.result, x.all, x.trouble);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, documents& x) {
  return f(x.result, x.all, x.trouble);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, removed& x) {
  return f(x.result, x.jobs, x.trouble);
}

} // namespace vdoc::ledger
