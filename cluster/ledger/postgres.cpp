#include "cluster/ledger/postgres.hpp"

#include "cluster/ledger/fitness.hpp"

#include <pqxx/binarystring>
#include <pqxx/except>
#include <pqxx/nontransaction>

#include <cerrno>
#include <charconv>
#include <regex>
#include <sys/socket.h>

namespace vdoc::ledger::postgres {

namespace {

/// libpq takes its settings as a part of the URL.
std::string with_timeout(const std::string& url, const patience& limits) {
  if (url.find("connect_timeout=") != std::string::npos)
    return url;
  return url + (url.find('?') == std::string::npos ? "?" : "&") +
         "connect_timeout=" + std::to_string(limits.connecting.count());
}

/// The connection stays what it is: libpqxx 6 would silently make a new one, without our
/// transaction.
void never_reconnect(pqxx::connection& connection) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  connection.inhibit_reactivation(true);
#pragma GCC diagnostic pop
}

std::string settings_of(const patience& limits) {
  return "SET search_path = video_doc, public; SET client_encoding = 'UTF8'; "
         "SET standard_conforming_strings = on; SET client_min_messages = error; "
         // Less than others wait for a lock: who hangs in the middle holds up nobody who leads
         // after him.
         "SET idle_in_transaction_session_timeout = '2s'; SET lock_timeout = '3s'; "
         // Every question has its index. Planning each one anew takes longer than answering it, and
         // a plan that was made while a table was small must not stay one that reads all of it.
         "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; "
         // An acknowledgement must mean that a power cut loses nothing.
         "SELECT set_config('synchronous_commit', 'on', false) "
         "WHERE current_setting('synchronous_commit') = 'off'; "
         "SET statement_timeout = " +
         std::to_string(limits.statement.count());
}

/// The first line; libpq's messages end with line breaks and hints.
std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

} // namespace

session::session(const std::string& url, const patience& limits) : limits_{limits} {
  try {
    connection_ = std::make_unique<pqxx::connection>(with_timeout(url, limits));
  } catch (const std::exception& why) {
    throw error{first_line(why.what()), {}, true};
  }
  never_reconnect(*connection_);
  run(settings_of(limits));
}

template <class Ask> pqxx::result session::guarded(Ask ask) {
  const deadline::guard guard{deadline_, connection_->sock(), limits_.answer};
  const auto lost = [&] { return guard.passed() || !connection_->is_open(); };
  const auto words = [&](const std::exception& why) {
    return guard.passed() ? "no answer within " + std::to_string(limits_.answer.count()) + " ms"
                          : first_line(why.what());
  };
  try {
    pqxx::nontransaction one{*connection_};
    return ask(one);
  } catch (const pqxx::transaction_rollback& why) {
    throw error{words(why), "40001", lost()};
  } catch (const pqxx::broken_connection& why) {
    throw error{words(why), {}, true};
  } catch (const pqxx::sql_error& why) {
    const auto& state = why.sqlstate();
    // 57P01 to 57P03: the server ends. Without a state the message did not come from it at all.
    throw error{words(why), state, lost() || state.empty() || state.starts_with("57P")};
  } catch (const std::exception& why) {
    throw error{words(why), {}, lost()};
  }
}

pqxx::result session::run(const std::string& sql) {
  return guarded([&](pqxx::nontransaction& one) { return one.exec(sql); });
}

pqxx::result session::run(const std::string& sql, const std::vector<std::string>& values) {
  return guarded([&](pqxx::nontransaction& one) {
    return one.exec_params(sql, pqxx::prepare::make_dynamic_params(values));
  });
}

void session::prepare(const std::string& name, const std::string& sql) {
  connection_->prepare(name, sql);
}

pqxx::result session::execute(const std::string& name, const std::vector<std::string>& values) {
  std::vector<pqxx::binarystring> binary;
  binary.reserve(values.size());
  for (const auto& value : values)
    binary.emplace_back(value);
  return guarded([&](pqxx::nontransaction& one) {
    return one.exec_prepared(name, pqxx::prepare::make_dynamic_params(binary));
  });
}

bool session::is_quiet() const {
  char first = 0;
  return ::recv(connection_->sock(), &first, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

std::string quoted(std::string_view text) {
  std::string literal = "'";
  const auto append = [&literal](std::string_view all) {
    for (const char c : all) {
      if (c == '\'')
        literal += '\'';
      literal += c;
    }
  };
  if (is_text(text))
    append(text);
  else
    append(as_text(std::string{text}));
  return literal + "'";
}

void array_literal::add(std::string_view text) {
  if (!is_text(text)) {
    add(as_text(std::string{text}));
    return;
  }
  if (elements_.size() > 1)
    elements_ += ',';
  elements_ += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\')
      elements_ += '\\';
    else if (c == '\'')
      elements_ += '\'';
    elements_ += c;
  }
  elements_ += '"';
}

void array_literal::add(std::int64_t number) {
  if (elements_.size() > 1)
    elements_ += ',';
  elements_ += std::to_string(number);
}

std::string row_view::text(int column) const {
  const auto field = row[column];
  return {field.c_str(), field.size()};
}

std::int64_t row_view::number(int column) const {
  const auto field = row[column];
  std::int64_t number = 0;
  std::from_chars(field.c_str(), field.c_str() + field.size(), number);
  return number;
}

bool may_be_done_again(const std::string& sqlstate) {
  // Serialisation failure, deadlock; unique violation.
  return sqlstate.starts_with("40") || sqlstate == "23505";
}

bool needs_new_session(const std::string& sqlstate) {
  if (sqlstate.size() != 5 || sqlstate == "22012")
    return true;
  for (const char* kind : {"08", "25", "26", "3F", "42", "XX"})
    if (sqlstate.starts_with(kind))
      return true;
  return false;
}

std::string without_password(const std::string& url) {
  static const std::regex in_authority{"(//[^:/@]*):[^@/]*@"};
  static const std::regex in_query{"(password=)[^&]*"};
  return std::regex_replace(std::regex_replace(url, in_authority, "$1@"), in_query, "$1...");
}

} // namespace vdoc::ledger::postgres
