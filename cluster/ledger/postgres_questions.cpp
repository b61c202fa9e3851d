#include "cluster/ledger/postgres_questions.hpp"

#include "cluster/ledger/job_columns.hpp"
#include "cluster/ledger/job_lists.hpp"

namespace vdoc::ledger::postgres {

namespace {

std::string prepared() {
  const std::string jobs = "SELECT " + std::string{job_columns} + " FROM jobs ";
  return "PREPARE find (text) AS " + with_success(jobs + "WHERE id = $1") + "; " +
         "PREPARE find_last (text, text) AS " + jobs +
         "WHERE source = $1 AND output = $2 AND output <> id ORDER BY last_sequence DESC LIMIT 1; "
         "PREPARE history_of (text) AS SELECT kind, cause, detail, attempt, at_unix_ms, sequence "
         "FROM events WHERE job_id = $1 ORDER BY sequence; "
         "PREPARE count_jobs AS SELECT tenant, queue, state, count(*) FROM jobs "
         "GROUP BY tenant, queue, state ORDER BY tenant, queue, state; "
         "PREPARE documents (text, text, bigint) AS SELECT key, body, version FROM documents "
         "WHERE kind = $1 AND key > $2 ORDER BY key LIMIT $3; "
         "SELECT 1 FROM pg_collation WHERE collname = 'und-x-icu'";
}

template <class Read> std::vector<job_record> read_each(const pqxx::result& rows, Read read) {
  std::vector<job_record> jobs;
  for (const auto& row : rows)
    jobs.push_back(read(row_view{row}));
  return jobs;
}

std::vector<job_record> read_jobs(const pqxx::result& rows) {
  return read_each(rows, [](const auto& row) { return read_job(row); });
}

std::vector<job_record> read_shown_jobs(const pqxx::result& rows) {
  return read_each(rows, [](const auto& row) { return read_shown_job(row); });
}

std::optional<job_record> first_of(std::vector<job_record> jobs) {
  return jobs.empty() ? std::nullopt : std::optional{std::move(jobs.front())};
}

list_words words_for(const job_filter& which, const std::string& cursor, std::uint32_t most,
                     const std::string& collation) {
  const auto lower = [&](const std::string& what) { return "lower(" + what + collation + ")"; };
  const auto text = lower(quoted(which.text));
  const auto has = [&](const char* column) {
    return "strpos(" + lower(column) + ", " + text + ") > 0";
  };
  return {quoted(cursor),
          std::to_string(most),
          quoted(which.tenant),
          quoted(which.queue),
          "nullif(labels, '')::jsonb ->> " + quoted(which.label_key) + " = " +
              quoted(which.label_value),
          "(" + has("source") + " OR " + has("output") + " OR " + has("last_cause") + ")",
          std::to_string(which.submitted_from_unix_ms),
          std::to_string(which.submitted_until_unix_ms)};
}

} // namespace

questions::questions(session& with) : with_{with} {
  if (!with_.run(prepared()).empty())
    collation_ = " COLLATE \"und-x-icu\"";
}

std::optional<job_record> questions::find(const std::string& job_id) {
  return first_of(read_shown_jobs(with_.run("EXECUTE find (" + quoted(job_id) + ")")));
}

std::optional<job_record> questions::find_last(const std::string& source,
                                               const std::string& output) {
  return first_of(
      read_jobs(with_.run("EXECUTE find_last (" + quoted(source) + ", " + quoted(output) + ")")));
}

std::vector<event> questions::history_of(const std::string& job_id) {
  std::vector<event> all;
  for (const auto& row : with_.run("EXECUTE history_of (" + quoted(job_id) + ")"))
    all.push_back(read_event(row_view{row}, job_id));
  return all;
}

std::vector<job_record> questions::list(const job_filter& which, const std::string& cursor,
                                        std::uint32_t most) {
  return read_shown_jobs(
      with_.run(list_sql(which, cursor, words_for(which, cursor, most, collation_))));
}

std::vector<job_record> questions::open_jobs(const std::string& after_id, std::uint32_t most) {
  return read_jobs(with_.run(open_jobs_sql(words_for({}, after_id, most, collation_))));
}

std::vector<job_count> questions::count() {
  std::vector<job_count> all;
  for (const auto& each : with_.run("EXECUTE count_jobs")) {
    const row_view row{each};
    all.push_back({row.text(0), row.text(1),
                   job_state_from(row.text(2)).value_or(job_state::unknown),
                   static_cast<std::uint64_t>(row.number(3))});
  }
  return all;
}

std::vector<document> questions::read(const std::string& kind, const std::string& after_key,
                                      std::uint32_t most) {
  std::vector<document> all;
  for (const auto& each : with_.run("EXECUTE documents (" + quoted(kind) + ", " +
                                    quoted(after_key) + ", " + std::to_string(most) + ")")) {
    const row_view row{each};
    all.push_back({kind, row.text(0), row.text(1), row.number(2)});
  }
  return all;
}

} // namespace vdoc::ledger::postgres
