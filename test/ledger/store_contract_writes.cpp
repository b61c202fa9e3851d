#include "test/ledger/store_contract.hpp"
#include "test/ledger/store_words.hpp"

#include <boost/test/unit_test.hpp>

namespace vdoc::test {

using namespace vdoc::ledger;
using k = event_kind;

void keeps_all_that_a_job_was_asked_with(const store_maker& make) {
  const auto store = make.empty();
  job asked{"0190-a",
            "https://example.org/a b.mp4?x='1'",
            "a b",
            R"({"crf": 23,  "odd": "\u00e4"})",
            "acme",
            "video",
            -20,
            "key 'of' mine",
            R"({ "show":"n\"ews", "b" : "" })",
            noon - 1,
            {"one", "two,three", "\"four\""},
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            R"({"url":"https://hook"})"};
  BOOST_TEST(results_of(store->write({asked}, noon)) == "done");
  const auto kept = store->find("0190-a");
  BOOST_REQUIRE(kept.result == outcome::done);
  BOOST_TEST((kept.what.what == asked));
  BOOST_TEST((make.reopen()->find("0190-a").what == kept.what));
  BOOST_TEST((store->find("0190-b").result == outcome::unknown_job));
}

void answers_a_known_idempotency_key_with_the_first_job(const store_maker& make) {
  const auto store = make.empty();
  const auto keyed = [](const char* id, const char* tenant, const char* key) {
    auto asked = talk(id);
    asked.tenant = tenant;
    asked.idempotency_key = key;
    return asked;
  };
  const auto first = store->write({keyed("a", "acme", "k"), keyed("b", "acme", "k"),
                                   keyed("c", "other", "k"), keyed("", "acme", "")},
                                  noon);
  BOOST_TEST(results_of(first) == "done known_already done done");
  BOOST_TEST(first.each.at(1).job_id == "a");
  BOOST_TEST(first.each.at(1).sequence == first.each.at(0).sequence);
  const auto again = make.reopen()->write({keyed("", "acme", "k"), keyed("d", "acme", ""),
                                           keyed("a", "acme", "another"), keyed("e", "acme", "K")},
                                          noon + 1);
  BOOST_TEST(results_of(again) == "known_already done done done");
  BOOST_TEST(again.each.at(0).job_id == "a");
  BOOST_TEST(again.each.at(0).sequence == first.each.at(0).sequence);
  BOOST_TEST(store->find("a").what.what.idempotency_key == "k");
  BOOST_TEST((store->find("b").result == outcome::unknown_job));
  BOOST_TEST(store->history_of("a").events.size() == 1u);
}

static job deduped(const char* id, const char* key, std::int64_t window_ms = 1'000) {
  auto asked = talk(id);
  asked.dedupe_key = key;
  asked.dedupe_window_ms = window_ms;
  return asked;
}

