#pragma once

#include "cluster/ledger/store.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace vdoc::ledger {

using two_names = std::pair<std::string, std::string>;

/// What a store has to look up before a batch can be decided on; each named once, in order, so that
/// two nodes lock in the same order.
struct touched {
  std::vector<std::string> job_ids;
  std::vector<two_names> keys;      ///< tenant and idempotency key
  std::vector<two_names> documents; ///< kind and key
};
touched touched_by(const std::vector<entry>& batch);

/// As many events as a batch can come to, if nothing of it is refused.
std::size_t events_at_most(const std::vector<entry>& batch);

/// Whether nothing has to be looked up: all of it is about jobs that come with it, or whose
/// standing is known, without papers, other specs and windows of time. An id or a key that is there
/// already (somebody repeats himself) shows when it is stored.
bool stands_alone(const std::vector<entry>& batch,
                  const std::function<bool(const std::string& job_id)>& is_known);

/// A row of the table of jobs.
struct job_row {
  job_record record; ///< of a job that is not new, `what` holds the id and the priority alone
  std::uint64_t first_sequence = 0; ///< of `submitted`
  bool is_new = false;
  bool changed = false;
  bool has_new_spec = false; ///< then `record.what.spec` is it, also of a job that is not new
};

/// A row of the table of documents.
struct document_row {
  document what;       ///< with the version to store; an empty body: it is to be removed
  bool is_new = false; ///< there was none before the batch
};

/// What a batch meets: of what it touches, what is there.
struct present {
  std::unordered_map<std::string, job_row> jobs; ///< also those that `keys` lead to
  std::map<two_names, std::string> keys;         ///< to the id of the job
  std::map<two_names, std::int64_t> documents;   ///< to the version
  std::map<two_names, std::string> first_jobs;   ///< to the body, of documents of `dedupe_kind`
};

/// What is to be written for a batch.
struct decided {
  std::vector<written> each;
  std::vector<job_row> jobs;           ///< new or changed, by idempotency key
  std::vector<event> events;           ///< complete, in the order of their sequence
  std::vector<document_row> documents; ///< each once, in order, as in `touched`
};

/// The rules of `store::write`, the same for every database. `next_sequence` gives the number of
/// the next event: from the database, rising.
decided decide(const std::vector<entry>& batch, present before, std::int64_t now_unix_ms,
               const std::function<std::uint64_t()>& next_sequence);

} // namespace vdoc::ledger
