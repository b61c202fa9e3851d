#include "actors/node/ledger_lines.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <ctime>

namespace vdoc::node {

namespace {

using nlohmann::ordered_json;

std::string dump(const ordered_json& what) {
  return what.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

/// "2026-11-25T22:58:15Z".
std::string utc(std::int64_t unix_ms) {
  const std::time_t seconds = unix_ms / 1000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  const auto size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {text.data(), size};
}

/// Nothing that would move the cursor of a terminal, or begin another line.
std::string plain(std::string text) {
  for (char& one : text)
    if (static_cast<unsigned char>(one) < ' ' || one == 0x7f)
      one = ' ';
  return text;
}

std::string column(const std::string& text, std::size_t width) {
  return text + std::string(text.size() < width ? width - text.size() : 0, ' ') + "  ";
}

} // namespace

std::string line_of(const ledger::job_record& one, bool json) {
  if (json)
    return dump({{"id", one.what.id},
                 {"state", ledger::to_string(one.state)},
                 {"attempts", one.attempts},
                 {"source", one.what.source},
                 {"output", one.what.output},
                 {"cause", one.last_cause},
                 {"submitted_at", utc(one.submitted_unix_ms)},
                 {"changed_at", utc(one.changed_unix_ms)}});
  auto line = one.what.id + "  " + column(ledger::to_string(one.state), 11) +
              column(std::to_string(one.attempts), 3) + utc(one.submitted_unix_ms) + "  " +
              plain(one.what.source);
  if (!one.last_cause.empty())
    line += "  (" + plain(one.last_cause) + ")";
  return line;
}

std::string line_of(const ledger::event& one, bool json) {
  if (json)
    return dump({{"sequence", one.sequence},
                 {"at", utc(one.at_unix_ms)},
                 {"kind", ledger::to_string(one.kind)},
                 {"attempt", one.attempt},
                 {"cause", one.cause},
                 {"detail", one.detail}});
  auto line = utc(one.at_unix_ms) + "  " + column(std::to_string(one.attempt), 3) +
              ledger::to_string(one.kind);
  if (!one.cause.empty())
    line += ": " + plain(one.cause);
  return line;
}

} // namespace vdoc::node
