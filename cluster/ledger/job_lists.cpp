#include "cluster/ledger/job_lists.hpp"

#include "cluster/ledger/job_columns.hpp"

#include <algorithm>
#include <iterator>

namespace vdoc::ledger {

namespace {

std::vector<job_state> open_states() {
  std::vector<job_state> open;
  std::copy_if(known_states.begin(), known_states.end(), std::back_inserter(open),
               [](job_state one) { return !is_end(one); });
  return open;
}

/// The union of the first rows of each state: each comes sorted out of an index, so that a page
/// costs the same whatever the number of jobs.
template <class States>
std::string merged(const States& states, const std::string& where, const std::string& order) {
  std::string parts;
  for (const auto state : states) {
    parts += parts.empty() ? "" : " UNION ALL ";
    parts += "SELECT * FROM (SELECT ";
    parts += job_columns;
    parts += " FROM jobs WHERE state = '";
    parts += to_string(state);
    parts += "'";
    parts += where;
    parts += order;
    parts += ") AS part";
  }
  return "SELECT * FROM (" + parts + ") AS merged" + order;
}

} // namespace

std::string list_sql(const job_filter& which, const std::string& cursor, const list_words& words) {
  std::string where;
  if (!cursor.empty())
    where += " AND id < " + words.cursor;
  if (!which.tenant.empty())
    where += " AND tenant = " + words.tenant;
  if (!which.queue.empty())
    where += " AND queue = " + words.queue;
  if (!which.label_key.empty())
    where += " AND labels <> '' AND " + words.has_label;
  if (!which.text.empty())
    where += " AND " + words.has_text;
  if (which.submitted_from_unix_ms != 0)
    where += " AND submitted_unix_ms >= " + words.from;
  if (which.submitted_until_unix_ms != 0)
    where += " AND submitted_unix_ms < " + words.until;

  const auto order = " ORDER BY id DESC LIMIT " + words.most;
  const auto page = !which.states.empty()   ? merged(which.states, where, order)
                    : !which.tenant.empty() ? merged(known_states, where, order)
                                            : "SELECT " + std::string{job_columns} +
                                                  " FROM jobs WHERE true" + where + order;
  return with_success(page) + " ORDER BY id DESC";
}

std::string open_jobs_sql(const list_words& words) {
  return merged(open_states(), " AND id > " + words.cursor, " ORDER BY id LIMIT " + words.most);
}

} // namespace vdoc::ledger
