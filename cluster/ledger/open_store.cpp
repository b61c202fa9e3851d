#include "cluster/ledger/open_store.hpp"

#include "cluster/ledger/fence.hpp"
#include "cluster/ledger/postgres.hpp"
#include "cluster/ledger/postgres_schema.hpp"
#include "cluster/ledger/postgres_store.hpp"
#include "cluster/ledger/sqlite_store.hpp"

namespace vdoc::ledger {

namespace {

/// Asks a server, and says what is wrong if it does not answer.
template <class Ask> auto with_server(const std::string& url, Ask ask) {
  try {
    return ask();
  } catch (const postgres::error& why) {
    throw cannot_open{postgres::without_password(url) + " cannot be used: " + why.what(),
                      "check that the server runs, and the name, password and rights in the URL"};
  }
}

/// A path of that name is hardly meant.
void refuse_foreign_url(const std::string& url_or_path) {
  const auto scheme = url_or_path.find("://");
  if (scheme != std::string::npos && !is_postgres_url(url_or_path))
    throw cannot_open{"the ledger knows no database at " + url_or_path.substr(0, scheme) + "://",
                      "give a postgresql:// URL, or the path of an SQLite file"};
}

} // namespace

bool is_postgres_url(const std::string& url_or_path) noexcept {
  return url_or_path.starts_with("postgresql://") || url_or_path.starts_with("postgres://");
}

std::string shown_url(const std::string& url_or_path) {
  return is_postgres_url(url_or_path) ? postgres::without_password(url_or_path) : url_or_path;
}

std::unique_ptr<store> open_store(const std::string& url_or_path, purpose what_for) {
  refuse_foreign_url(url_or_path);
  if (is_postgres_url(url_or_path))
    return open_postgres_store(url_or_path, what_for);
  return open_sqlite_store(url_or_path);
}

std::unique_ptr<store> open_store(const std::string& url_or_path, fence by) {
  refuse_foreign_url(url_or_path);
  if (is_postgres_url(url_or_path))
    return open_postgres_store(url_or_path, purpose::writing, std::move(by));
  return open_sqlite_store(url_or_path, std::chrono::seconds{5}, std::move(by));
}

schema_versions migrate(const std::string& url_or_path) {
  refuse_foreign_url(url_or_path);
  if (!is_postgres_url(url_or_path))
    return migrate_sqlite(url_or_path);
  return with_server(url_or_path, [&] { return postgres::migrate(url_or_path); });
}

void check_tables(const std::string& url_or_path) {
  refuse_foreign_url(url_or_path);
  if (!is_postgres_url(url_or_path)) {
    open_sqlite_store(url_or_path);
    return;
  }
  postgres::patience limits;
  limits.statement = limits.answer = limits.connecting;
  try {
    postgres::session with{url_or_path, limits};
    postgres::make_usable(with, url_or_path);
  } catch (const postgres::error&) { // whoever needs it will say so, again and again
  }
}

schema_versions versions_of(const std::string& url_or_path) {
  refuse_foreign_url(url_or_path);
  if (!is_postgres_url(url_or_path))
    return versions_of_sqlite(url_or_path);
  return with_server(url_or_path, [&] {
    postgres::session with{url_or_path, {}};
    const auto versions = postgres::versions_in(with);
    check_not_too_new(versions, postgres::without_password(url_or_path));
    return versions;
  });
}

} // namespace vdoc::ledger
