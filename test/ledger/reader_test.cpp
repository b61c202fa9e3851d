#include "actors/ledger/spawn.hpp"
#include "actors/node/configuration.hpp"
#include "cluster/ledger/open_store.hpp"
#include "cluster/ledger/postgres.hpp"
#include "test/ledger/store_words.hpp"
#include "test/support/postgres_server.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using namespace vdoc::ledger;
using test::until;

/// READER as a node runs it.
struct a_reader {
  node::configuration config;
  caf::actor_system system{config};
  caf::scoped_actor self{system};
  reader who;

  ~a_reader() {
    if (who)
      caf::anon_send_exit(caf::actor_cast<caf::actor>(who), caf::exit_reason::user_shutdown);
  }
  /// Asks, and says when there is an answer.
  template <class Answer, class Question>
  void ask(Question what, std::function<void(const Answer&)> then) {
    system.spawn([who = who, what, then](caf::event_based_actor* asking) {
      asking->request(who, caf::infinite, what)
          .then([then](const Answer& answer) { then(answer); },
                [then](const caf::error&) { then({}); });
    });
  }
  template <class Answer, class Question> Answer answer_to(Question what) {
    Answer result;
    self->request(who, 90s, what)
        .receive([&](Answer& it) { result = std::move(it); },
                 [&](const caf::error& why) { BOOST_ERROR(system.render(why)); });
    return result;
  }
};

/// Whether lists get an answer is for the test to say.
struct a_gate {
  std::mutex mutex;
  std::condition_variable changed;
  bool open = false;
  std::atomic<int> at_it{0};
  std::atomic<int> stores{0};

  void pass() {
    std::unique_lock lock{mutex};
    ++at_it;
    changed.wait(lock, [this] { return open; });
  }
  void let_all_through() {
    const std::scoped_lock lock{mutex};
    open = true;
    changed.notify_all();
  }
};

class store_with_slow_lists final : public store {
public:
  explicit store_with_slow_lists(a_gate& gate) : gate_{gate} { ++gate_.stores; }

  batch_written write(const std::vector<entry>&, std::int64_t) override { return {}; }
  found find_last(const std::string&, const std::string&) override { return {}; }
  history history_of(const std::string&) override { return {}; }
  found find(const std::string&) override { return {outcome::unknown_job, {}, {}}; }
  job_page list(const job_filter&, const std::string&, std::uint32_t) override {
    gate_.pass();
    return {};
  }
  job_page open_jobs(const std::string&, std::uint32_t) override { return {}; }
  counts count() override { return {}; }
  documents read(const std::string&, const std::string&, std::uint32_t) override { return {}; }
  removed remove_ended(std::int64_t, std::uint32_t) override { return {}; }

private:
  a_gate& gate_;
};

struct a_reader_of_slow_lists : a_reader {
  a_gate gate;
  std::atomic<int> listed{0};

  a_reader_of_slow_lists() {
    who = spawn_reader(system, [this] { return std::make_unique<store_with_slow_lists>(gate); },
                       {3, true});
  }
  ~a_reader_of_slow_lists() {
    gate.let_all_through();
    caf::anon_send_exit(caf::actor_cast<caf::actor>(who), caf::exit_reason::user_shutdown);
    who = nullptr;
    self->await_all_other_actors_done();
  }
};

struct a_reader_of_a_database : a_reader {
  std::string url = test::shared_postgres().new_database();

  a_reader_of_a_database() {
    open_store(url)->write({test::talk("a"), test::page("p", "1")}, test::noon);
    postgres::session other{url, {}};
    const auto connections = [&] {
      return other
          .run("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND "
               "pid <> pg_backend_pid()")
          .size();
    };
    BOOST_TEST(until(60s, [&] { return connections() == 0; })); // that of the writer is closed
    who = spawn_reader(system, [this] { return open_store(url, purpose::reading); });
    // A connection that is being opened asks for every table, so it waits for any lock, too.
    constexpr int questions = 3;
    BOOST_TEST(until(60s, [&] { // there are two, though the first may have been quick
      std::atomic<int> answers{0};
      for (int i = 0; i < questions; ++i)
        ask<found>(find_job{"a"}, [&](const found&) { ++answers; });
      BOOST_REQUIRE(until(60s, [&] { return answers == questions; }));
      return connections() >= 2;
    }));
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(what_is_read_at_a_time)

BOOST_FIXTURE_TEST_CASE(leaves_one_connection_to_what_is_soon_told, a_reader_of_slow_lists) {
  constexpr int lists = 5;
  for (int i = 0; i < lists; ++i)
    ask<job_page>(list_jobs{}, [this](const job_page&) { ++listed; });
  BOOST_TEST(until(60s, [&] { return gate.at_it == 2; })); // of three connections
  for (int i = 0; i < 10; ++i)
    BOOST_TEST((answer_to<found>(find_job{"a"}).result == outcome::unknown_job));
  BOOST_TEST(gate.at_it == 2);
  BOOST_TEST(gate.stores == 3);
  BOOST_TEST(listed == 0);
  gate.let_all_through();
  BOOST_TEST(until(60s, [&] { return listed == lists; }));
  BOOST_TEST(gate.stores == 3);
}

BOOST_FIXTURE_TEST_CASE(needs_one_connection_when_it_comes_one_by_one, a_reader_of_slow_lists) {
  gate.let_all_through();
  for (int i = 0; i < 10; ++i) {
    answer_to<found>(find_job{"a"});
    answer_to<job_page>(list_jobs{});
  }
  BOOST_TEST(gate.stores == 1);
}

BOOST_FIXTURE_TEST_CASE(waits_for_no_lock_that_another_question_waits_for, a_reader_of_a_database) {
  postgres::session other{url, {}};
  other.run("BEGIN; LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE");
  std::atomic<bool> listed{false};
  std::atomic<std::size_t> jobs{0};
  ask<job_page>(list_jobs{}, [&](const job_page& page) {
    jobs = page.jobs.size();
    listed = true;
  });
  BOOST_TEST(
      until(10s, [&] { return !other.run("SELECT 1 FROM pg_locks WHERE NOT granted").empty(); }));
  BOOST_TEST(answer_to<documents>(read_documents{"page", "", 9}).all.size() == 1u);
  BOOST_TEST(!listed);
  other.run("ROLLBACK");
  BOOST_TEST(until(60s, [&] { return listed.load(); }));
  BOOST_TEST(jobs == 1u);
}

BOOST_FIXTURE_TEST_CASE(goes_on_when_connections_were_ended, a_reader_of_a_database) {
  BOOST_TEST((answer_to<found>(find_job{"a"}).result == outcome::done));
  postgres::session{url, {}}.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                                 "WHERE datname = current_database() AND pid <> pg_backend_pid()");
  BOOST_TEST((answer_to<found>(find_job{"a"}).result == outcome::done));
}

BOOST_AUTO_TEST_SUITE_END()
