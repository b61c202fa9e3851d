#include "actors/node/key_command.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <iostream>

namespace vdoc::node {

using nlohmann::json;

key_command::key_command(CLI::App& program) {
  auto* key = program.add_subcommand("key", "who may ask a service that asks for keys");
  key->require_subcommand(1);
  create_ = key->add_subcommand("create", "make a pair of keys and let its owner in");
  list_ = key->add_subcommand("list", "who is let in");
  revoke_ = key->add_subcommand("revoke", "let somebody in no more");
  for (auto* each : {create_, list_, revoke_}) {
    where_.describe(*each);
    each->add_flag("--json", json_, "one JSON object a line");
  }
  for (auto* each : {create_, revoke_})
    each->add_option("NAME", name_, "of the owner, unique")->required();
  create_->add_option("--tenant", tenant_, "whose jobs the owner may see; * for all");
  create_->add_option("--role", role_, "viewer, publisher, operator or admin");
  create_->add_option("--out", file_, "file for the owner; NAME.key if it is left out");
}

bool key_command::is_asked() const {
  return create_->parsed() || list_->parsed() || revoke_->parsed();
}

/// The secret is made here and stays here: the service learns the public key alone.
void key_command::create() const {
  service_call service{where_};
  if (!service.identity())
    throw refused{"this takes the keys of an admin: --identity FILE, which the service has made in "
                  "service.folder/keys/admin.key"};
  const std::filesystem::path file = file_.empty() ? name_ + ".key" : file_;
  const net::key_file made{net::new_key_pair(), service.identity()->server_key};
  net::write_key_file(file, made, name_);
  json answer;
  try {
    answer = service.ask("KEY-CREATE", {{"name", name_},
                                        {"public_key", made.mine.public_key},
                                        {"tenant", tenant_},
                                        {"role", role_}});
  } catch (...) {
    std::filesystem::remove(file);
    throw;
  }
  answer["file"] = file.string();
  std::cout << (json_ ? answer.dump() : file.string()) << std::endl;
}

void key_command::list() const {
  service_call service{where_};
  const auto all = service.ask("KEY-LIST", json::object());
  for (const auto& key : all.at("keys")) {
    if (json_)
      std::cout << key.dump() << "\n";
    else
      std::cout << key.value("name", "") << "  " << key.value("role", "") << "  "
                << key.value("tenant", "") << "  " << key.value("created_at", "") << "\n";
  }
}

void key_command::revoke() const {
  const auto answer = service_call{where_}.ask("KEY-REVOKE", {{"name", name_}});
  if (json_)
    std::cout << answer.dump() << std::endl;
}

int key_command::run() const {
  if (create_->parsed())
    create();
  else if (list_->parsed())
    list();
  else
    revoke();
  return 0;
}

} // namespace vdoc::node
