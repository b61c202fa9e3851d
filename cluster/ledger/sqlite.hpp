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

/// An open database file. One thread at a time.
class connection {
public:
  /// Creates the file if there is none. Waits up to `patience` for a lock of another process.
  explicit connection(const std::filesystem::path& file,
                      std::chrono::milliseconds patience = std::chrono::seconds{5});
  /// One or several statements without parameters or rows.
  void run(const char* sql);
  std::int64_t number(const char* sql); ///< first column of the only row
  [[nodiscard]] int changes() const noexcept;
  [[nodiscard]] sqlite3* raw() const noexcept { return db_.get(); }

private:
  struct closer {
    void operator()(sqlite3* db) const noexcept;
  };
  std::unique_ptr<sqlite3, closer> db_;
};

/// A prepared statement of one connection, which must outlive it. Use: bind in order, then `step`
/// until it says false, then `reset`.
class statement {
public:
  statement(const connection& db, const char* sql);
  statement& bind(std::string_view text);
  statement& bind(std::int64_t number);
  bool step(); ///< true: there is a row
  void reset() noexcept;
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] std::int64_t number(int column) const noexcept;

private:
  struct finalizer {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };
  sqlite3* db_;
  std::unique_ptr<sqlite3_stmt, finalizer> raw_;
  int bound_ = 0;
};

} // namespace vdoc::ledger::sqlite
