#include "cluster/ledger/postgres_schema.hpp"

#include "cluster/ledger/migrations.hpp"
#include "cluster/ledger/postgres.hpp"

namespace vdoc::ledger::postgres {

namespace {

/// Of the lock that migrations take; nobody else's, it is hoped: "vdocmigr" in ASCII.
constexpr const char* lock_number = "8530479003894538098";

/// The step's SQL, and that it was done.
std::string step(const migration& one) {
  return std::string{one.sql} + "; INSERT INTO migrations (number, name) VALUES (" +
         std::to_string(one.number) + ", " + quoted(one.name) + ")";
}

} // namespace

int newest_version() noexcept {
  return static_cast<int>(postgresql_migrations().size());
}

int version_of(session& with) {
  const auto there = with.run("SELECT to_regclass('video_doc.migrations') IS NOT NULL");
  if (there[0][0].c_str()[0] != 't')
    return 0;
  const auto row = with.run("SELECT coalesce(max(number), 0) FROM video_doc.migrations")[0];
  return static_cast<int>(row_view{row}.number(0));
}

void check_version(int version, const std::string& url) {
  if (version > newest_version())
    throw cannot_open{
        without_password(url) + " was set up by a newer version of video-doc (schema " +
            std::to_string(version) + ", this one knows " + std::to_string(newest_version()) + ")",
        "use that version, or another database"};
  if (version < newest_version())
    throw cannot_open{without_password(url) + " has the tables of schema " +
                          std::to_string(version) + ", and " + std::to_string(newest_version()) +
                          " is needed",
                      "run `video-doc ledger migrate`"};
}

schema_versions migrate(const std::string& url) {
  patience limits;
  limits.statement = std::chrono::milliseconds{0};
  limits.answer = std::chrono::hours{1};
  session with{url, limits};
  with.run("BEGIN; SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock(" +
           std::string{lock_number} + ")");
  schema_versions versions{version_of(with), newest_version()};
  if (versions.found > newest_version())
    check_version(versions.found, url);
  if (versions.found == 0)
    with.run("CREATE SCHEMA IF NOT EXISTS video_doc; CREATE TABLE IF NOT EXISTS migrations (number "
             "integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL "
             "DEFAULT now())");
  for (const auto& one : postgresql_migrations())
    if (one.number > versions.found)
      with.run(step(one));
  with.run("COMMIT");
  return versions;
}

} // namespace vdoc::ledger::postgres
