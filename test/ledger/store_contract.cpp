#include "test/ledger/store_contract.hpp"

#include "test/ledger/store_words.hpp"

#include <boost/test/unit_test.hpp>

namespace vdoc::test {

using namespace vdoc::ledger;

void remembers_a_job_with_its_history(const store_maker& make) {
  const auto store = make.empty();
  store->write({talk()}, noon);
  store->write({of("job-1", event_kind::started)}, noon + 5);
  const auto end = store->write({of("job-1", event_kind::failed, "disk full")}, noon + 9);
  BOOST_TEST(end.trouble == "");
  BOOST_TEST(end.each.at(0).sequence == 3u);
  const auto all = store->history_of("job-1");
  BOOST_REQUIRE(all.result == outcome::done);
  const std::vector<event> expected{
      {"job-1", event_kind::submitted, "", "", 0, noon, 1, 0},
      {"job-1", event_kind::started, "", "", 1, noon + 5, 2, 0},
      {"job-1", event_kind::failed, "disk full", "", 1, noon + 9, 3, 0},
  };
  BOOST_TEST((all.events == expected));
  BOOST_TEST((store->history_of("job-2").result == outcome::unknown_job));
}

void gives_a_job_without_id_one_that_sorts_by_time(const store_maker& make) {
  const auto store = make.empty();
  const auto done = store->write({talk(""), talk("")}, noon);
  const auto id = done.each.at(0).job_id;
  BOOST_TEST(id.size() == 36u);
  BOOST_TEST(id.at(14) == '7');
  BOOST_TEST(id != done.each.at(1).job_id);
  BOOST_TEST((store->history_of(id).result == outcome::done));
}

void takes_a_job_said_twice_once(const store_maker& make) {
  const auto store = make.empty();
  store->write({talk(), of("job-1", event_kind::started)}, noon);
  auto other = talk();
  other.spec = "changed";
  const auto again = store->write({other}, noon + 1);
  BOOST_TEST((again.each.at(0).result == outcome::done));
  BOOST_TEST(again.each.at(0).sequence == 1u);
  BOOST_TEST(store->history_of("job-1").events.size() == 2u);
  BOOST_TEST(store->find_last("/in/talk.mp4", "talk").what.what.spec == "{}");
}

void counts_attempts_by_itself(const store_maker& make) {
  const auto store = make.empty();
  auto lying = of("job-1", event_kind::warned);
  lying.attempt = 77;
  store->write({talk(), of("job-1", event_kind::started), lying,
                of("job-1", event_kind::interrupted, "SIGINT"), of("job-1", event_kind::resumed)},
               noon);
  std::vector<std::uint32_t> attempts;
  for (const auto& each : store->history_of("job-1").events)
    attempts.push_back(each.attempt);
  BOOST_TEST((attempts == std::vector<std::uint32_t>{0, 1, 1, 1, 2}));
}

void refuses_only_the_event_of_an_unknown_job(const store_maker& make) {
  const auto store = make.empty();
  const auto done = store->write(
      {of("nobody", event_kind::started), talk(), of("job-1", event_kind::started)}, noon);
  BOOST_TEST(done.trouble == "");
  BOOST_TEST((done.each.at(0).result == outcome::unknown_job));
  BOOST_TEST((done.each.at(2).result == outcome::done));
  BOOST_TEST((store->history_of("nobody").result == outcome::unknown_job));
  BOOST_TEST(store->history_of("job-1").events.size() == 2u);
}

void keeps_the_order_of_a_batch(const store_maker& make) {
  const auto store = make.empty();
  std::vector<entry> batch{talk("a"), talk("b")};
  for (int i = 0; i < 50; ++i)
    batch.emplace_back(of(i % 2 == 0 ? "a" : "b", event_kind::warned, std::to_string(i)));
  const auto done = store->write(batch, noon);
  for (std::size_t i = 1; i < done.each.size(); ++i)
    BOOST_TEST(done.each[i].sequence == done.each[i - 1].sequence + 1);
  const auto odd = store->history_of("b").events;
  BOOST_REQUIRE(odd.size() == 26u);
  BOOST_TEST(odd.at(1).cause == "1");
  BOOST_TEST(odd.at(25).cause == "49");
}

void finds_the_last_job_of_a_source_and_output(const store_maker& make) {
  const auto store = make.empty();
  BOOST_TEST((store->find_last("/in/talk.mp4", "talk").result == outcome::unknown_job));
  store->write({talk("old"), of("old", event_kind::started), of("old", event_kind::succeeded)},
               noon);
  store->write({talk("new")}, noon + 1000);
  store->write({of("new", event_kind::started), of("new", event_kind::interrupted, "SIGTERM")},
               noon + 1001);
  auto other = talk("other");
  other.output = "talk-2";
  store->write({other}, noon + 2000);
  const auto last = store->find_last("/in/talk.mp4", "talk");
  BOOST_REQUIRE(last.result == outcome::done);
  const job_record expected{
      talk("new"), job_state::interrupted, 1, noon + 1000, "SIGTERM", noon + 1001, 6, 1, 0};
  BOOST_TEST((last.what == expected));
}

void keeps_the_time_of_an_event_and_gives_its_own_to_one_without(const store_maker& make) {
  const auto store = make.empty();
  auto early = of("job-1", event_kind::host_lost, "SIGSEGV");
  early.at_unix_ms = noon - 50;
  store->write({talk(), of("job-1", event_kind::started), early, of("job-1", event_kind::warned)},
               noon);
  const auto events = store->history_of("job-1").events;
  BOOST_TEST(events.at(2).at_unix_ms == noon - 50);
  BOOST_TEST(events.at(3).at_unix_ms == noon);
}

void keeps_any_text_as_it_is(const store_maker& make) {
  const auto store = make.empty();
  const std::string odd = "it's \"quoted\"; DROP TABLE jobs; -- \n\t\xc3\xa4\xe2\x82\xac";
  auto asked = talk();
  asked.source = odd;
  auto said = of("job-1", event_kind::warned, odd);
  said.detail = odd;
  store->write({asked, said}, noon);
  BOOST_TEST(store->find_last(odd, "talk").what.what.source == odd);
  BOOST_TEST(store->history_of("job-1").events.at(1).detail == odd);
}

void knows_everything_again_when_opened_again(const store_maker& make) {
  make.empty()->write({talk(), of("job-1", event_kind::started)}, noon);
  const auto store = make.reopen();
  const auto last = store->find_last("/in/talk.mp4", "talk");
  BOOST_TEST((last.what.state == job_state::running)); // cut off: its node died
  const auto more = store->write({of("job-1", event_kind::resumed)}, noon + 1);
  BOOST_TEST(more.each.at(0).sequence == 3u);
  BOOST_TEST(store->history_of("job-1").events.at(2).attempt == 2u);
}

} // namespace vdoc::test
