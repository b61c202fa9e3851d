#include "cluster/ledger/open_store.hpp"
#include "test/membership/lease_contract.hpp"
#include "test/support/postgres_server.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using namespace vdoc::ledger;
using steady = std::chrono::steady_clock;

struct an_empty_database {
  std::string url = test::shared_postgres().new_database();
  test::lease_maker make{[this] { return open_lease_store(url); },
                         [this] { return open_store(url); },
                         [this](fence by) { return open_store(url, std::move(by)); }};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(leases_in_postgresql, an_empty_database)

#define OWES(clause)                                                                               \
  BOOST_AUTO_TEST_CASE(clause) {                                                                   \
    test::clause(make);                                                                            \
  }
VDOC_LEASE_CONTRACT(OWES)
#undef OWES

BOOST_AUTO_TEST_CASE(say_that_the_server_is_away_and_go_on_when_it_is_back) {
  test::postgres_server server;
  const auto store = open_lease_store(server.url());
  const auto epoch = store->take("leader", {}, "a", "").now.epoch;
  server.stop();
  const auto away = store->renew({"leader", epoch});
  BOOST_TEST((away.result == lease_outcome::store_down));
  BOOST_TEST(away.trouble != "");
  server.start();
  auto back = store->renew({"leader", epoch});
  for (const auto end = steady::now() + 60s;
       back.result == lease_outcome::store_down && steady::now() < end;)
    back = store->renew({"leader", epoch});
  BOOST_TEST((back.result == lease_outcome::done), back.trouble);
}

BOOST_AUTO_TEST_CASE(wait_a_second_or_two_for_a_server_that_hangs_and_not_much_longer) {
  test::postgres_server server;
  const auto store = open_lease_store(server.url());
  const auto epoch = store->take("leader", {}, "a", "").now.epoch;
  server.pause();
  const auto begun = steady::now();
  BOOST_TEST((store->renew({"leader", epoch}).result == lease_outcome::store_down));
  BOOST_TEST((steady::now() - begun < 5s));
  server.resume();
}

BOOST_AUTO_TEST_CASE(can_be_opened_while_the_server_is_away) {
  const auto store = open_lease_store("postgresql://127.0.0.1:1/none");
  BOOST_TEST((store->look("leader").result == lease_outcome::store_down));
}

BOOST_AUTO_TEST_SUITE_END()
