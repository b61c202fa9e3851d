#include "cluster/ledger/sqlite.hpp"

#include <sqlite3.h>

namespace vdoc::ledger::sqlite {

namespace {

void check(sqlite3* db, int code) {
  if (code != SQLITE_OK && code != SQLITE_ROW && code != SQLITE_DONE)
    throw error{db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(code), code & 0xff};
}

} // namespace

void connection::closer::operator()(sqlite3* db) const noexcept {
  sqlite3_close_v2(db);
}

connection::connection(const std::filesystem::path& file, std::chrono::milliseconds patience) {
  sqlite3* db = nullptr;
  const auto code = sqlite3_open_v2(
      file.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  db_.reset(db);
  check(db, code);
  check(db, sqlite3_busy_timeout(db, static_cast<int>(patience.count())));
}

void connection::run(const char* sql) {
  check(db_.get(), sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr));
}

std::int64_t connection::number(const char* sql) {
  statement asked{*this, sql};
  return asked.step() ? asked.number(0) : 0;
}

int connection::changes() const noexcept {
  return sqlite3_changes(db_.get());
}

void statement::finalizer::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_finalize(statement);
}

statement::statement(const connection& db, const char* sql) : db_{db.raw()} {
  sqlite3_stmt* raw = nullptr;
  check(db_, sqlite3_prepare_v2(db_, sql, -1, &raw, nullptr));
  raw_.reset(raw);
}

statement& statement::bind(std::string_view text) {
  check(db_, sqlite3_bind_text64(raw_.get(), ++bound_, text.data(), text.size(), SQLITE_TRANSIENT,
                                 SQLITE_UTF8));
  return *this;
}

statement& statement::bind(std::int64_t number) {
  check(db_, sqlite3_bind_int64(raw_.get(), ++bound_, number));
  return *this;
}

bool statement::step() {
  const auto code = sqlite3_step(raw_.get());
  check(db_, code);
  return code == SQLITE_ROW;
}

void statement::reset() noexcept {
  sqlite3_reset(raw_.get());
  sqlite3_clear_bindings(raw_.get());
  bound_ = 0;
}

std::string statement::text(int column) const {
  const auto* bytes = sqlite3_column_text(raw_.get(), column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(raw_.get(), column));
  return bytes == nullptr ? std::string{} : std::string{reinterpret_cast<const char*>(bytes), size};
}

std::int64_t statement::number(int column) const noexcept {
  return sqlite3_column_int64(raw_.get(), column);
}

} // namespace vdoc::ledger::sqlite
