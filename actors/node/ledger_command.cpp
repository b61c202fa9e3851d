#include "actors/node/ledger_command.hpp"

#include "cluster/ledger/open_store.hpp"
#include "conf/settings.hpp"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <iostream>
#include <unistd.h>

namespace vdoc::node {

namespace {

std::string versions(const ledger::schema_versions& known) {
  return "schema " + std::to_string(known.found) + " of " + std::to_string(known.needed);
}

} // namespace

ledger_command::ledger_command(CLI::App& program)
    : command_{program.add_subcommand("ledger", "set up the database of jobs, or look at it")} {
  command_->require_subcommand(1);
  migrate_ = command_->add_subcommand(
      "migrate", "bring its tables up to date; safe to do twice, and on several nodes at once");
  auto* check = command_->add_subcommand("check", "say which version its tables have");
  for (auto* each : {migrate_, check}) {
    each->add_option("--database", database_,
                     "postgresql:// URL or SQLite file, instead of ledger.database");
    each->add_option("--config", configuration_, "settings file (see conf/video-doc.toml)");
  }
}

bool ledger_command::is_asked() const {
  return command_->parsed();
}

std::string ledger_command::database() const {
  if (!database_.empty())
    return database_;
  const auto settings = conf::load(configuration_, conf::environment_of(environ));
  if (!settings.ledger.database.empty())
    return settings.ledger.database;
  return std::filesystem::path{settings.run.out} / "video-doc.db";
}

int ledger_command::run() const {
  const auto where = database();
  const auto shown = ledger::shown_url(where);
  try {
    if (migrate_->parsed()) {
      const auto known = ledger::migrate(where);
      std::cout << shown << ": "
                << (known.found == known.needed
                        ? versions(known) + ", nothing to do"
                        : "brought from schema " + std::to_string(known.found) + " to " +
                              std::to_string(known.needed))
                << "\n";
      return 0;
    }
    const auto known = ledger::versions_of(where);
    std::cout << shown << ": " << versions(known) << "\n";
    return known.found == known.needed ? 0 : 1;
  } catch (const ledger::cannot_open& why) {
    std::cerr << "video-doc: " << why.what() << "\n" << why.advice() << "\n";
    return 1;
  }
}

} // namespace vdoc::node
