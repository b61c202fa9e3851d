#pragma once

#include "test/support/command.hpp"
#include "test/support/temp_folder.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <sys/types.h>
#include <vector>

namespace vdoc::test {

/// A PostgreSQL 15 server of our own, on a Unix socket in a folder below /tmp; gone with all that
/// it kept when this ends. Does not touch the server that Debian may have started. Root may not run
/// PostgreSQL, so it runs as another user then. It ends with the thread that started
/// it, whatever that ends by.
class postgres_server {
public:
  /// Whether a power cut may lose commits: no test cuts the power, and a sync takes long.
  enum class disk { not_synced, synced };

  /// Throws std::runtime_error when it cannot be started. `settings` are "name=value".
  explicit postgres_server(disk how = disk::not_synced, std::vector<std::string> settings = {});
  /// A hot standby of `primary`, which must outlive it.
  struct standby_of {
    const postgres_server& primary;
  };
  explicit postgres_server(standby_of what);
  /// On another machine (see network.hpp), where it listens at that address, too.
  struct on_machine {
    std::vector<std::string> words; ///< that run a command there
    std::string address;
  };
  explicit postgres_server(on_machine where);
  ~postgres_server();
  postgres_server(const postgres_server&) = delete;
  postgres_server& operator=(const postgres_server&) = delete;

  [[nodiscard]] std::string url(const std::string& database = "postgres") const;
  /// A new and empty database; its URL, over the network where it is on another machine.
  std::string new_database();
  /// Runs SQL as the superuser and returns what psql prints, one line a row.
  std::string sql(const std::string& text, const std::string& database = "postgres") const;

  [[nodiscard]] pid_t pid() const;
  void start(); ///< and waits until it answers
  void stop();  ///< in order; connections are ended
  void kill();  ///< all of it at once, as a power cut would
  void restart() {
    stop();
    start();
  }
  void pause(); ///< SIGSTOP to all of its processes: takes connections, and never answers
  void resume();

private:
  void make_folder_its_own() const;
  void end(int signal);
  [[nodiscard]] std::vector<std::string> as_its_user(std::vector<std::string> words) const;

  temp_folder folder_;
  std::vector<std::string> settings_;
  on_machine where_;
  std::unique_ptr<running_command> process_;
  int databases_ = 0;
};

/// One for the whole test program, started when it is first asked for.
postgres_server& shared_postgres();

} // namespace vdoc::test
