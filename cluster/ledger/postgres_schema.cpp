#include "cluster/ledger/postgres_schema.hpp"

#include "cluster/ledger/migrations.hpp"
#include "cluster/ledger/postgres.hpp"
#include "cluster/ledger/store.hpp"

namespace vdoc::ledger::postgres {

namespace {

/// Of the lock that migrations take; nobody else's, it is hoped: "vdocmigr" in ASCII.
constexpr const char* lock_number = "8530479003894538098";

/// The step's SQL, and that it was done.
std::string step(const migration& one) {
  const auto done = postgresql_migrations().first(static_cast<std::size_t>(one.number));
  return std::string{one.sql} + "; INSERT INTO migrations (number, name, usable_from) VALUES (" +
         std::to_string(one.number) + ", " + quoted(one.name) + ", " +
         std::to_string(usable_from(done)) + ")";
}

int newest_version() noexcept {
  return static_cast<int>(postgresql_migrations().size());
}

} // namespace

schema_versions versions_in(session& with) {
  schema_versions versions{0, newest_version(), 0};
  const auto there = with.run("SELECT to_regclass('video_doc.migrations') IS NOT NULL");
  if (there[0][0].c_str()[0] != 't')
    return versions;
  // The column was not there from the beginning: programs of before need the very version.
  const auto rows =
      with.run("SELECT number, coalesce((to_jsonb(step) ->> 'usable_from')::integer, number) "
               "FROM video_doc.migrations AS step ORDER BY number DESC LIMIT 1");
  if (rows.empty())
    return versions;
  const auto row = rows[0];
  const row_view view{row};
  versions.found = static_cast<int>(view.number(0));
  versions.usable_from = static_cast<int>(view.number(1));
  return versions;
}

schema_versions migrate(const std::string& url) {
  patience limits;
  limits.statement = std::chrono::milliseconds{0};
  limits.answer = std::chrono::hours{1};
  session with{url, limits};
  with.run("BEGIN; SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock(" +
           std::string{lock_number} + ")");
  auto versions = versions_in(with);
  check_not_too_new(versions, without_password(url));
  if (versions.found >= versions.needed)
    return versions;
  with.run("CREATE SCHEMA IF NOT EXISTS video_doc; CREATE TABLE IF NOT EXISTS migrations (number "
           "integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL "
           "DEFAULT now()); ALTER TABLE migrations ADD COLUMN IF NOT EXISTS usable_from integer");
  for (const auto& one : postgresql_migrations())
    if (one.number > versions.found)
      with.run(step(one));
  with.run("COMMIT");
  versions.usable_from = usable_from(postgresql_migrations());
  return versions;
}

void make_usable(session& with, const std::string& url) {
  auto versions = versions_in(with);
  const auto oldest = usable_from(postgresql_migrations());
  if (versions.found > 0 && oldest > versions.found)
    throw cannot_open{without_password(url) + " has schema " + std::to_string(versions.found) +
                          ", and this program needs " + std::to_string(versions.needed) +
                          ", usable from " + std::to_string(oldest),
                      "stop all nodes, then run `video-doc ledger migrate`"};
  if (versions.found < versions.needed) {
    migrate(url);
    versions = versions_in(with);
  }
  check_usable(versions, without_password(url));
}

} // namespace vdoc::ledger::postgres
