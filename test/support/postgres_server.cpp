#include "test/support/postgres_server.hpp"

#include "test/support/process_tree.hpp"
#include "test/support/until.hpp"

#include <csignal>
#include <fstream>
#include <pwd.h>
#include <stdexcept>
#include <unistd.h>

namespace vdoc::test {

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

const fs::path programs = "/usr/lib/postgresql/15/bin";

/// Whom root runs it as.
const passwd* its_user() {
  for (const char* name : {"postgres", "nobody"})
    if (const auto* found = ::getpwnam(name)) // NOLINT(concurrency-mt-unsafe)
      return found;
  throw std::runtime_error{"there is no user to run PostgreSQL as"};
}

void run_for_sure(const std::vector<std::string>& words) {
  const auto done = run({words, {}, "/"}, 10min);
  if (!done.succeeded())
    throw std::runtime_error{words.front() + ": " + done.story()};
}

} // namespace

std::vector<std::string> postgres_server::as_its_user(std::vector<std::string> words) const {
  std::vector<std::string> all{"setpriv", "--pdeathsig=QUIT"};
  if (::geteuid() == 0) {
    const auto* user = its_user();
    all.push_back("--reuid=" + std::to_string(user->pw_uid));
    all.push_back("--regid=" + std::to_string(user->pw_gid));
    all.emplace_back("--clear-groups");
  }
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

postgres_server::postgres_server(disk how, std::vector<std::string> settings)
    : folder_{"/tmp"}, settings_{std::move(settings)} {
  settings_.push_back(how == disk::synced ? "fsync=on" : "fsync=off");
  make_folder_its_own();
  run_for_sure(
      as_its_user({programs / "initdb", "-D", folder_ / "data", "-U", "postgres", "--auth=trust",
                   "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"}));
  start();
}

postgres_server::postgres_server(on_machine where)
    : folder_{"/tmp"}, settings_{"fsync=off", "listen_addresses=" + where.address},
      where_{std::move(where)} {
  make_folder_its_own();
  run_for_sure(
      as_its_user({programs / "initdb", "-D", folder_ / "data", "-U", "postgres", "--auth=trust",
                   "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"}));
  std::ofstream{folder_ / "data/pg_hba.conf", std::ios::app} << "host all all all trust\n";
  start();
}

postgres_server::postgres_server(standby_of what)
    : folder_{"/tmp"}, settings_{what.primary.settings_} {
  make_folder_its_own();
  run_for_sure(as_its_user({programs / "pg_basebackup", "-D", folder_ / "data", "-R", "-h",
                            what.primary.folder_.path(), "-U", "postgres", "--checkpoint=fast",
                            "--no-sync"}));
  start();
}

postgres_server::~postgres_server() {
  if (!process_)
    return;
  resume();
  end(SIGQUIT);
}

void postgres_server::make_folder_its_own() const {
  if (::geteuid() != 0)
    return;
  const auto* user = its_user();
  if (::chown(folder_.path().c_str(), user->pw_uid, user->pw_gid) != 0)
    throw std::runtime_error{"cannot give away " + folder_.path().string()};
}

std::string postgres_server::url(const std::string& database) const {
  return "postgresql:///" + database + "?host=" + folder_.path().string() + "&user=postgres";
}

std::string postgres_server::new_database() {
  const auto name = "test_" + std::to_string(++databases_);
  sql("CREATE DATABASE " + name);
  if (!where_.address.empty())
    return "postgresql://postgres@" + where_.address + "/" + name;
  return url(name);
}

std::string postgres_server::sql(const std::string& text, const std::string& database) const {
  const auto done = run({{programs / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c",
                          text, url(database)},
                         {},
                         "/"},
                        30s);
  if (!done.succeeded())
    throw std::runtime_error{"psql: " + done.story()};
  return done.out.substr(0, done.out.find_last_not_of('\n') + 1);
}

pid_t postgres_server::pid() const {
  return process_->pid();
}

void postgres_server::start() {
  std::vector<std::string> words{programs / "postgres", "-D", folder_ / "data",    "-k",
                                 folder_.path(),        "-c", "listen_addresses=", "-c",
                                 "shared_buffers=64MB"};
  for (const auto& setting : settings_) {
    words.emplace_back("-c");
    words.push_back(setting);
  }
  words = as_its_user(words);
  words.insert(words.begin(), where_.words.begin(), where_.words.end());
  process_ = std::make_unique<running_command>(command{std::move(words), {}, "/"});
  const auto answers = [&] {
    return process_->ended() ||
           run({{programs / "pg_isready", "-q", "-h", folder_.path()}, {}, "/"}, 60s).succeeded();
  };
  if (!until(180s, answers) || process_->ended())
    throw std::runtime_error{"PostgreSQL does not start: " + process_->err_so_far()};
}

void postgres_server::end(int signal) {
  process_->signal(signal);
  process_->wait(3min);
  process_.reset();
}

void postgres_server::stop() {
  end(SIGINT);
}

void postgres_server::kill() {
  auto all = descendants(pid());
  ::kill(pid(), SIGKILL);
  for (const auto& child : all)
    ::kill(child.pid, SIGKILL);
  end(SIGKILL);
  // The next one may not start before the last of them has let go of the shared memory.
  until(60s, [&] {
    for (const auto& child : all)
      if (::kill(child.pid, 0) == 0)
        return false;
    return true;
  });
}

void postgres_server::pause() {
  ::kill(pid(), SIGSTOP);
  for (const auto& child : descendants(pid()))
    ::kill(child.pid, SIGSTOP);
}

void postgres_server::resume() {
  ::kill(pid(), SIGCONT);
  for (const auto& child : descendants(pid()))
    ::kill(child.pid, SIGCONT);
}

postgres_server& shared_postgres() {
  static postgres_server server;
  return server;
}

} // namespace vdoc::test
