#pragma once

#include "cluster/ledger/states.hpp"
#include "test/support/postgres_server.hpp"
#include "test/workers/a_cluster.hpp"

#include <string>
#include <vector>

namespace vdoc::test {

/// "127.0.0.1:7400"
std::string local(std::uint16_t port);

/// Nodes of the default role on one database and one folder, with a media host each.
struct candidates : a_cluster {
  postgres_server server;
  std::string database = server.new_database();
  a_service b, c;

  void prepare(a_service& it, const std::string& name, std::vector<std::string> words);
  static bool says(const a_service& it, const std::string& words,
                   std::chrono::milliseconds patience = std::chrono::seconds{60});
  /// Until it takes jobs in.
  void is_ready(a_service& it) const;
  [[nodiscard]] std::string whole_story() const;
  [[nodiscard]] std::size_t count_of(const std::string& id, ledger::event_kind kind) const;
  /// The job has ended once, wherever it is asked, and with the same bytes as ever.
  void ended_well(a_service& at, const std::string& id);
};

} // namespace vdoc::test
