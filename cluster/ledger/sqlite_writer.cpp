#include "cluster/ledger/sqlite_writer.hpp"

#include "cluster/ledger/dedupe.hpp"
#include "cluster/ledger/job_columns.hpp"

namespace vdoc::ledger::sqlite {

namespace {

std::string adding_a_job() {
  std::string places = "?";
  for (int i = 1; i < 22; ++i)
    places += ", ?";
  return "INSERT INTO jobs (" + std::string{job_columns} + ") VALUES (" + places + ")";
}

std::string ended_jobs() {
  return "SELECT " + std::string{job_columns} +
         " FROM jobs WHERE state IN ('succeeded', 'failed', 'cancelled') AND changed_unix_ms < ? "
         "ORDER BY changed_unix_ms LIMIT ?";
}

std::int64_t as_number(std::uint64_t sequence) {
  return static_cast<std::int64_t>(sequence);
}

} // namespace

writer::writer(connection& db, std::optional<lease_fence> as)
    : db_{db}, as_{std::move(as)},
      epoch_{db, "SELECT epoch FROM leases WHERE name = ? AND holder <> ''"},
      job_{db, "SELECT priority, state, attempts, tries, submitted_unix_ms, last_cause, "
               "changed_unix_ms, due_unix_ms, first_sequence, last_sequence FROM jobs "
               "WHERE id = ?"},
      key_{db, "SELECT id FROM jobs WHERE tenant = ? AND idempotency_key = ? "
               "AND idempotency_key <> ''"},
      document_{db, "SELECT version, body FROM documents WHERE kind = ? AND key = ?"},
      sequence_{db, "SELECT seq FROM sqlite_sequence WHERE name = 'events'"},
      add_job_{db, adding_a_job().c_str()},
      change_job_{db, "UPDATE jobs SET priority = ?, state = ?, attempts = ?, tries = ?, "
                      "last_cause = ?, changed_unix_ms = ?, due_unix_ms = ?, last_sequence = ?, "
                      "spec = iif(?, ?, spec) WHERE id = ?"},
      add_event_{db, "INSERT INTO events (job_id, kind, cause, detail, attempt, at_unix_ms, "
                     "sequence) VALUES (?, ?, ?, ?, ?, ?, ?)"},
      put_document_{db, "INSERT OR REPLACE INTO documents (kind, key, body, version) "
                        "VALUES (?, ?, ?, ?)"},
      remove_document_{db, "DELETE FROM documents WHERE kind = ? AND key = ?"},
      ended_{db, ended_jobs().c_str()}, remove_job_{db, "DELETE FROM jobs WHERE id = ?"},
      remove_events_{db, "DELETE FROM events WHERE job_id = ?"} {}

std::vector<written> writer::write(const std::vector<entry>& batch, std::int64_t now_unix_ms) {
  transaction all{db_};
  look_at_lease();
  std::int64_t last = 0;
  {
    const use asked{sequence_};
    if (asked->step())
      last = asked->number(0);
  }
  auto todo = decide(batch, look_up(touched_by(batch)), now_unix_ms,
                     [&last] { return static_cast<std::uint64_t>(++last); });
  for (const auto& row : todo.jobs)
    put(row);
  for (const auto& happened : todo.events)
    add(happened);
  for (const auto& kept : todo.documents)
    put(kept.what);
  all.commit();
  return std::move(todo.each);
}

void writer::look_at_lease() {
  if (!as_)
    return;
  const use asked{epoch_};
  if (!asked->bind(as_->name).step() || static_cast<std::uint64_t>(asked->number(0)) != as_->epoch)
    throw lease_is_lost{*as_};
}

std::optional<job_row> writer::look_up_job(const std::string& id) {
  const use asked{job_};
  if (!asked->bind(id).step())
    return std::nullopt;
  job_row row;
  auto& record = row.record;
  record.what.id = id;
  record.what.priority = static_cast<std::int32_t>(asked->number(0));
  record.state = job_state_from(asked->text(1)).value_or(job_state::unknown);
  record.attempts = static_cast<std::uint32_t>(asked->number(2));
  record.tries = static_cast<std::uint32_t>(asked->number(3));
  record.submitted_unix_ms = asked->number(4);
  record.last_cause = asked->text(5);
  record.changed_unix_ms = asked->number(6);
  record.due_unix_ms = asked->number(7);
  row.first_sequence = static_cast<std::uint64_t>(asked->number(8));
  record.last_sequence = static_cast<std::uint64_t>(asked->number(9));
  return row;
}

present writer::look_up(const touched& names) {
  present there;
  const auto take = [&](const std::string& id) {
    if (auto row = look_up_job(id))
      there.jobs.emplace(id, *std::move(row));
  };
  for (const auto& id : names.job_ids)
    take(id);
  for (const auto& key : names.keys) {
    const use asked{key_};
    if (!asked->bind(key.first).bind(key.second).step())
      continue;
    const auto id = asked->text(0);
    there.keys.emplace(key, id);
    if (!there.jobs.contains(id))
      take(id);
  }
  for (const auto& name : names.documents) {
    const use asked{document_};
    if (!asked->bind(name.first).bind(name.second).step())
      continue;
    there.documents.emplace(name, asked->number(0));
    if (name.first == dedupe_kind)
      there.first_jobs.emplace(name, asked->text(1));
  }
  return there;
}

void writer::put(const job_row& row) {
  if (row.is_new)
    add(row);
  else
    change(row);
}

void writer::add(const job_row& row) {
  const auto& [what, state, attempts, submitted, cause, changed, last, tries, due, reused] =
      row.record; // `reused` is read out of the events
  const auto after = written_ids(what.after);
  const auto state_name = to_string(state);
  const use adding{add_job_};
  adding->bind(what.id).bind(what.source).bind(what.output).bind(what.spec);
  adding->bind(what.tenant).bind(what.queue).bind(what.priority).bind(what.idempotency_key);
  adding->bind(what.labels).bind(what.not_before_unix_ms).bind(after);
  adding->bind(what.traceparent).bind(what.callback);
  adding->bind(state_name).bind(attempts).bind(tries).bind(submitted).bind(cause);
  adding->bind(changed).bind(due).bind(as_number(row.first_sequence)).bind(as_number(last)).step();
}

void writer::change(const job_row& row) {
  const auto& record = row.record;
  const auto state_name = to_string(record.state);
  const use changing{change_job_};
  changing->bind(record.what.priority).bind(state_name).bind(record.attempts).bind(record.tries);
  changing->bind(record.last_cause).bind(record.changed_unix_ms).bind(record.due_unix_ms);
  changing->bind(as_number(record.last_sequence));
  changing->bind(row.has_new_spec ? 1 : 0).bind(record.what.spec).bind(record.what.id).step();
}

void writer::add(const event& happened) {
  const auto kind = to_string(happened.kind);
  const use adding{add_event_};
  adding->bind(happened.job_id).bind(kind).bind(happened.cause).bind(happened.detail);
  adding->bind(happened.attempt)
      .bind(happened.at_unix_ms)
      .bind(as_number(happened.sequence))
      .step();
}

void writer::put(const document& kept) {
  if (kept.body.empty()) {
    const use removing{remove_document_};
    removing->bind(kept.kind).bind(kept.key).step();
    return;
  }
  const use putting{put_document_};
  putting->bind(kept.kind).bind(kept.key).bind(kept.body).bind(kept.version).step();
}

std::vector<job> writer::remove_ended(std::int64_t before_unix_ms, std::uint32_t most) {
  transaction all{db_};
  look_at_lease();
  db_.run("PRAGMA defer_foreign_keys = ON"); // history may only go after its job
  std::vector<job> jobs;
  {
    const use asked{ended_};
    asked->bind(before_unix_ms).bind(most);
    while (asked->step())
      jobs.push_back(read_job(*asked).what);
  }
  for (const auto& one : jobs) {
    {
      const use removing{remove_job_};
      removing->bind(one.id).step();
    }
    const use removing{remove_events_};
    removing->bind(one.id).step();
  }
  all.commit();
  return jobs;
}

void writer::try_it() {
  transaction all{db_};
  db_.run(("PRAGMA user_version = " + std::to_string(db_.number("PRAGMA user_version"))).c_str());
  all.commit();
}

} // namespace vdoc::ledger::sqlite
