#include "actors/ledger/spawn.hpp"
#include "cluster/ledger/sqlite_store.hpp"
#include "cluster/ledger/store.hpp"
#include "test/ledger/store_words.hpp"
#include "test/supervision/stepped_actors.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_cast.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using namespace vdoc::ledger;
using k = event_kind;

/// A real store that can be taken away, and notes how many entries come at once.
struct unplugged_store final : store {
  struct plug {
    std::filesystem::path file;
    std::string trouble;
    std::vector<std::size_t> batches;
    int opened = 0;
  };
  explicit unplugged_store(plug& where) : plug_{where}, real_{open_sqlite_store(where.file)} {}

  batch_written write(const std::vector<entry>& batch, std::int64_t now) override {
    if (!plug_.trouble.empty())
      return {std::vector<written>(batch.size(), {outcome::store_down, {}, 0}), plug_.trouble, {}};
    plug_.batches.push_back(batch.size());
    return real_->write(batch, now);
  }
  found find_last(const std::string& source, const std::string& output) override {
    return real_->find_last(source, output);
  }
  history history_of(const std::string& id) override { return real_->history_of(id); }
  found find(const std::string& id) override { return real_->find(id); }
  job_page list(const job_filter& which, const std::string& cursor, std::uint32_t most) override {
    return real_->list(which, cursor, most);
  }
  job_page open_jobs(const std::string& after, std::uint32_t most) override {
    return real_->open_jobs(after, most);
  }
  counts count() override { return real_->count(); }
  documents read(const std::string& kind, const std::string& after, std::uint32_t most) override {
    return real_->read(kind, after, most);
  }
  removed remove_ended(std::int64_t before, std::uint32_t most) override {
    return real_->remove_ended(before, most);
  }
  std::string trouble() override { return plug_.trouble; }

  plug& plug_;
  std::unique_ptr<store> real_;
};

struct a_ledger_on_a_store : test::stepped_actors {
  test::temp_folder folder;
  unplugged_store::plug plug{folder / "video-doc.db", {}, {}, 0};
  std::filesystem::path spool = folder / "ledger.spool";
  std::int64_t unix_ms = test::noon;
  ledger::actor ledger = start();
  reader questions =
      spawn_reader(system, [this] { return open_sqlite_store(plug.file); }, {2, false});

  ledger::actor start() {
    means with;
    with.open = [this]() -> std::unique_ptr<store> {
      ++plug.opened;
      if (plug.trouble == "cannot be opened")
        throw cannot_open{plug.trouble, ""};
      return std::make_unique<unplugged_store>(plug);
    };
    with.unix_ms = [this] { return unix_ms; };
    with.on.most_entries = 4;
    with.spool = spool;
    with.detached = false;
    return ledger::spawn(system, std::move(with));
  }

  ~a_ledger_on_a_store() {
    for (const auto& one :
         {caf::actor_cast<caf::actor>(ledger), caf::actor_cast<caf::actor>(questions)})
      caf::anon_send_exit(one, caf::exit_reason::kill);
    run();
  }

