#include "cluster/ledger/postgres_writer.hpp"

#include "cluster/ledger/dedupe.hpp"
#include "cluster/ledger/job_columns.hpp"
#include "cluster/ledger/job_id.hpp"

namespace vdoc::ledger::postgres {

namespace {

/// Locks the jobs and documents that a batch touches, always in the same order, and only then takes
/// numbers for its events, so that the order of a job's numbers is that of its events. One column
/// says what a row is.
constexpr const char* prepare_look_up = R"sql(
PREPARE look_up (text[], text[], text[], text[], text[], integer) AS
WITH j AS MATERIALIZED (
  SELECT id, state, last_cause, priority, attempts, tries, submitted_unix_ms, changed_unix_ms,
         due_unix_ms, first_sequence, last_sequence
  FROM jobs WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE
), k AS MATERIALIZED (
  SELECT jobs.id, jobs.tenant, jobs.idempotency_key, jobs.first_sequence
  FROM unnest($2, $3) AS asked (tenant, key)
  JOIN jobs ON jobs.tenant = asked.tenant AND jobs.idempotency_key = asked.key
  WHERE jobs.idempotency_key <> ''
), d AS MATERIALIZED (
  SELECT documents.kind, documents.key, documents.version,
         CASE documents.kind WHEN 'dedupe' THEN documents.body ELSE '' END AS body
  FROM documents JOIN unnest($4, $5) AS asked (kind, key)
    ON documents.kind = asked.kind AND documents.key = asked.key
  ORDER BY documents.kind, documents.key FOR NO KEY UPDATE OF documents
)
SELECT 'j', id, state, last_cause, priority, attempts, tries, submitted_unix_ms, changed_unix_ms,
       due_unix_ms, first_sequence, last_sequence FROM j
UNION ALL SELECT 'k', id, tenant, idempotency_key, first_sequence, 0, 0, 0, 0, 0, 0, 0 FROM k
UNION ALL SELECT 'd', kind, key, body, version, 0, 0, 0, 0, 0, 0, 0 FROM d
UNION ALL SELECT 'n', '', '', '', nextval('event_sequence'), 0, 0, 0, 0, 0, 0, 0
  FROM generate_series(1, $6);
)sql";

constexpr const char* prepare_others = R"sql(
PREPARE change_jobs (text[], integer[], text[], bigint[], bigint[], text[], bigint[], bigint[],
                     bigint[]) AS
UPDATE jobs SET priority = c.priority, state = c.state, attempts = c.attempts, tries = c.tries,
  last_cause = c.last_cause, changed_unix_ms = c.changed_unix_ms, due_unix_ms = c.due_unix_ms,
  last_sequence = c.last_sequence
FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) AS c (id, priority, state, attempts, tries,
  last_cause, changed_unix_ms, due_unix_ms, last_sequence)
WHERE jobs.id = c.id;

PREPARE change_specs (text[], text[]) AS
UPDATE jobs SET spec = c.spec FROM unnest($1, $2) AS c (id, spec) WHERE jobs.id = c.id;

PREPARE add_events (text[], text[], text[], text[], bigint[], bigint[], bigint[]) AS
INSERT INTO events (job_id, kind, cause, detail, attempt, at_unix_ms, sequence)
SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7);

PREPARE put_documents (text[], text[], text[], bigint[]) AS
INSERT INTO documents (kind, key, body, version) SELECT * FROM unnest($1, $2, $3, $4)
ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body, version = excluded.version;

PREPARE add_documents (text[], text[], text[], bigint[]) AS
INSERT INTO documents (kind, key, body, version) SELECT * FROM unnest($1, $2, $3, $4);

PREPARE remove_documents (text[], text[]) AS
DELETE FROM documents WHERE (kind, key) IN (SELECT * FROM unnest($1, $2));

PREPARE number_batch (text, bigint) AS
WITH mine AS (
  UPDATE writers SET last_batch = $2 WHERE id = $1 AND NOT closed RETURNING 1
) SELECT 1 / count(*) FROM mine;

PREPARE remove_events (text[]) AS
DELETE FROM events WHERE job_id = ANY ($1);
)sql";

std::string prepare_removal() {
  return "PREPARE remove_jobs (bigint, bigint) AS DELETE FROM jobs WHERE id IN ("
         "SELECT id FROM jobs WHERE state IN ('succeeded', 'failed', 'cancelled') "
         "AND changed_unix_ms < $1 ORDER BY changed_unix_ms LIMIT $2 FOR UPDATE SKIP LOCKED) "
         "RETURNING " +
         std::string{job_columns} + ";";
}

