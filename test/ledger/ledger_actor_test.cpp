#include "actors/ledger/spawn.hpp"
#include "cluster/ledger/store.hpp"
#include "test/supervision/stepped_actors.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_cast.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using namespace vdoc::ledger;

/// A store that only writes down how many entries came at once.
struct noting_store final : store {
  noting_store(std::vector<std::size_t>& batches, const std::string& trouble)
      : batches_{batches}, trouble_{trouble} {}
  batch_written write(const std::vector<entry>& batch, std::int64_t now) override {
    batches_.push_back(batch.size());
    batch_written done;
    done.trouble = trouble_;
    for (std::size_t i = 0; i < batch.size(); ++i)
      done.each.push_back({trouble_.empty() ? outcome::done : outcome::store_down, "id",
                           static_cast<std::uint64_t>(now) + i});
    return done;
  }
  found find_last(const std::string&, const std::string&) override {
    return {batches_.empty() ? outcome::unknown_job : outcome::done, {}, {}};
  }
  history history_of(const std::string&) override { return {}; }
  found find(const std::string&) override { return {}; }
  job_page list(const job_filter&, const std::string&, std::uint32_t) override { return {}; }
  job_page open_jobs(const std::string&, std::uint32_t) override { return {}; }
  counts count() override { return {}; }
  documents read(const std::string&, const std::string&, std::uint32_t) override { return {}; }
  removed remove_ended(std::int64_t, std::uint32_t) override { return {}; }

  std::vector<std::size_t>& batches_;
  const std::string& trouble_;
};

struct a_ledger_on_a_noting_store : test::stepped_actors {
  std::vector<std::size_t> batches;
  std::string trouble;
  std::vector<std::uint64_t> acknowledged;
  std::string last_trouble;
  ledger::actor ledger =
      ledger::spawn(system, {[this] { return std::make_unique<noting_store>(batches, trouble); },
                             [] { return std::int64_t{100}; },
                             {3ms, 4},
                             false});
  caf::actor writer = system.spawn([this](caf::event_based_actor* me) {
    return caf::behavior{[this, me](int count) {
      for (int i = 0; i < count; ++i)
        me->request(ledger, caf::infinite, record{}).then([this](const recorded& done) {
          acknowledged.push_back(done.sequence);
          last_trouble = done.trouble;
        });
    }};
  });

  ~a_ledger_on_a_noting_store() {
    caf::anon_send_exit(writer, caf::exit_reason::kill);
    caf::anon_send_exit(ledger, caf::exit_reason::kill);
    writer = nullptr;
    run();
  }
  void writes(int count) {
    caf::anon_send(writer, count);
    run();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_ledger_actor, a_ledger_on_a_noting_store)

BOOST_AUTO_TEST_CASE(gathers_writes_and_acknowledges_them_after_the_commit) {
  writes(2);
  pass(2ms);
  BOOST_TEST(batches.empty());
  BOOST_TEST(acknowledged.empty());
  pass(1ms);
  BOOST_TEST((batches == std::vector<std::size_t>{2}));
  BOOST_TEST((acknowledged == std::vector<std::uint64_t>{100, 101}));
}

BOOST_AUTO_TEST_CASE(writes_a_full_batch_at_once) {
  writes(9);
  BOOST_TEST((batches == std::vector<std::size_t>{4, 4}));
  pass(3ms);
  BOOST_TEST((batches == std::vector<std::size_t>{4, 4, 1}));
  BOOST_TEST(acknowledged.size() == 9u);
}

BOOST_AUTO_TEST_CASE(says_so_when_the_store_does_not_take_it) {
  trouble = "disk full";
  writes(1);
  pass(3ms);
  BOOST_TEST(last_trouble == "disk full");
}

BOOST_AUTO_TEST_CASE(writes_before_it_answers_a_question) {
  writes(1);
  auto answer = self->request(ledger, caf::infinite, find_last{});
  run();
  answer.receive([](const found& it) { BOOST_TEST((it.result == outcome::done)); },
                 [](const caf::error&) { BOOST_ERROR("no answer"); });
}

BOOST_AUTO_TEST_CASE(writes_what_it_has_before_it_ends) {
  writes(3);
  caf::anon_send_exit(ledger, caf::exit_reason::user_shutdown);
  run();
  BOOST_TEST((batches == std::vector<std::size_t>{3}));
  BOOST_TEST(acknowledged.size() == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
