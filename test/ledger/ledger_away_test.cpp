#include "actors/ledger/spawn.hpp"
#include "actors/node/configuration.hpp"
#include "cluster/ledger/open_store.hpp"
#include "test/ledger/store_words.hpp"
#include "test/support/postgres_server.hpp"
#include "test/support/temp_folder.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <atomic>
#include <random>
#include <thread>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using namespace vdoc::ledger;
using test::until;
using k = event_kind;
using steady = std::chrono::steady_clock;

std::chrono::milliseconds since(steady::time_point begun) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(steady::now() - begun);
}

/// LEDGER as a node runs it, on a server that can be taken away.
struct a_ledger_on_a_server {
  test::postgres_server server;
  std::string url = server.new_database();
  test::temp_folder folder;
  std::filesystem::path spool = folder / "ledger.spool";
  node::configuration config;
  caf::actor_system system{config};
  caf::scoped_actor self{system};
  ledger::actor ledger = start();
  std::string expected; ///< causes of what was acknowledged

  a_ledger_on_a_server() {
    ask<submitted>(submit{test::talk("a")});
    ask<recorded>(record{test::of("a", k::started)});
  }
  ~a_ledger_on_a_server() { caf::anon_send_exit(ledger, caf::exit_reason::user_shutdown); }

  ledger::actor start() {
    means with;
    with.open = [this] { return open_store(url); };
    with.unix_ms = [] { return test::noon; };
    with.spool = spool;
    return ledger::spawn(system, std::move(with));
  }

  template <class Answer, class Question> Answer ask(Question what) {
    Answer result;
    self->request(ledger, 90s, std::move(what))
        .receive([&](Answer& it) { result = std::move(it); },
                 [&](const caf::error& why) { BOOST_ERROR(system.render(why)); });
    return result;
  }
  health how() { return ask<health>(health_of{}); }

  /// Something that has happened, and must not be lost.
  all_written result(const std::string& cause) {
    ledger::write what;
    what.events = {test::of("a", k::warned, cause)};
    what.must_not_be_lost = true;
    auto done = ask<all_written>(std::move(what));
    if (done.trouble.empty())
      expected += cause + ";";
    return done;
  }

  [[nodiscard]] std::string history() const {
    std::string causes;
    for (const auto& each : open_store(url, purpose::reading)->history_of("a").events)
      causes += each.cause.empty() ? "" : each.cause + ";";
    return causes;
  }
  std::chrono::milliseconds time_until_up() {
    const auto begun = steady::now();
    BOOST_TEST(until(60s, [&] { return how().up; }));
    return since(begun);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(ledger_whose_server_goes_away, a_ledger_on_a_server)

BOOST_AUTO_TEST_CASE(spools_results_and_commits_them_within_two_seconds_of_its_return) {
  BOOST_TEST(!result("before").spooled);
  server.stop();
  auto longest = 0ms;
  for (int i = 0; i < 300; ++i) {
    const auto begun = steady::now();
    BOOST_TEST(result(std::to_string(i)).spooled);
    longest = std::max(longest, since(begun));
  }
  BOOST_TEST(longest < 3s); // a connection has longer
  const auto begun = steady::now();
  const auto refused = ask<submitted>(submit{test::talk("b")});
  BOOST_TEST(since(begun) < 1s);
  BOOST_TEST((refused.result == outcome::store_down));
  BOOST_TEST(refused.trouble != "");
  BOOST_TEST(!how().up);
  BOOST_TEST(how().trouble != "");
  BOOST_TEST(how().spooled == 300u);
  server.start();
  const auto took = time_until_up();
  BOOST_TEST_MESSAGE("300 results are committed " << took.count() << " ms after its return");
  BOOST_TEST(took < 2s);
  BOOST_TEST(history() == expected);
  BOOST_TEST(!std::filesystem::exists(spool));
  BOOST_TEST((ask<submitted>(submit{test::talk("b")}).result == outcome::done));
  BOOST_TEST(!result("after").spooled);
  BOOST_TEST(history() == expected);
}

BOOST_AUTO_TEST_CASE(keeps_results_of_a_server_that_stands_still) {
  server.pause();
  BOOST_TEST(result("1").spooled);
  const auto begun = steady::now();
  BOOST_TEST((ask<submitted>(submit{test::talk("b")}).result == outcome::store_down));
  BOOST_TEST(result("2").spooled);
  BOOST_TEST(since(begun) < 3s);
  server.resume();
  BOOST_TEST(time_until_up() < 10s); // a look that has begun waits for its answer
  BOOST_TEST(history() == expected);
}

BOOST_AUTO_TEST_CASE(writes_every_result_once_and_in_order_while_the_server_is_killed) {
  const auto seed = std::random_device{}();
  std::mt19937 random{seed};
  std::atomic<bool> over{false};
  std::atomic<int> spooled{0}, written{0}, refused{0};
  std::thread work{[&] {
    while (!over) {
      const auto done = result(std::to_string(spooled + written));
      ++(!done.trouble.empty() ? refused : done.spooled ? spooled : written);
    }
  }};
  BOOST_TEST(until(60s, [&] { return written > 0; }));
  for (int round = 0; round < 10; ++round) {
    until(std::chrono::milliseconds{std::uniform_int_distribution<>{20, 400}(random)},
          [] { return false; });
    server.kill();
    server.start();
  }
  over = true;
  work.join();
  time_until_up();
  BOOST_TEST_MESSAGE(written << " written, " << spooled << " spooled");
  BOOST_TEST(history() == expected, "seed " << seed);
  BOOST_TEST(refused == 0);
  BOOST_TEST(written > 0);
  BOOST_TEST(spooled > 0);
}

BOOST_AUTO_TEST_SUITE_END()
