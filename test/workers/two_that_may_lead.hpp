#pragma once

#include "test/support/postgres_server.hpp"
#include "test/support/until.hpp"
#include "test/workers/a_cluster.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <tuple>

namespace vdoc::test {

/// Two nodes that may lead, on one database and one folder, and a worker that knows both.
struct two_that_may_lead : a_cluster {
  postgres_server server;
  std::string database = server.new_database();
  a_service heir;
  std::uint16_t heirs_port = free_port();

  two_that_may_lead() {
    const auto heirs_place = "127.0.0.1:" + std::to_string(heirs_port);
    also_joined = "," + heirs_place;
    for (auto [it, name, listens] :
         {std::tuple{&leader, "leader", place()}, std::tuple{&heir, "heir", heirs_place}}) {
      it->shared = folder / "data";
      for (const auto& [key, value] : membership_of(name))
        it->environment[key] = value;
      it->environment["DATABASE_URL"] = database;
      it->more_words = {"--cluster-listen", listens};
    }
    leader.start();
    BOOST_REQUIRE_MESSAGE(hears("this node leads"), story());
    heir.start();
    start_worker("a");
    BOOST_REQUIRE_MESSAGE(hears("media host takes work  host=a/host-1"), story());
  }
  bool heir_says(const std::string& words,
                 std::chrono::milliseconds patience = std::chrono::seconds{60}) const {
    return until(patience, [&] { return heir.log().find(words) != std::string::npos; });
  }
  std::string whole_story() const { return story() + "heir:\n" + heir.log(); }
};

} // namespace vdoc::test
