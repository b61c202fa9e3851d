#include "actors/node/webhook_command.hpp"

#include "cluster/desk/submission.hpp"
#include "net/webhook/webhook_keys.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

namespace vdoc::node {

webhook_command::webhook_command(CLI::App& program)
    : command_{program.add_subcommand("webhook", "what receivers of webhooks verify them by")} {
  command_->require_subcommand(1);
  secret_ = command_->add_subcommand("secret", "print the secret of a tenant's receivers");
  secret_->add_option("TENANT", tenant_, "whose jobs they are told of")->required();
  rotate_ = command_->add_subcommand(
      "rotate", "give every tenant a new secret; the one before stays valid, too");
  retire_ = command_->add_subcommand("retire", "make the secrets before the last rotation void");
  for (auto* each : {secret_, rotate_, retire_})
    where_.describe(*each);
}

bool webhook_command::is_asked() const {
  return command_->parsed();
}

int webhook_command::run() const {
  try {
    return secret_->parsed() ? print_secret() : change();
  } catch (const ledger::cannot_open& why) {
    return complain(why.what(), why.advice());
  }
}

int webhook_command::print_secret() const {
  if (!desk::is_name(tenant_))
    return complain("a tenant is made of a to z, 0 to 9 and ._-");
  const auto folder = where_.folder();
  net::webhook_keys keys{folder.webhook_keys(), folder.webhook_secret()};
  std::cout << keys.secrets_of(tenant_).front().written() << "\n";
  return 0;
}

int webhook_command::change() const {
  const auto folder = where_.folder();
  net::webhook_keys keys{folder.webhook_keys(), folder.webhook_secret()};
  const bool rotates = rotate_->parsed();
  if (rotates && keys.rotating())
    return complain("two secrets of each tenant are valid already",
                    "`video-doc webhook retire` makes the older ones void");
  if (!rotates && !keys.rotating())
    return complain("one secret of each tenant is valid", "`video-doc webhook rotate` first");
  const auto ledger = where_.open_ledger();
  if (rotates)
    keys.rotate();
  else
    keys.retire();
  return write_or_complain(
      *ledger,
      {line_of_command(rotates ? "rotate webhook secrets" : "retire webhook secrets", "*")});
}

} // namespace vdoc::node
