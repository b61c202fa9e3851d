#include "cluster/ledger/sqlite_questions.hpp"

#include "cluster/ledger/folded.hpp"
#include "cluster/ledger/job_columns.hpp"
#include "cluster/ledger/job_lists.hpp"

namespace vdoc::ledger::sqlite {

namespace {

const std::string columns = job_columns;

const list_words words{
    ":cursor",
    ":most",
    ":tenant",
    ":queue",
    "EXISTS (SELECT 1 FROM json_each(labels) AS label "
    "WHERE label.key = :label_key AND label.value = :label_value)",
    "(instr(folded(source), :text) OR instr(folded(output), :text) "
    "OR instr(folded(last_cause), :text))",
    ":from",
    ":until",
};

template <class Read> std::vector<job_record> read_each(statement& asked, Read read) {
  std::vector<job_record> jobs;
  while (asked.step())
    jobs.push_back(read(asked));
  return jobs;
}

} // namespace

questions::questions(connection& db)
    : db_{db}, job_{db, with_success("SELECT " + columns + " FROM jobs WHERE id = ?").c_str()},
      last_{db, ("SELECT " + columns +
                 " FROM jobs WHERE source = ? AND output = ? AND output <> id ORDER BY "
                 "last_sequence DESC LIMIT 1")
                    .c_str()},
      events_{db, "SELECT kind, cause, detail, attempt, at_unix_ms, sequence FROM events "
                  "WHERE job_id = ? ORDER BY sequence"},
      open_{db, open_jobs_sql(words).c_str()},
      counts_{db, "SELECT tenant, queue, state, count(*) FROM jobs GROUP BY tenant, queue, state "
                  "ORDER BY tenant, queue, state"},
      documents_{db, "SELECT key, body, version FROM documents WHERE kind = ? AND key > ? "
                     "ORDER BY key LIMIT ?"} {}

std::optional<job_record> questions::find(const std::string& job_id) {
  const use asked{job_};
  if (!asked->bind(job_id).step())
    return std::nullopt;
  return read_shown_job(*asked);
}

std::optional<job_record> questions::find_last(const std::string& source,
                                               const std::string& output) {
  const use asked{last_};
  if (!asked->bind(source).bind(output).step())
    return std::nullopt;
  return read_job(*asked);
}

std::vector<event> questions::history_of(const std::string& job_id) {
  const use asked{events_};
  asked->bind(job_id);
  std::vector<event> all;
  while (asked->step())
    all.push_back(read_event(*asked, job_id));
  return all;
}

std::vector<job_record> questions::list(const job_filter& which, const std::string& cursor,
                                        std::uint32_t most) {
  const auto text = folded(which.text);
  statement asked{db_, list_sql(which, cursor, words).c_str()};
  asked.bind(":cursor", cursor).bind(":most", most).bind(":tenant", which.tenant);
  asked.bind(":queue", which.queue).bind(":text", text);
  asked.bind(":label_key", which.label_key).bind(":label_value", which.label_value);
  asked.bind(":from", which.submitted_from_unix_ms).bind(":until", which.submitted_until_unix_ms);
  return read_each(asked, [](const auto& row) { return read_shown_job(row); });
}

std::vector<job_record> questions::open_jobs(const std::string& after_id, std::uint32_t most) {
  const use asked{open_};
  asked->bind(":cursor", after_id).bind(":most", most);
  return read_each(*asked, [](const auto& row) { return read_job(row); });
}

std::vector<job_count> questions::count() {
  const use asked{counts_};
  std::vector<job_count> all;
  while (asked->step())
    all.push_back({asked->text(0), asked->text(1),
                   job_state_from(asked->text(2)).value_or(job_state::unknown),
                   static_cast<std::uint64_t>(asked->number(3))});
  return all;
}

std::vector<document> questions::read(const std::string& kind, const std::string& after_key,
                                      std::uint32_t most) {
  const use asked{documents_};
  asked->bind(kind).bind(after_key).bind(most);
  std::vector<document> all;
  while (asked->step())
    all.push_back({kind, asked->text(0), asked->text(1), asked->number(2)});
  return all;
}

} // namespace vdoc::ledger::sqlite
