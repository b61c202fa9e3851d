#include "cluster/ledger/sqlite.hpp"

#include "cluster/ledger/folded.hpp"

#include <sqlite3.h>

namespace vdoc::ledger::sqlite {

namespace {

void check(sqlite3* db, int code) {
  if (code != SQLITE_OK && code != SQLITE_ROW && code != SQLITE_DONE)
    throw error{db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(code), code & 0xff};
}

/// SQL's folded(text).
void folded_in_sql(sqlite3_context* context, int /*count*/, sqlite3_value** values) {
  const auto* bytes = sqlite3_value_text(values[0]);
  const auto size = static_cast<std::size_t>(sqlite3_value_bytes(values[0]));
  if (bytes == nullptr)
    return;
  const auto text = folded({reinterpret_cast<const char*>(bytes), size});
  // NOLINTNEXTLINE(performance-no-int-to-ptr): SQLite's word for "make a copy"
  sqlite3_result_text64(context, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
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
  check(db, sqlite3_create_function_v2(db, "folded", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr,
                                       folded_in_sql, nullptr, nullptr, nullptr));
}

void connection::run(const char* sql) {
  check(db_.get(), sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr));
}

std::int64_t connection::number(const char* sql) {
  statement asked{*this, sql};
  return asked.step() ? asked.number(0) : 0;
}

transaction::~transaction() {
  if (sqlite3_get_autocommit(db_.raw()) == 0)
    sqlite3_exec(db_.raw(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void statement::finalizer::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_finalize(statement);
}

statement::statement(const connection& db, const char* sql) : db_{db.raw()} {
  sqlite3_stmt* raw = nullptr;
  check(db_, sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &raw, nullptr));
  raw_.reset(raw);
}

void statement::put(int at, std::string_view text) {
  // A view of nothing would be bound as NULL.
  check(db_, sqlite3_bind_text64(raw_.get(), at, text.data() == nullptr ? "" : text.data(),
                                 text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void statement::put(int at, std::int64_t number) {
  check(db_, sqlite3_bind_int64(raw_.get(), at, number));
}

statement& statement::bind(std::string_view text) {
  put(++bound_, text);
  return *this;
}

statement& statement::bind(std::int64_t number) {
  put(++bound_, number);
  return *this;
}

statement& statement::bind(const char* name, std::string_view text) {
  if (const auto at = sqlite3_bind_parameter_index(raw_.get(), name); at > 0)
    put(at, text);
  return *this;
}

statement& statement::bind(const char* name, std::int64_t number) {
  if (const auto at = sqlite3_bind_parameter_index(raw_.get(), name); at > 0)
    put(at, number);
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
