#pragma once

#include "cluster/ledger/open_store.hpp"
#include "test/service/a_service.hpp"
#include "test/support/postgres_server.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace vdoc::test {

/// Two nodes on one PostgreSQL and one folder.
struct a_cluster {
  postgres_server server;
  std::string database = server.new_database();
  temp_folder folder;
  a_service a, b;

  a_cluster() {
    for (auto [it, name] : {std::pair{&a, "a"}, std::pair{&b, "b"}}) {
      it->shared = folder / "data";
      it->environment["DATABASE_URL"] = database;
      it->more_words = {"--node", name};
    }
  }
  /// The first one leads.
  void start() {
    a.start();
    BOOST_TEST_REQUIRE(until(std::chrono::seconds{60}, [&] { return leads(a); }), a.log());
    b.start();
    BOOST_TEST_REQUIRE(until(std::chrono::seconds{60}, [&] { return is_ready(b); }), b.log());
  }

  static nlohmann::json how_is(a_service& it) {
    return it.ask("PING", nlohmann::json::object(), std::chrono::milliseconds{500})
        .value_or(nlohmann::json::object());
  }
  static bool leads(a_service& it) {
    const auto now = how_is(it);
    return now.value("leads", false) && now.value("ready", false);
  }
  static bool is_ready(a_service& it) { return how_is(it).value("ready", false); }

  [[nodiscard]] std::size_t count_of(const std::string& id, ledger::event_kind kind) const {
    ledger::history all; // which a database that has much to do may not give at once
    BOOST_TEST(until(std::chrono::seconds{60}, [&] {
      all = ledger::open_store(database)->history_of(id);
      return all.result == ledger::outcome::done;
    }));
    return static_cast<std::size_t>(
        std::ranges::count_if(all.events, [&](const auto& one) { return one.kind == kind; }));
  }
};

inline nlohmann::json noop() {
  return {{"source", "/none"}, {"kind", "noop"}};
}

} // namespace vdoc::test
