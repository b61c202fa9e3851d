#include "actors/node/ledger_command.hpp"

#include "actors/node/ledger_lines.hpp"
#include "actors/node/service_home.hpp"
#include "cluster/ledger/open_store.hpp"
#include "conf/settings.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <filesystem>
#include <iostream>
#include <thread>
#include <unistd.h>

namespace vdoc::node {

namespace {

/// How often `--follow` asks whether there is more.
constexpr std::chrono::milliseconds between_looks{300};

std::vector<std::string> names_of_states() {
  std::vector<std::string> names;
  names.reserve(ledger::known_states.size());
  for (const auto one : ledger::known_states)
    names.push_back(to_string(one));
  return names;
}

/// Nothing is changed: tables that are not there are not made.
std::unique_ptr<ledger::store> open_to_read(const std::string& where) {
  check_usable(ledger::versions_of(where), ledger::shown_url(where));
  return ledger::open_store(where, ledger::purpose::reading);
}

} // namespace

ledger_command::ledger_command(CLI::App& program)
    : command_{program.add_subcommand("ledger", "set up the database of jobs, or look at it")} {
  command_->require_subcommand(1);
  migrate_ =
      add("migrate", "bring its tables up to date; safe to do twice, and on several nodes at once");
  check_ = add("check", "say which version its tables have");
  jobs_ = add("jobs", "list jobs, the newest first, from the replica if there is one");
  jobs_->add_option("--state", states_, "only those in this state; may be given several times")
      ->check(CLI::IsMember(names_of_states()));
  jobs_->add_option("--text", text_, "only those with this in source, output or cause");
  jobs_->add_option("--most", most_, "so many at most")->check(CLI::Range(1U, 1'000'000U));
  auto* history = add("history", "list all that happened to a job, from the replica likewise");
  history->add_option("id", job_id_, "of the job")->required();
  history->add_flag("--follow", follow_,
                    "go on with what happens until the job ends; asks ledger.database");
  for (auto* each : {jobs_, history})
    each->add_flag("--json", json_, "one JSON object a line");
}

CLI::App* ledger_command::add(const char* name, const char* what) {
  auto* made = command_->add_subcommand(name, what);
  made->add_option("--database", database_,
                   "postgresql:// URL or SQLite file, instead of ledger.database");
  made->add_option("--config", configuration_, "settings file (see conf/video-doc.toml)");
  return made;
}

bool ledger_command::is_asked() const {
  return command_->parsed();
}

std::string ledger_command::database(bool to_read) const {
  if (!database_.empty())
    return database_;
  const auto settings = conf::load(configuration_, conf::environment_of(environ));
  if (to_read && !settings.ledger.replica.empty())
    return settings.ledger.replica;
  if (!settings.ledger.database.empty())
    return settings.ledger.database;
  return std::filesystem::path{settings.run.out} / "video-doc.db";
}

int ledger_command::run() const {
  try {
    if (migrate_->parsed())
      return migrate();
    if (check_->parsed())
      return check();
    return jobs_->parsed() ? list_jobs() : list_history();
  } catch (const ledger::cannot_open& why) {
    std::cerr << "video-doc: " << why.what() << "\n"
              << why.advice() << (why.advice().empty() ? "" : "\n");
    return 1;
  }
}

int ledger_command::migrate() const {
  const auto where = database(false);
  const auto known = ledger::migrate(where);
  std::cout << ledger::shown_url(where) << ": "
            << (known.found >= known.needed
                    ? words_of(known) + ", nothing to do"
                    : "brought from schema " + std::to_string(known.found) + " to " +
                          std::to_string(known.needed) + ", usable from " +
                          std::to_string(known.usable_from))
            << "\n";
  return 0;
}

int ledger_command::check() const {
  const auto where = database(false);
  const auto known = ledger::versions_of(where);
  std::cout << ledger::shown_url(where) << ": " << words_of(known) << "\n";
  return known.are_usable() ? 0 : 1;
}

int ledger_command::list_jobs() const {
  constexpr std::uint32_t longest_page = 500;
  const auto store = open_to_read(database(true));
  ledger::job_filter which;
  which.text = text_;
  for (const auto& name : states_)
    which.states.push_back(ledger::job_state_from(name).value());
  std::string cursor;
  for (auto left = most_; left > 0;) {
    const auto page = store->list(which, cursor, std::min(left, longest_page));
    if (page.result != ledger::outcome::done)
      return complain(page.trouble);
    for (const auto& one : page.jobs)
      std::cout << line_of(one, json_) << "\n";
    if (page.next.empty())
      break;
    left -= static_cast<std::uint32_t>(page.jobs.size());
    cursor = page.next;
  }
  return 0;
}

int ledger_command::list_history() const {
  const auto where = database(!follow_);
  const auto store = open_to_read(where);
  std::uint64_t last = 0;
  for (;;) {
    const auto found = store->history_of(job_id_);
    if (found.result == ledger::outcome::unknown_job)
      return complain("no job has the id " + job_id_);
    if (found.result != ledger::outcome::done && last == 0)
      return complain(found.trouble);
    for (const auto& one : found.events)
      if (one.sequence > last) {
        std::cout << line_of(one, json_) << std::endl;
        last = one.sequence;
      }
    if (!follow_ || ledger::is_end(ledger::sum_up({}, found.events).state))
      return 0;
    std::this_thread::sleep_for(between_looks);
  }
}

} // namespace vdoc::node