std::string prepare_adding() {
  constexpr const char* types =
      "text[], text[], text[], text[], text[], text[], integer[], text[], "
      "text[], bigint[], text[], text[], text[], text[], bigint[], "
      "bigint[], bigint[], text[], bigint[], bigint[], bigint[], bigint[]";
  std::string values = "$1";
  for (int i = 2; i <= 22; ++i)
    values += ", $" + std::to_string(i);
  return "PREPARE add_jobs (" + std::string{types} + ") AS INSERT INTO jobs (" + job_columns +
         ") SELECT * FROM unnest(" + values + ");";
}

/// "EXECUTE name (array, array, ...);" for columns that are filled row by row.
template <std::size_t Columns> class call {
public:
  template <class... Values> void add(const Values&... values) {
    static_assert(sizeof...(Values) == Columns);
    std::size_t column = 0;
    (columns_[column++].add(values), ...);
    ++rows_;
  }
  /// Nothing when there are no rows.
  [[nodiscard]] std::string written(const char* name) const {
    if (rows_ == 0)
      return {};
    std::string sql = "EXECUTE " + std::string{name};
    for (std::size_t i = 0; i < Columns; ++i)
      sql += (i == 0 ? " (" : ", ") + columns_[i].written();
    return sql + "); ";
  }

private:
  array_literal columns_[Columns];
  std::size_t rows_ = 0;
};

std::string added_jobs(const decided& todo) {
  call<22> adding;
  for (const auto& row : todo.jobs) {
    if (!row.is_new)
      continue;
    const auto& [what, state, attempts, submitted, cause, changed, last, tries, due] = row.record;
    adding.add(what.id, what.source, what.output, what.spec, what.tenant, what.queue,
               std::int64_t{what.priority}, what.idempotency_key, what.labels,
               what.not_before_unix_ms, written_ids(what.after), what.traceparent, what.callback,
               to_string(state), std::int64_t{attempts}, std::int64_t{tries}, submitted, cause,
               changed, due, row.first_sequence, last);
  }
  return adding.written("add_jobs");
}

std::string changed_jobs(const decided& todo) {
  call<9> changing;
  call<2> specs;
  for (const auto& row : todo.jobs) {
    if (row.is_new)
      continue;
    const auto& one = row.record;
    changing.add(one.what.id, std::int64_t{one.what.priority}, to_string(one.state),
                 std::int64_t{one.attempts}, std::int64_t{one.tries}, one.last_cause,
                 one.changed_unix_ms, one.due_unix_ms, one.last_sequence);
    if (row.has_new_spec)
      specs.add(one.what.id, one.what.spec);
  }
  return changing.written("change_jobs") + specs.written("change_specs");
}

std::string added_events(const decided& todo) {
  call<7> adding;
  for (const auto& one : todo.events)
    adding.add(one.job_id, to_string(one.kind), one.cause, one.detail, std::int64_t{one.attempt},
               one.at_unix_ms, one.sequence);
  return adding.written("add_events");
}

/// A new one is inserted and nothing else: if another node was faster, that is an error.
std::string kept_documents(const decided& todo) {
  call<4> adding, putting;
  call<2> removing;
  for (const auto& [one, is_new] : todo.documents) {
    if (one.body.empty()) {
      removing.add(one.kind, one.key);
      continue;
    }
    auto& how = is_new ? adding : putting;
    how.add(one.kind, one.key, one.body, one.version);
  }
  return removing.written("remove_documents") + adding.written("add_documents") +
         putting.written("put_documents");
}

job_row read_standing(const row_view& row) {
  job_row there;
  auto& one = there.record;
  one.what.id = row.text(1);
  one.state = job_state_from(row.text(2)).value_or(job_state::unknown);
  one.last_cause = row.text(3);
  one.what.priority = static_cast<std::int32_t>(row.number(4));
  one.attempts = static_cast<std::uint32_t>(row.number(5));
  one.tries = static_cast<std::uint32_t>(row.number(6));
  one.submitted_unix_ms = row.number(7);
  one.changed_unix_ms = row.number(8);
  one.due_unix_ms = row.number(9);
  there.first_sequence = static_cast<std::uint64_t>(row.number(10));
  one.last_sequence = static_cast<std::uint64_t>(row.number(11));
  return there;
}

/// What `look_up` found.
struct looked_up {
  present there;
  std::vector<std::uint64_t> numbers;
};

