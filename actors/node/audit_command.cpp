#include "actors/node/audit_command.hpp"

#include "cluster/desk/audit_query.hpp"
#include "cluster/desk/instant.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iostream>

namespace vdoc::node {

namespace {

/// "2026-12-01T08:00:00.000Z  ann (<token>)  cancel  <job>  {"cause":"wrong film"}"
std::string shown(const desk::audit_line& line) {
  auto text = desk::to_rfc3339(line.at_unix_ms) + "  " + line.who + "  " + line.what;
  for (const auto& more : {line.subject, line.detail})
    if (!more.empty())
      text += "  " + more;
  return text;
}

} // namespace

audit_command::audit_command(CLI::App& program)
    : command_{program.add_subcommand("audit", "who has changed what, the newest first")} {
  where_.describe(*command_);
  command_->add_option("--who", who_, "only by them: the name of a token or a key, or \"local\"");
  command_->add_option("--what", what_, "only this: submit, cancel, \"create link\"");
  command_->add_option("--subject", subject_, "only of this: the id of a job, the name of a node");
  command_->add_option("--from", from_, "only since then: 2026-12-01T08:00:00Z");
  command_->add_option("--until", until_, "only before that");
  command_->add_option("--most", most_, "so many at most")->check(CLI::PositiveNumber);
  command_->add_flag("--json", json_, "one JSON object a line");
}

bool audit_command::is_asked() const {
  return command_->parsed();
}

int audit_command::run() const {
  try {
    return print();
  } catch (const ledger::cannot_open& why) {
    return complain(why.what(), why.advice());
  }
}

int audit_command::print() const {
  nlohmann::json wish{{"who", who_}, {"what", what_}, {"subject", subject_}};
  for (const auto& [name, value] : {std::pair{"from", from_}, std::pair{"until", until_}})
    if (!value.empty())
      wish[name] = value;
  auto asked = desk::parse_audit_query(wish.dump());
  if (!asked.how.ok())
    return complain(asked.how.what, asked.how.advice);
  constexpr std::uint64_t longest_page = 1'000;
  const auto ledger = where_.open_ledger(ledger::purpose::reading);
  for (auto left = most_; left > 0;) {
    asked.what.most = static_cast<std::uint32_t>(std::min(left, longest_page));
    const auto from = desk::read_for(asked.what);
    const auto found = ledger->read(desk::audit_kind, from.after_key, from.most);
    if (found.result != ledger::outcome::done)
      return complain(found.trouble);
    const auto page = desk::page_of(asked.what, found.all);
    for (const auto& line : page.lines)
      std::cout << (json_ ? desk::to_json(line) : shown(line)) << "\n";
    if (page.next.empty())
      break;
    left -= page.lines.size();
    asked.what.cursor = page.next;
  }
  return 0;
}

} // namespace vdoc::node
