#pragma once

#include "cluster/ledger/records.hpp"

#include <string>

namespace vdoc::ledger {

/// How a database writes the values and conditions of a list of jobs: parameters or literals.
struct list_words {
  std::string cursor;
  std::string most;
  std::string tenant;
  std::string queue;
  std::string has_label; ///< a condition
  std::string has_text;  ///< a condition
  std::string from;
  std::string until;
};

/// The question for a page of jobs to be shown, newest first. `cursor` is the one asked with;
/// empty: the first.
std::string list_sql(const job_filter& which, const std::string& cursor, const list_words& words);

/// The question for open jobs, oldest first, from after the one in `words.cursor` on.
std::string open_jobs_sql(const list_words& words);

} // namespace vdoc::ledger