void takes_jobs_with_a_dedupe_key_for_the_first_one_until_its_window_is_over(
    const store_maker& make) {
  const auto store = make.empty();
  auto others = deduped("other", "k");
  others.tenant = "other";
  const auto first = store->write({deduped("a", "k"), deduped("b", "k"), others, talk("c")}, noon);
  BOOST_TEST(results_of(first) == "done known_already done done");
  BOOST_TEST(first.each.at(1).job_id == "a");
  BOOST_TEST(first.each.at(1).sequence == first.each.at(0).sequence);
  const auto reopened = make.reopen();
  const auto last_moment =
      reopened->write({deduped("d", "k", 60'000), deduped("e", "another")}, noon + 999);
  BOOST_TEST(results_of(last_moment) == "known_already done");
  BOOST_TEST(last_moment.each.at(0).job_id == "a");
  BOOST_TEST(last_moment.each.at(0).sequence == first.each.at(0).sequence);
  // The window was the first job's; the next one has its own.
  const auto after = reopened->write({deduped("f", "k"), deduped("g", "k")}, noon + 1'000);
  BOOST_TEST(results_of(after) == "done known_already");
  BOOST_TEST(after.each.at(1).job_id == "f");
  BOOST_TEST(results_of(reopened->write({deduped("h", "k")}, noon + 1'999)) == "known_already");
  BOOST_TEST(results_of(reopened->write({deduped("i", "k")}, noon + 2'000)) == "done");
  for (const char* id : {"b", "d", "g", "h"})
    BOOST_TEST((reopened->find(id).result == outcome::unknown_job));
  auto keyed = deduped("j", "k");
  keyed.idempotency_key = "unique";
  BOOST_TEST(results_of(reopened->write({keyed}, noon + 2'000)) == "known_already");
  keyed.dedupe_key = "something else"; // the key was not kept
  BOOST_TEST(results_of(reopened->write({keyed, keyed}, noon + 2'000)) == "done done");
}

void keeps_who_was_first_as_a_document_that_can_be_removed(const store_maker& make) {
  const auto store = make.empty();
  auto unfit = deduped("x", "k");
  unfit.dedupe_key = std::string(longest_name, 'k'); // with the tenant it is too long
  BOOST_TEST(results_of(store->write({deduped("a", "k"), unfit}, noon)) == "done unfit");
  const auto kept = store->read("dedupe", "", 10).all;
  BOOST_REQUIRE(kept.size() == 1u);
  BOOST_TEST(kept.at(0).key == "default/k");
  BOOST_TEST(kept.at(0).body == R"({"job":"a","sequence":)" +
                                    std::to_string(store->find("a").what.last_sequence) +
                                    R"(,"until_unix_ms":)" + std::to_string(noon + 1'000) + "}");
  const document gone{"dedupe", "default/k", "", kept.at(0).version};
  BOOST_TEST(results_of(store->write({gone, deduped("b", "k"), gone}, noon)) == "done done done");
  store->write({deduped("c", "z")}, noon);
  store->write({deduped("d", "z")}, noon + 1'000);
  // Who has seen the first one does not remove the second.
  BOOST_TEST(results_of(store->write({document{"dedupe", "default/z", "", 1}}, noon)) == "stale");
}

void refuses_events_of_a_stale_fence(const store_maker& make) {
  const auto store = make.empty();
  const auto fenced = [](k kind, std::uint32_t fence) {
    auto made = of("job-1", kind);
    made.fence = fence;
    return made;
  };
  store->write({talk(), of("job-1", k::started)}, noon);
  // The node of attempt 1 was cut off; attempt 2 has begun when its word arrives.
  const auto done =
      store->write({fenced(k::resumed, 1), fenced(k::succeeded, 1), fenced(k::warned, 3),
                    fenced(k::warned, 2), fenced(k::succeeded, 2), fenced(k::failed, 1)},
                   noon + 1);
  BOOST_TEST(results_of(done) == "done stale stale done done stale");
  const auto kept = store->find("job-1").what;
  BOOST_TEST((kept.state == job_state::succeeded));
  BOOST_TEST(kept.attempts == 2u);
  BOOST_TEST(store->history_of("job-1").events.size() == 5u);
}

void refuses_what_cannot_follow_and_nothing_else(const store_maker& make) {
  const auto store = make.empty();
  const auto done = store->write(
      {talk(), of("job-1", k::succeeded), of("job-1", k::submitted), of("job-1", k::due),
       of("job-1", k::requeued), of("job-1", k::warned, "slow"), of("job-1", k::started),
       of("job-1", k::requeued), of("job-1", k::scheduled), of("job-1", k::cancelled, "by hand"),
       of("job-1", k::cancelled), of("job-1", k::succeeded), of("job-1", k::warned, "late")},
      noon);
  BOOST_TEST(
      results_of(done) ==
      "done impossible impossible impossible impossible done done impossible impossible done "
      "impossible impossible done");
  const auto kept = store->find("job-1").what;
  BOOST_TEST((kept.state == job_state::cancelled));
  BOOST_TEST(kept.last_cause == "late");
  BOOST_TEST(store->history_of("job-1").events.size() == 5u);
}

void refuses_what_no_store_could_keep(const store_maker& make) {
  const auto store = make.empty();
  const std::string longest(longest_name, 'x');
  auto named = talk(longest);
  named.tenant = named.queue = named.idempotency_key = longest;
  auto too_long = talk("b");
  too_long.queue = longest + "x";
  auto nul = talk("c");
  nul.tenant = std::string{"a\0b", 3};
  auto overlong = talk("d");
  overlong.idempotency_key = "\xc0\xaf";
  auto list = talk("e");
  list.labels = R"(["show"])";
  auto nested = talk("f");
  nested.labels = R"({"show": {"a": "b"}})";
  auto null_letter = talk("g");
  null_letter.labels = R"({"show": "a\u0000b"})";
  const auto done = store->write({named, too_long, nul, overlong, list, nested, null_letter,
                                  of(longest, k::reprioritised, "", "high"),
                                  of(longest, k::reprioritised, "", "99999999999"),
                                  page("", "no key"), page(longest, "long"), talk("h")},
                                 noon);
  BOOST_TEST(results_of(done) == "done unfit unfit unfit unfit unfit unfit unfit unfit unfit done "
                                 "done");
  BOOST_TEST((store->find(longest).what.what == named));
  BOOST_TEST((store->find("b").result == outcome::unknown_job));
  BOOST_TEST((store->find("h").result == outcome::done));
  BOOST_TEST((store->find(std::string{"h\0", 2}).result == outcome::unknown_job));
}

void lets_a_job_wait_for_its_time_and_for_others(const store_maker& make) {
  const auto store = make.empty();
  auto timed = talk("timed");
  timed.not_before_unix_ms = noon + 1;
  auto over = talk("over");
  over.not_before_unix_ms = noon;
  auto second = talk("second");
  second.after = {"timed"};
  const auto done = store->write(
      {timed, over, second, of("timed", k::started), of("timed", k::due), of("timed", k::started)},
      noon);
  BOOST_TEST(results_of(done) == "done done done impossible done done");
  BOOST_TEST((store->find("timed").what.state == job_state::running));
  BOOST_TEST((store->find("over").what.state == job_state::queued));
  BOOST_TEST((store->find("second").what.state == job_state::scheduled));
  const auto events = store->history_of("second").events;
  BOOST_REQUIRE(events.size() == 2u);
  BOOST_TEST((events.at(0).kind == k::submitted));
  BOOST_TEST((events.at(1).kind == k::scheduled));
  BOOST_TEST(done.each.at(2).sequence == events.at(0).sequence);
}

void does_a_job_again_with_another_spec_and_priority(const store_maker& make) {
  const auto store = make.empty();
  store->write({talk(), of("job-1", k::started), of("job-1", k::failed, "bad crf"),
                of("job-1", k::requeued, "by ada", R"({"crf":20})"),
                of("job-1", k::reprioritised, "", "-7"), of("job-1", k::started)},
               noon);
  auto kept = store->find("job-1").what;
  BOOST_TEST((kept.state == job_state::running));
  BOOST_TEST(kept.what.spec == R"({"crf":20})");
  BOOST_TEST(kept.what.priority == -7);
  BOOST_TEST(kept.attempts == 2u);
  BOOST_TEST(kept.tries == 1u);
  BOOST_TEST(kept.last_cause == "by ada");
  store->write({of("job-1", k::cancelled), of("job-1", k::requeued)}, noon + 1);
  kept = store->find("job-1").what;
  BOOST_TEST((kept.state == job_state::queued));
  BOOST_TEST(kept.what.spec == R"({"crf":20})");
  BOOST_TEST(kept.tries == 0u);
  BOOST_TEST(kept.attempts == 2u);
}

void says_when_a_job_is_tried_again(const store_maker& make) {
  const auto store = make.empty();
  const auto at = std::to_string(noon + 500);
  store->write({talk(), of("job-1", k::started)}, noon);
  store->write({of("job-1", k::retrying, "host is down", at)}, noon + 10);
  store->write({of("job-1", k::warned), of("job-1", k::reprioritised, "", "3")}, noon + 11);
  auto kept = store->find("job-1").what;
  BOOST_TEST((kept.state == job_state::retrying));
  BOOST_TEST(kept.due_unix_ms == noon + 500);
  BOOST_TEST(kept.changed_unix_ms == noon + 11);
  store->write({of("job-1", k::started)}, noon + 500);
  kept = make.reopen()->find("job-1").what;
  BOOST_TEST(kept.due_unix_ms == 0);
  BOOST_TEST(kept.tries == 2u);
}

void says_whose_results_a_job_has_been_given(const store_maker& make) {
  const auto store = make.empty();
  const auto given = [&](const std::string& id) { return store->find(id).what.reused_from; };
  store->write({talk("a"), of("a", k::started), of("a", k::succeeded, "", R"({"bytes":7})"),
                talk("b"), of("b", k::started),
                of("b", k::succeeded, "", R"({"bytes":7,"reused_from":"a"})"),
                of("b", k::warned, "late", R"({"reused_from":"no end"})"), talk("c")},
               noon);
  BOOST_TEST(given("a") == "");
  BOOST_TEST(given("b") == "a");
  BOOST_TEST(given("c") == "");
  std::string listed;
  for (const auto& one : store->list({}, "", 10).jobs)
    listed += one.what.id + ":" + one.reused_from + " ";
  BOOST_TEST(listed == "c: b:a a: ");
  job_filter succeeded;
  succeeded.states = {job_state::succeeded};
  BOOST_TEST(store->list(succeeded, "", 10).jobs.at(0).reused_from == "a");
  store->write({of("b", k::requeued), of("b", k::started)}, noon + 1);
  BOOST_TEST(given("b") == "");
  store->write({of("b", k::succeeded, "", R"({"reused_from":7})")}, noon + 2);
  BOOST_TEST(given("b") == "");
}

void keeps_documents_with_their_versions(const store_maker& make) {
  const auto store = make.empty();
  const auto done =
      store->write({page("a", "1", 0), page("a", "2", 0), page("a", "3", 1), page("b", "x", 1),
                    page("c", "y"), page("c", "z"), page("d", "", 3), page("e", "")},
                   noon);
  BOOST_TEST(results_of(done) == "done stale done stale done done stale done");
  BOOST_TEST(done.each.at(2).sequence == 2u);
  const std::vector<document> expected{page("a", "3", 2), page("c", "z", 2)};
  BOOST_TEST((store->read("page", "", 10).all == expected));
  // What somebody else has removed is not brought back by a writer of the old version.
  const auto later = make.reopen()->write(
      {page("a", "", 2), page("a", "4", 2), page("c", "", 1), talk(), page("f", "1", 0)}, noon);
  BOOST_TEST(results_of(later) == "done stale stale done done");
  const std::vector<document> rest{page("c", "z", 2), page("f", "1", 1)};
  BOOST_TEST((store->read("page", "", 10).all == rest));
  BOOST_TEST(results_of(store->write({page("a", "new", 0)}, noon)) == "done");
  BOOST_TEST(store->read("page", "", 1).all.at(0).version == 1);
  // Removed and made anew, made and removed, in one batch.
  BOOST_TEST(results_of(store->write({page("a", "", 1), page("a", "newer", 0), page("g", "1", 0),
                                      page("g", "", 1), page("f", ""), page("f", "2", 0),
                                      page("f", "3", 1)},
                                     noon)) == "done done done done done done done");
  const std::vector<document> last{page("a", "newer", 1), page("c", "z", 2), page("f", "3", 2)};
  BOOST_TEST((store->read("page", "", 10).all == last));
}

void writes_the_papers_of_an_event_with_it_or_not_at_all(const store_maker& make) {
  const auto store = make.empty();
  const auto with = [](event what, std::vector<document> papers) {
    what.papers = std::move(papers);
    return what;
  };
  auto stale = of("job-1", k::cancelled);
  stale.fence = 7;
  const auto done = store->write(
      {talk(), page("a", "0"), with(of("job-1", k::succeeded), {page("b", "never")}),
       with(stale, {page("a", "never")}), with(of("nobody", k::warned), {page("c", "never")}),
       with(of("job-1", k::cancelled), {page("a", "1"), page("d", "by ann")}),
       with(of("job-1", k::cancelled), {page("a", "never")})},
      noon);
  BOOST_TEST(results_of(done) == "done done impossible stale unknown_job done impossible");
  const auto kept = make.reopen()->read("page", "", 10).all;
  BOOST_TEST((kept == std::vector<document>{page("a", "1", 2), page("d", "by ann", 1)}));
  for (const auto& one : store->history_of("job-1").events)
    BOOST_TEST(one.papers.empty());
}

void adds_to_a_roll_the_jobs_that_are_new(const store_maker& make) {
  const auto store = make.empty();
  const auto keyed = [](const char* id, const char* key) {
    auto asked = talk(id);
    asked.idempotency_key = key;
    return asked;
  };
  const auto list = [](const char* key, std::vector<std::string> ids) {
    return roll{page(key, R"({"who":"ann"})"), std::move(ids)};
  };
  // Nothing is to be looked up, and so it is one statement where a database can.
  auto done = store->write(
      {keyed("a", "one"), talk("b"), talk("x"), of("x", k::started), list("first", {"a", "b"})},
      noon);
  BOOST_TEST(results_of(done) == "done done done done done");
  BOOST_TEST((store->read("page", "", 10).all ==
              std::vector{page("first", R"({"who":"ann","jobs":["a","b"]})", 1)}));
  // Two of these are known, one by its key and one by its id; the third roll names none that is
  // new.
  done = store->write({keyed("c", "one"), talk("d"), talk("a"), keyed("e", "two"),
                       list("mixed", {"c", "d", "e"}), list("none", {"c", "a"})},
                      noon);
  BOOST_TEST(results_of(done) == "known_already done done done done done");
  const auto kept = make.reopen()->read("page", "", 10).all;
  BOOST_REQUIRE(kept.size() == 2U);
  BOOST_TEST((kept.at(1) == page("mixed", R"({"who":"ann","jobs":["d","e"]})", 1)));
}

void reads_documents_in_the_order_of_their_keys(const store_maker& make) {
  const auto store = make.empty();
  // In the order of bytes, whatever the language of the database: "B" before "a".
  store->write({page("b", "1"), page("B", "2"), page("a", "3"), page("\xc3\xa4", "4"),
                document{"other", "a", "5", -1}, page("a b", "6")},
               noon);
  const auto keys = [&](const std::string& after, std::uint32_t most) {
    std::string all;
    for (const auto& each : store->read("page", after, most).all)
      all += each.key + ";";
    return all;
  };
  BOOST_TEST(keys("", 10) == "B;a;a b;b;\xc3\xa4;");
  BOOST_TEST(keys("", 2) == "B;a;");
  BOOST_TEST(keys("a", 2) == "a b;b;");
  BOOST_TEST(keys("\xc3\xa4", 2) == "");
  BOOST_TEST(store->read("nothing", "", 2).all.empty());
}

void takes_a_batch_of_thousands(const store_maker& make) {
  const auto store = make.empty();
  std::vector<entry> batch;
  for (int i = 0; i < 3000; ++i) {
    auto asked = talk("job-" + std::to_string(i));
    asked.idempotency_key = "key-" + std::to_string(i % 1500);
    batch.emplace_back(asked);
    batch.emplace_back(of(asked.id, k::started));
  }
  const auto done = store->write(batch, noon);
  BOOST_TEST(done.trouble == "");
  BOOST_REQUIRE(done.each.size() == batch.size());
  BOOST_TEST((done.each.at(2999).result == outcome::done));
  BOOST_TEST((done.each.at(3000).result == outcome::known_already));
  BOOST_TEST(done.each.at(3000).job_id == "job-0");
  BOOST_TEST((done.each.at(3001).result == outcome::unknown_job));
  BOOST_TEST(store->count().all.size() == 1u);
  BOOST_TEST(store->count().all.at(0).jobs == 1500u);
}

void says_that_it_takes_writes(const store_maker& make) {
  const auto store = make.empty();
  BOOST_TEST(store->trouble() == "");
  BOOST_TEST(results_of(store->write({}, noon)) == "");
}

} // namespace vdoc::test
