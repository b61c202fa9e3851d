#include "cluster/ledger/postgres_statements.hpp"

#include "cluster/ledger/job_columns.hpp"
#include "cluster/ledger/postgres.hpp"
#include "cluster/ledger/postgres_rows.hpp"

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

constexpr const char* types_of_jobs =
    "text[], text[], text[], text[], text[], text[], integer[], text[], text[], bigint[], text[], "
    "text[], text[], text[], bigint[], bigint[], bigint[], text[], bigint[], bigint[], bigint[], "
    "bigint[]";

std::string prepare_adding() {
  constexpr int columns = 22;
  std::string values = "$1";
  for (int i = 2; i <= columns; ++i)
    values += ", $" + std::to_string(i);
  return "PREPARE add_jobs (" + std::string{types_of_jobs} + ") AS INSERT INTO jobs (" +
         job_columns + ") SELECT * FROM unnest(" + values + ");";
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
    std::string sql = "EXECUTE " + std::string{name} + " (";
    for (std::size_t i = 0; i < Columns; ++i)
      sql.append(i == 0 ? "" : ", ").append(columns_[i].written());
    return sql + "); ";
  }

private:
  array_literal columns_[Columns];
  std::size_t rows_ = 0;
};

call<22> new_jobs(const decided& todo) {
  call<22> adding;
  add_new_jobs(adding, todo);
  return adding;
}

std::string changed_jobs(const decided& todo) {
  call<9> changing;
  call<2> specs;
  for (const auto& row : todo.jobs) {
    if (row.is_new)
      continue;
    const auto& one = row.record;
    changing.add(one.what.id, one.what.priority, to_string(one.state), std::int64_t{one.attempts},
                 std::int64_t{one.tries}, one.last_cause, one.changed_unix_ms, one.due_unix_ms,
                 one.last_sequence);
    if (row.has_new_spec)
      specs.add(one.what.id, one.what.spec);
  }
  return changing.written("change_jobs") + specs.written("change_specs");
}

call<7> new_events(const decided& todo) {
  call<7> adding;
  add_events(adding, todo);
  return adding;
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

} // namespace

std::string own_lease(const lease_fence& as) {
  return "own AS MATERIALIZED (SELECT 1 FROM leases WHERE name = " + quoted(as.name) +
         " AND epoch = " + std::to_string(as.epoch) + " AND holder <> '' FOR SHARE)";
}

std::string statements_to_prepare(const std::optional<lease_fence>& as) {
  std::string all = prepare_look_up + prepare_adding() + prepare_removal() + prepare_others;
  if (as)
    all +=
        "PREPARE hold_lease AS WITH " + own_lease(*as) + " SELECT ln(count(*)::float8) FROM own;";
  return all;
}

std::string holding(const std::optional<lease_fence>& as) {
  return as ? "EXECUTE hold_lease; " : "";
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

std::string changing(const decided& todo) {
  return new_jobs(todo).written("add_jobs") + changed_jobs(todo) +
         new_events(todo).written("add_events") + kept_documents(todo);
}

} // namespace vdoc::ledger::postgres
