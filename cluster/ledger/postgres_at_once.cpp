#include "cluster/ledger/postgres_at_once.hpp"

#include "cluster/ledger/binary_rows.hpp"
#include "cluster/ledger/postgres_rows.hpp"
#include "cluster/ledger/postgres_statements.hpp"

#include <charconv>
#include <string_view>

namespace vdoc::ledger::postgres {

namespace {

/// What a batch has beside its events. Each combination is a statement of its own, for what a
/// statement does not do costs time as well.
struct parts {
  bool jobs = false, changes = false, documents = false;

  [[nodiscard]] std::string name() const {
    return std::string{"at_once"} + (jobs ? "_jobs" : "") + (changes ? "_changes" : "") +
           (documents ? "_documents" : "");
  }
};

/// "r.one, r.two" for "one, two", and the last `places` of them as the numbers at these places.
std::string columns_of_rows(std::string_view columns, int places) {
  std::vector<std::string> names;
  for (std::size_t at = 0; at < columns.size();) {
    const auto end = std::min(columns.find(", ", at), columns.size());
    names.emplace_back(columns.substr(at, end - at));
    at = end + 2;
  }
  std::string all;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const bool is_place = names.size() - i <= static_cast<std::size_t>(places);
    all += (i == 0 ? "" : ", ") + ((is_place ? "n.of[r." + names[i] + "]" : "r." + names[i]));
  }
  return all;
}

std::string inserting(const char* table, const std::string& columns, int places,
                      const std::string& rows) {
  return "(INSERT INTO " + std::string{table} + " (" + columns + ") SELECT " +
         columns_of_rows(columns, places) + " FROM n, unnest(" + rows + ") AS r)";
}

/// Parameters: how many events, the writer, its batch, the events, and then the parts.
std::string statement_for(const parts& what, const std::optional<lease_fence>& as) {
  int last = 4;
  const auto next = [&last](const char* type) {
    return "$" + std::to_string(++last) + "::" + type + "[]";
  };
  std::string with =
      "WITH n AS MATERIALIZED (SELECT array_agg(nextval('event_sequence')) AS of "
      "FROM generate_series(1, $1::integer)), "
      "w AS (UPDATE writers SET last_batch = $3::bigint WHERE id = $2::text "
      "AND NOT closed RETURNING 1), "
      "e AS " +
      inserting("events", "job_id, kind, cause, detail, attempt, at_unix_ms, sequence", 1,
                "$4::new_event[]");
  std::string then = " SELECT of, 1 / (SELECT count(*) FROM w)";
  if (what.jobs)
    with += ", j AS " + inserting("jobs", job_columns, 2, next("new_job"));
  if (what.changes) {
    // Who waited for the row sees it as it is then.
    with += ", c AS (UPDATE jobs SET priority = r.priority, state = r.state, "
            "attempts = r.attempts, tries = r.tries, last_cause = r.last_cause, "
            "changed_unix_ms = r.changed_unix_ms, due_unix_ms = r.due_unix_ms, "
            "last_sequence = n.of[r.last_sequence] FROM n, unnest(" +
            next("changed_job") +
            ") AS r WHERE jobs.id = r.id AND jobs.last_sequence = r.seen_sequence RETURNING 1)";
    then += ", sqrt((SELECT count(*) FROM c)::float8 - $" + std::to_string(++last) + "::integer)";
  }
  if (what.documents)
    with += ", d AS " + inserting("documents", "kind, key, body, version", 0, next("new_document"));
  if (as) {
    with += ", " + own_lease(*as);
    then += ", ln((SELECT count(*) FROM own)::float8)";
  }
  return with + then + " FROM n";
}

/// The numbers in an array like {1,2,3}.
std::vector<std::uint64_t> numbers_in(std::string_view text, std::size_t expected) {
  std::vector<std::uint64_t> all;
  all.reserve(expected);
  const auto* at = text.data();
  const auto* const end = at + text.size();
  while (at < end) {
    std::uint64_t number = 0;
    const auto read = std::from_chars(at + 1, end, number); // behind a brace or a comma
    if (read.ec != std::errc{})
      break;
    all.push_back(number);
    at = read.ptr;
  }
  return all;
}

} // namespace

at_once::at_once(session& with, const std::optional<lease_fence>& as) : with_{with} {
  for (const auto& what :
       {parts{true, false, false}, parts{true, false, true}, parts{false, true, false},
        parts{true, true, false}, parts{true, true, true}})
    with_.prepare(what.name(), statement_for(what, as));
  const auto types = with_.run("SELECT 'new_job'::regtype::oid, 'new_event'::regtype::oid, "
                               "'changed_job'::regtype::oid, 'new_document'::regtype::oid")[0];
  int column = 0;
  for (auto* type : {&job_type_, &event_type_, &change_type_, &document_type_})
    *type = static_cast<std::uint32_t>(row_view{types}.number(column++));
}

std::vector<std::uint64_t> at_once::write(const decided& todo, const standing_jobs& standing,
                                          const std::string& writer, std::uint64_t batch) {
  binary_rows jobs{job_type_}, events{event_type_}, changes{change_type_},
      documents{document_type_};
  add_new_jobs(jobs, todo);
  add_events(events, todo);
  for (const auto& row : todo.jobs)
    if (const auto& it = row.record; !row.is_new)
      changes.add(it.what.id, standing.last_sequence(it.what.id), it.what.priority,
                  to_string(it.state), std::int64_t{it.attempts}, std::int64_t{it.tries},
                  it.last_cause, it.changed_unix_ms, it.due_unix_ms, it.last_sequence);
  for (const auto& [one, is_new] : todo.documents)
    documents.add(one.kind, one.key, one.body, one.version);

  const parts what{jobs.size() > 0, changes.size() > 0, documents.size() > 0};
  const auto count = [](std::size_t rows) { return in_binary(static_cast<std::int32_t>(rows)); };
  std::vector<std::string> values{count(todo.events.size()), in_binary(writer),
                                  in_binary(static_cast<std::int64_t>(batch)),
                                  std::move(events).written()};
  if (what.jobs)
    values.push_back(std::move(jobs).written());
  if (what.changes) {
    const auto rows = changes.size();
    values.push_back(std::move(changes).written());
    values.push_back(count(rows));
  }
  if (what.documents)
    values.push_back(std::move(documents).written());
  const auto rows = with_.execute(what.name(), values);
  const auto said = rows[0][0];
  auto numbers = numbers_in({said.c_str(), said.size()}, todo.events.size());
  if (numbers.size() != todo.events.size())
    throw error{"the database gave other numbers than were asked for", {}, true};
  return numbers;
}

} // namespace vdoc::ledger::postgres