looked_up read(const pqxx::result& rows) {
  looked_up all;
  for (const auto& each : rows) {
    const row_view row{each};
    switch (each[0].c_str()[0]) {
    case 'j':
      all.there.jobs.insert_or_assign(row.text(1), read_standing(row));
      break;
    case 'k': {
      all.there.keys.emplace(two_names{row.text(2), row.text(3)}, row.text(1));
      job_row holder;
      holder.first_sequence = static_cast<std::uint64_t>(row.number(4));
      all.there.jobs.try_emplace(row.text(1), holder);
      break;
    }
    case 'd':
      all.there.documents.emplace(two_names{row.text(1), row.text(2)}, row.number(4));
      if (row.text(1) == dedupe_kind)
        all.there.first_jobs.emplace(two_names{row.text(1), row.text(2)}, row.text(3));
      break;
    default:
      all.numbers.push_back(static_cast<std::uint64_t>(row.number(4)));
    }
  }
  return all;
}

std::string looking_up(const touched& names, std::size_t numbers) {
  array_literal ids;
  for (const auto& id : names.job_ids)
    ids.add(id);
  std::string sql = "BEGIN; EXECUTE look_up (" + ids.written();
  for (const auto* pairs : {&names.keys, &names.documents}) {
    array_literal first, second;
    for (const auto& [one, other] : *pairs) {
      first.add(one);
      second.add(other);
    }
    sql += ", " + first.written() + ", " + second.written();
  }
  return sql + ", " + std::to_string(numbers) + ")";
}

} // namespace

writer::writer(session& with) : with_{with}, id_{new_job_id()} {
  with_.run(prepare_look_up + prepare_adding() + prepare_removal() + prepare_others);
  with_.run("INSERT INTO writers (id, last_batch, closed) VALUES (" + quoted(id_) +
            ", 0, false); DELETE FROM writers WHERE opened_at < now() - interval '7 days'");
}

decided writer::look_up_and_decide(const std::vector<entry>& batch, std::int64_t now_unix_ms) {
  auto found = read(with_.run(looking_up(touched_by(batch), events_at_most(batch))));
  return decide(batch, std::move(found.there), now_unix_ms,
                [&found, at = std::size_t{0}]() mutable { return found.numbers.at(at++); });
}

std::string writer::statements_for(const decided& todo) {
  const auto last = todo.events.empty() ? 0 : todo.events.back().sequence;
  return "EXECUTE number_batch (" + quoted(id_) + ", " + std::to_string(batches_) + "); " +
         added_jobs(todo) + changed_jobs(todo) + added_events(todo) + kept_documents(todo) +
         "NOTIFY video_doc, " + quoted(id_ + " " + std::to_string(last)) + "; COMMIT";
}

std::vector<written> writer::write(const std::vector<entry>& batch, std::int64_t now_unix_ms) {
  doubt_.clear();
  try {
    auto todo = look_up_and_decide(batch, now_unix_ms);
    if (todo.jobs.empty() && todo.events.empty() && todo.documents.empty()) {
      with_.roll_back();
      return std::move(todo.each);
    }
    ++batches_;
    const auto sql = statements_for(todo);
    doubt_ = id_ + "/" + std::to_string(batches_);
    doubtful_ = std::move(todo.each);
    with_.run(sql);
    doubt_.clear();
    return std::move(doubtful_);
  } catch (const error& why) {
    if (!why.lost()) {
      doubt_.clear();
      with_.roll_back();
    }
    throw;
  }
}

std::vector<job> writer::remove_ended(std::int64_t before_unix_ms, std::uint32_t most) {
  try {
    std::vector<job> jobs;
    array_literal ids;
    for (const auto& row :
         with_.run("BEGIN; EXECUTE remove_jobs (" + std::to_string(before_unix_ms) + ", " +
                   std::to_string(most) + ")")) {
      jobs.push_back(read_job(row_view{row}).what);
      ids.add(jobs.back().id);
    }
    with_.run("EXECUTE remove_events (" + ids.written() + "); COMMIT");
    return jobs;
  } catch (const error& why) {
    if (!why.lost())
      with_.roll_back();
    throw;
  }
}

fate fate_of(session& with, const std::string& doubt) {
  const auto slash = doubt.find('/');
  const auto rows = with.run(
      "UPDATE writers SET closed = true WHERE id = $1 RETURNING last_batch >= $2::bigint",
      {doubt.substr(0, slash), slash == std::string::npos ? "0" : doubt.substr(slash + 1)});
  return !rows.empty() && rows[0][0].c_str()[0] == 't' ? fate::written : fate::not_written;
}

} // namespace vdoc::ledger::postgres
