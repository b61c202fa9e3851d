#pragma once

#include "cluster/ledger/deadline.hpp"

#include <pqxx/connection>
#include <pqxx/result>

#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace vdoc::ledger::postgres {

/// What PostgreSQL, or the way to it, says when it does not do as it is told. Stays inside
/// cluster/ledger.
class error : public std::runtime_error {
public:
  error(const std::string& what, std::string sqlstate, bool lost)
      : std::runtime_error{what}, sqlstate_{std::move(sqlstate)}, lost_{lost} {}
  /// SQLSTATE, five characters, or empty.
  [[nodiscard]] const std::string& sqlstate() const noexcept { return sqlstate_; }
  /// The connection is of no more use. What was being done may have been done or not.
  [[nodiscard]] bool lost() const noexcept { return lost_; }

private:
  std::string sqlstate_;
  bool lost_;
};

/// How long a session waits for what.
struct patience {
  std::chrono::seconds connecting{2};         ///< libpq knows no less
  std::chrono::milliseconds statement{5'000}; ///< the server ends a statement by itself; 0: never
  std::chrono::milliseconds answer{6'000};    ///< then the connection is cut from our side
};

/// A connection. One thread at a time. Sees the tables of the schema `video_doc` first.
class session {
public:
  /// Throws `error`.
  session(const std::string& url, const patience& limits);

  /// One or several statements, separated by semicolons, in one round trip; the rows of the last.
  /// If one fails, the rest is not done.
  pqxx::result run(const std::string& sql);
  /// One statement with parameters $1, $2...
  pqxx::result run(const std::string& sql, const std::vector<std::string>& values);
  /// Names a statement with parameters $1, $2..., which the server is told when it is first
  /// executed.
  void prepare(const std::string& name, const std::string& sql);
  /// One that was prepared, with all parameters in binary, in one round trip.
  pqxx::result execute(const std::string& name, const std::vector<std::string>& values);
  /// The server has said nothing since it was last asked. If it has, it was most likely a farewell.
  [[nodiscard]] bool is_quiet() const;
  /// Ends a transaction that failed; throws when the connection is lost.
  void roll_back() { run("ROLLBACK"); }

  [[nodiscard]] pqxx::connection& raw() noexcept { return *connection_; }

private:
  template <class Ask> pqxx::result guarded(Ask ask);

  patience limits_;
  std::unique_ptr<pqxx::connection> connection_;
  deadline deadline_;
};

/// A literal for SQL. What is not text is mended first (`as_text`): PostgreSQL keeps nothing else.
std::string quoted(std::string_view text);

/// A literal for an array of texts or numbers, built element by element.
class array_literal {
public:
  void add(std::string_view text);
  void add(std::int64_t number);
  void add(std::int32_t number) { add(std::int64_t{number}); }
  void add(std::uint64_t number) { add(static_cast<std::int64_t>(number)); }
  /// The literal, quoted for SQL.
  [[nodiscard]] std::string written() const { return "'" + elements_ + "}'"; }

private:
  std::string elements_ = "{";
};

/// Columns of a result's row.
struct row_view {
  const pqxx::row& row;
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] std::int64_t number(int column) const;
};

/// Whether a transaction with this SQLSTATE may succeed if it is simply done again: another
/// transaction was in its way, or wrote the same name first.
bool may_be_done_again(const std::string& sqlstate);

/// Whether a session with this SQLSTATE is better left: its writer was closed, its server became a
/// replica, tables or prepared statements are gone.
bool needs_new_session(const std::string& sqlstate);

/// The URL without its password, for messages.
std::string without_password(const std::string& url);

} // namespace vdoc::ledger::postgres