  template <class Answer, class Target, class Question>
  Answer ask(const Target& whom, Question what) {
    auto answer = self->request(whom, caf::infinite, std::move(what));
    run();
    return receive<Answer>(answer);
  }
  template <class Answer, class Handle> Answer receive(Handle& answer) {
    Answer result;
    answer.receive([&](Answer& it) { result = std::move(it); },
                   [&](const caf::error& why) { BOOST_ERROR(system.render(why)); });
    return result;
  }
  all_written put(std::vector<event> events, bool must_not_be_lost) {
    ledger::write what;
    what.events = std::move(events);
    what.must_not_be_lost = must_not_be_lost;
    return ask<all_written>(ledger, std::move(what));
  }
  health how() { return ask<health>(ledger, health_of{}); }
  std::string causes() {
    std::string all;
    for (const auto& each : ask<history>(questions, read_history{"a"}).events)
      all += each.cause + ";";
    return all;
  }
  void end_ledger() {
    caf::anon_send_exit(ledger, caf::exit_reason::user_shutdown);
    run();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_ledger_actor, a_ledger_on_a_store)

BOOST_AUTO_TEST_CASE(lets_a_lonely_write_wait_for_nobody) {
  const auto done = ask<submitted>(ledger, submit{test::talk("a")});
  BOOST_TEST((done.result == outcome::done));
  BOOST_TEST(done.job_id == "a");
  BOOST_TEST((plug.batches == std::vector<std::size_t>{1}));
}

BOOST_AUTO_TEST_CASE(puts_what_comes_together_into_one_transaction) {
  ask<submitted>(ledger, submit{test::talk("a")});
  auto first = self->request(ledger, caf::infinite, record{test::of("a", k::started)});
  auto second = self->request(ledger, caf::infinite, record{test::of("a", k::warned)});
  auto third = self->request(ledger, caf::infinite, submit{test::talk("b")});
  run();
  BOOST_TEST(receive<recorded>(first).sequence == 2u);
  BOOST_TEST(receive<recorded>(second).sequence == 3u);
  BOOST_TEST(receive<submitted>(third).job_id == "b");
  BOOST_TEST((plug.batches == std::vector<std::size_t>{1, 3}));
}

BOOST_AUTO_TEST_CASE(answers_each_entry_of_a_write) {
  ledger::write what;
  what.jobs = {test::talk("a"), test::talk("b")};
  what.events = {test::of("a", k::started), test::of("c", k::started)};
  what.documents = {test::page("p", "1", 3), test::page("p", "1", 0)};
  what.rolls = {{test::page("q", R"({"who":"ann"})"), {"a", "b"}}};
  const auto done = ask<all_written>(ledger, what);
  BOOST_TEST(done.trouble == "");
  BOOST_REQUIRE(done.jobs.size() == 2u);
  BOOST_REQUIRE(done.events.size() == 2u);
  BOOST_REQUIRE(done.documents.size() == 2u);
  BOOST_TEST(done.jobs.at(1).job_id == "b");
  BOOST_TEST((done.events.at(1).result == outcome::unknown_job));
  BOOST_TEST((done.documents.at(0).result == outcome::stale));
  BOOST_TEST((done.documents.at(1).result == outcome::done));
}

BOOST_AUTO_TEST_CASE(answers_questions_about_what_it_has_acknowledged) {
  ask<submitted>(ledger, submit{test::talk("a")});
  BOOST_TEST(ask<found>(ledger, find_last{"/in/talk.mp4", "talk"}).what.what.id == "a");
  BOOST_TEST(ask<history>(ledger, history_of{"a"}).events.size() == 1u);
}

BOOST_AUTO_TEST_CASE(spools_results_while_the_database_is_away_and_writes_them_when_it_is_back) {
  ask<submitted>(ledger, submit{test::talk("a")});
  put({test::of("a", k::started, "begin")}, false);
  plug.trouble = "disk full";
  const auto refused = put({test::of("a", k::warned, "lost")}, false);
  BOOST_TEST(refused.trouble == "disk full");
  BOOST_TEST((refused.events.at(0).result == outcome::store_down));
  unix_ms += 1000;
  for (const char* cause : {"1", "2", "3", "4", "5"}) {
    const auto kept = put({test::of("a", k::warned, cause)}, true);
    BOOST_TEST(kept.spooled);
    BOOST_TEST((kept.events.at(0).result == outcome::done));
  }
  BOOST_TEST(how().spooled == 5u);
  BOOST_TEST(how().trouble == "disk full");
  BOOST_TEST(ask<found>(ledger, find_last{"/in/talk.mp4", "talk"}).trouble == "disk full");
  pass(2s);
  BOOST_TEST(causes() == ";begin;");
  plug.trouble.clear();
  unix_ms += 60'000;
  pass(500ms);
  BOOST_TEST(causes() == ";begin;1;2;3;4;5;");
  BOOST_TEST(ask<history>(questions, read_history{"a"}).events.at(2).at_unix_ms ==
             test::noon + 1000); // when it happened
  BOOST_TEST(how().up);
  BOOST_TEST(how().spooled == 0u);
  BOOST_TEST(!std::filesystem::exists(spool));
  BOOST_TEST(ask<documents>(questions, read_documents{"spool", "", 10}).all.empty());
  BOOST_TEST((put({test::of("a", k::succeeded, "end")}, true).events.at(0).sequence > 0));
  BOOST_TEST(causes() == ";begin;1;2;3;4;5;end;");
}

BOOST_AUTO_TEST_CASE(finds_what_an_earlier_process_has_spooled) {
  ask<submitted>(ledger, submit{test::talk("a")});
  plug.trouble = "gone";
  put({test::of("a", k::started, "1")}, true);
  put({test::of("a", k::succeeded, "2")}, true);
  caf::anon_send_exit(ledger, caf::exit_reason::kill);
  run();
  ledger = start();
  BOOST_TEST(!how().up);
  BOOST_TEST(put({test::of("a", k::warned, "3")}, true).spooled);
  pass(1s);
  plug.trouble.clear();
  pass(500ms);
  BOOST_TEST(causes() == ";1;2;3;");
}

BOOST_AUTO_TEST_CASE(says_so_when_nothing_takes_a_result) {
  end_ledger();
  spool = folder / "nowhere" / "ledger.spool";
  ledger = start();
  plug.trouble = "gone";
  const auto lost = put({test::of("a", k::started)}, true);
  BOOST_TEST(!lost.spooled);
  BOOST_TEST((lost.events.at(0).result == outcome::store_down));
  BOOST_TEST(lost.trouble.find("nor does the spool take it") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(takes_a_database_that_cannot_be_opened_for_one_that_is_away) {
  end_ledger();
  plug.trouble = "cannot be opened";
  plug.opened = 0;
  ledger = start();
  BOOST_TEST(ask<submitted>(ledger, submit{test::talk("a")}).trouble == "cannot be opened");
  pass(500ms);
  BOOST_TEST(plug.opened == 3); // at its start, for the job, and to see whether it is back
  plug.trouble.clear();
  pass(500ms);
  BOOST_TEST((ask<submitted>(ledger, submit{test::talk("a")}).result == outcome::done));
}

BOOST_AUTO_TEST_CASE(writes_what_it_has_before_it_ends) {
  auto first = self->request(ledger, caf::infinite, submit{test::talk("a")});
  auto second = self->request(ledger, caf::infinite, submit{test::talk("b")});
  end_ledger();
  BOOST_TEST((receive<submitted>(first).result == outcome::done));
  BOOST_TEST((receive<submitted>(second).result == outcome::done));
  auto third = self->request(ledger, caf::infinite, submit{test::talk("c")});
  run();
  third.receive(
      [](const submitted&) { BOOST_ERROR("it is still there"); },
      [](const caf::error& why) { BOOST_TEST((why == caf::sec::request_receiver_down)); });
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(the_reader, a_ledger_on_a_store)

BOOST_AUTO_TEST_CASE(answers_every_question) {
  ledger::write what;
  what.jobs = {test::talk("a"), test::talk("b")};
  what.events = {test::of("a", k::started), test::of("a", k::failed)};
  what.documents = {test::page("p", "1")};
  ask<all_written>(ledger, what);
  BOOST_TEST((ask<found>(questions, find_job{"a"}).what.state == job_state::failed));
  BOOST_TEST((ask<found>(questions, find_job{"c"}).result == outcome::unknown_job));
  BOOST_TEST(ask<history>(questions, read_history{"a"}).events.size() == 3u);
  const auto page = ask<job_page>(questions, list_jobs{{}, "", 1});
  BOOST_TEST(test::ids_of(page.jobs) == "b");
  BOOST_TEST(test::ids_of(ask<job_page>(questions, list_jobs{{}, page.next, 1}).jobs) == "a");
  BOOST_TEST(test::ids_of(ask<job_page>(questions, list_open_jobs{}).jobs) == "b");
  BOOST_TEST(ask<counts>(questions, count_jobs{}).all.size() == 2u);
  BOOST_TEST(ask<documents>(questions, read_documents{"page", "", 9}).all.size() == 1u);
}

BOOST_AUTO_TEST_CASE(says_that_there_is_no_database_and_finds_it_when_there_is) {
  bool there = false;
  const auto other = spawn_reader(system,
                                  [&]() -> std::unique_ptr<store> {
                                    if (!there)
                                      throw cannot_open{"no such folder", ""};
                                    return open_sqlite_store(plug.file);
                                  },
                                  {2, false});
  BOOST_TEST(ask<counts>(other, count_jobs{}).trouble == "no such folder");
  there = true;
  BOOST_TEST((ask<counts>(other, count_jobs{}).result == outcome::done));
  caf::anon_send_exit(caf::actor_cast<caf::actor>(other), caf::exit_reason::kill);
  run();
}

BOOST_AUTO_TEST_SUITE_END()
