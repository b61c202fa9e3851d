#pragma once

#include "test/service/a_load.hpp"
#include "test/support/network.hpp"
#include "test/support/own_clock.hpp"
#include "test/support/postgres_server.hpp"
#include "test/workers/a_cluster.hpp"

#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace vdoc::test {

struct machine_options {
  bool with_gate = false;   ///< a sixth one
  bool with_clocks = false; ///< that can be set, of "one" and "two"
};

/// Five machines: two nodes that may lead, which share a folder, two workers that do not, and a
/// database; each in a network namespace of its own. "one" leads at first. A sixth one, "gate",
/// never leads: it takes jobs in, lends its media host and shares the folder.
class machines {
public:
  explicit machines(machine_options which = {});

  void start_worker(const std::string& name);
  /// Whoever leads at the moment, as its own clients see it; null: nobody.
  a_service* leader();
  /// The same, and throws when it is nobody.
  a_service& who_leads();
  a_service& other(const a_service& than) { return &than == &one ? two : one; }
  [[nodiscard]] std::string name_of(const a_service& it) const {
    return &it == &one ? "one" : &it == &two ? "two" : "gate";
  }
  /// Until a media host of that worker takes work of who leads, or has done so again after it was
  /// `known` so often.
  bool works(const std::string& worker, std::size_t known, std::chrono::seconds patience);
  /// How often that has happened, with both of them.
  [[nodiscard]] std::size_t times_up(const std::string& worker) const;
  [[nodiscard]] std::size_t times_lost(const std::string& worker) const;
  [[nodiscard]] std::string story() const;

  /// What a minute of video becomes where nothing is wrong.
  static const std::filesystem::path& undisturbed() { return a_cluster::undisturbed(); }
  std::string submit_a_minute();
  [[nodiscard]] std::filesystem::path folder_of(const std::string& id) const {
    return shared.path() / "data" / "jobs" / id;
  }

  network wires;
  a_cluster authority; ///< its certificates; nothing of it is started
  temp_folder shared;
  std::unique_ptr<postgres_server> server;
  std::string database;
  a_service one, two, gate;
  std::map<std::string, own_clock> clocks; ///< by machine
  std::map<std::string, std::unique_ptr<running_command>> workers;
  std::string gone; ///< what processes have said that are no more

private:
  void prepare(a_service& it);
  [[nodiscard]] std::size_t count(const std::string& words) const;
};

} // namespace vdoc::test
