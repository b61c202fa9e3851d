#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace vdoc::ledger::sqlite {

/// What SQLite says when it does not do as it is told. Stays inside cluster/ledger.
class error : public std::runtime_error {
public:
  error(const std::string& what, int code) : std::runtime_error{what}, code_{code} {}
  [[nodiscard]] int code() const noexcept { return code_; } ///< primary result code, SQLITE_*

private:
  int code_;
};

/// An open database file. One thread at a time. SQL may call `folded(text)`, which is ours.
class connection {
public:
  /// Creates the file if there is none. Waits up to `patience` for a lock of another process.
  explicit connection(const std::filesystem::path& file,
                      std::chrono::milliseconds patience = std::chrono::seconds{5});
  /// One or several statements without parameters or rows.
  void run(const char* sql);
  std::int64_t number(const char* sql); ///< first column of the only row
  [[nodiscard]] sqlite3* raw() const noexcept { return db_.get(); }

private:
  struct closer {
    void operator()(sqlite3* db) const noexcept;
  };
  std::unique_ptr<sqlite3, closer> db_;
};

/// Rolls back unless it was committed. Takes the lock for writing at once.
class transaction {
public:
  explicit transaction(connection& db) : db_{db} { db_.run("BEGIN IMMEDIATE"); }
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;
  ~transaction();
  void commit() { db_.run("COMMIT"); }

private:
  connection& db_;
};

/// A prepared statement of one connection, which must outlive it. Use: bind in order, then `step`
/// until it says false, then `reset`.
class statement {
public:
  statement(const connection& db, const char* sql);
  statement& bind(std::string_view text); ///< which must stay as it is until `reset`
  statement& bind(std::int64_t number);
  /// By name (":tenant"); a name that the SQL does not mention is left out.
  statement& bind(const char* name, std::string_view text);
  statement& bind(const char* name, std::int64_t number);
  bool step(); ///< true: there is a row
  void reset() noexcept;
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] std::int64_t number(int column) const noexcept;

private:
  struct finalizer {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };
  void put(int at, std::string_view text);
  void put(int at, std::int64_t number);

  sqlite3* db_;
  std::unique_ptr<sqlite3_stmt, finalizer> raw_;
  int bound_ = 0;
};

/// Resets a statement when its use is over, so that it holds no lock.
class use {
public:
  explicit use(statement& which) : statement_{which} {}
  use(const use&) = delete;
  use& operator=(const use&) = delete;
  ~use() { statement_.reset(); }
  statement* operator->() const noexcept { return &statement_; }
  statement& operator*() const noexcept { return statement_; }

private:
  statement& statement_;
};

} // namespace vdoc::ledger::sqlite
