#pragma once

#include "actors/ledger/protocol.hpp"
#include "actors/ledger/reader_protocol.hpp"

#include <caf/fwd.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace vdoc::test {

/// A ledger in memory, for LEDGER and READER to answer from, by the ledger's own rules.
struct memory_ledger {
  struct row {
    ledger::job_record record;
    std::vector<ledger::event> history;
  };
  std::map<std::string, row> jobs;                   ///< by id
  std::map<std::string, ledger::document> documents; ///< by kind and key: "queue/default"
  std::string trouble;                               ///< not empty: the database is away
  bool in_doubt = false; ///< what is written is written, and nobody learns that it is
  std::size_t writes = 0;

  ledger::all_written write(const ledger::write& what);
  /// "submitted started succeeded"
  [[nodiscard]] std::string history_of(const std::string& id) const;

private:
  ledger::written put(const ledger::job& what);
  ledger::written put(const ledger::event& what);
  ledger::written put(const ledger::document& what);
  void put(const ledger::roll& what, const ledger::write& with, const ledger::all_written& how);
};

ledger::actor spawn_ledger(caf::actor_system& system, const std::shared_ptr<memory_ledger>& from);
ledger::reader spawn_reader(caf::actor_system& system, const std::shared_ptr<memory_ledger>& from);

} // namespace vdoc::test
