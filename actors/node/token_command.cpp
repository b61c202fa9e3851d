#include "actors/node/token_command.hpp"

#include "cluster/desk/registry.hpp"
#include "cluster/ledger/job_id.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iostream>

namespace vdoc::node {

namespace {

constexpr std::uint32_t most_tokens = 10'000;

} // namespace

token_command::token_command(CLI::App& program)
    : command_{program.add_subcommand("token", "who may ask a service over HTTP")} {
  command_->require_subcommand(1);
  create_ = add("create", "make a token and print it: it is kept nowhere");
  create_->add_option("NAME", name_, "who is to have it, for the audit log")->required();
  create_->add_option("--tenant", tenant_, "whose jobs it sees; * is all");
  create_->add_option("--role", role_, "viewer, publisher, operator or admin");
  list_ = add("list", "list the tokens, without the tokens themselves");
  revoke_ = add("revoke", "make a token void");
  revoke_->add_option("ID", id_, "of the token, as `list` shows it")->required();
}

CLI::App* token_command::add(const char* name, const char* what) {
  auto* made = command_->add_subcommand(name, what);
  where_.describe(*made);
  made->add_flag("--json", json_, "one JSON object a line, as `list` prints it anyway");
  return made;
}

bool token_command::is_asked() const {
  return command_->parsed();
}

int token_command::run() const {
  try {
    if (create_->parsed())
      return create();
    return list_->parsed() ? list() : revoke();
  } catch (const ledger::cannot_open& why) {
    return complain(why.what(), why.advice());
  }
}

int token_command::create() const {
  const auto wish = desk::parse_token_wish(
      nlohmann::json{{"name", name_}, {"tenant", tenant_}, {"role", role_}}.dump());
  if (!wish.how.ok())
    return complain(wish.how.what, wish.how.advice);
  const auto secret = desk::new_secret();
  const desk::token made{ledger::new_job_id(), wish.what.name,        wish.what.tenant,
                         wish.what.as,         desk::hash_of(secret), ledger::unix_ms_now()};
  const auto store = where_.open_ledger();
  const int status =
      write_or_complain(*store, {desk::to_document(made),
                                 line_of_command("create token", made.id, desk::to_json(made))});
  if (status != 0)
    return status;
  auto shown = nlohmann::json::parse(desk::to_json(made));
  shown["token"] = secret;
  std::cout << (json_ ? shown.dump() : secret) << "\n";
  return 0;
}

int token_command::list() const {
  const auto store = where_.open_ledger();
  const auto known = store->read(desk::token_kind, "", most_tokens);
  if (known.result != ledger::outcome::done)
    return complain(known.trouble);
  for (const auto& one : known.all)
    if (const auto token = desk::token_from(one))
      std::cout << desk::to_json(*token) << "\n";
  return 0;
}

int token_command::revoke() const {
  const auto store = where_.open_ledger();
  const auto known = store->read(desk::token_kind, "", most_tokens);
  if (known.result != ledger::outcome::done)
    return complain(known.trouble);
  const bool is_there =
      std::ranges::any_of(known.all, [this](const auto& one) { return one.key == id_; });
  if (!is_there)
    return complain("there is no token " + id_, "`video-doc token list` shows those there are");
  const int status = write_or_complain(
      *store, {ledger::document{desk::token_kind, id_, ""}, line_of_command("revoke token", id_)});
  if (status == 0 && json_)
    std::cout << nlohmann::json{{"id", id_}}.dump() << "\n";
  return status;
}

} // namespace vdoc::node
