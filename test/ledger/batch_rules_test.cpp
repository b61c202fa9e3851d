#include "cluster/ledger/batch_rules.hpp"
#include "cluster/ledger/fitness.hpp"
#include "cluster/ledger/folded.hpp"
#include "test/ledger/store_words.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc;
using namespace vdoc::ledger;
using test::noon;
using k = event_kind;

namespace {

std::function<std::uint64_t()> from(std::uint64_t first) {
  return [first]() mutable { return first++; };
}

} // namespace

BOOST_AUTO_TEST_SUITE(the_rules_of_a_batch)

BOOST_AUTO_TEST_CASE(name_what_is_to_be_looked_up_once_and_in_order) {
  auto keyed = test::talk("b");
  keyed.idempotency_key = "k";
  auto with_papers = test::of("c", k::started);
  with_papers.papers = {test::page("x", "1"), test::page("y", "1")};
  const auto names =
      touched_by({keyed, with_papers, test::of("a", k::warned), test::of("b", k::warned),
                  test::talk(""), test::page("z", "1"), test::page("y", "1"), test::page("z", "2"),
                  test::of(std::string{"\xff"}, k::warned)});
  BOOST_TEST((names.job_ids == std::vector<std::string>{"a", "b", "c"}));
  BOOST_TEST((names.keys == std::vector<two_names>{{"default", "k"}}));
  BOOST_TEST(
      (names.documents == std::vector<two_names>{{"page", "x"}, {"page", "y"}, {"page", "z"}}));
}

BOOST_AUTO_TEST_CASE(look_up_who_has_a_dedupe_key) {
  auto asked = test::talk("b");
  asked.dedupe_key = "k";
  const auto names = touched_by({asked, test::talk("c")});
  BOOST_TEST((names.documents == std::vector<two_names>{{"dedupe", "default/k"}}));
}

BOOST_AUTO_TEST_CASE(take_a_job_whose_dedupe_key_cannot_be_read) {
  auto asked = test::talk("b");
  asked.dedupe_key = "k";
  asked.dedupe_window_ms = 5;
  present before;
  before.documents[{"dedupe", "default/k"}] = 4;
  before.first_jobs[{"dedupe", "default/k"}] = R"({"job":7})";
  const auto todo = decide({asked}, before, noon, from(70));
  BOOST_TEST(todo.jobs.size() == 1u);
  BOOST_REQUIRE(todo.documents.size() == 1u);
  BOOST_TEST(todo.documents.at(0).what.version == 5);
  BOOST_TEST(!todo.documents.at(0).is_new);
}

BOOST_AUTO_TEST_CASE(write_each_row_once_as_it_is_in_the_end) {
  const auto todo = decide({test::talk("a"), test::of("a", k::started), test::page("p", "1"),
                            test::of("a", k::failed, "disk full"), test::page("p", "2", 1)},
                           {}, noon, from(70));
  BOOST_REQUIRE(todo.jobs.size() == 1u);
  BOOST_TEST(todo.jobs.at(0).is_new);
  BOOST_TEST(todo.jobs.at(0).first_sequence == 70u);
  BOOST_TEST(todo.jobs.at(0).record.last_sequence == 72u);
  BOOST_TEST((todo.jobs.at(0).record.state == job_state::failed));
  BOOST_TEST(todo.events.size() == 3u);
  BOOST_REQUIRE(todo.documents.size() == 1u);
  BOOST_TEST((todo.documents.at(0).what == test::page("p", "2", 2)));
  BOOST_TEST(todo.documents.at(0).is_new);
}

BOOST_AUTO_TEST_CASE(take_no_number_for_what_is_refused) {
  const auto todo = decide({test::of("a", k::started), test::talk("b"), test::of("b", k::succeeded),
                            test::of("b", k::started)},
                           {}, noon, from(1));
  BOOST_TEST(todo.each.at(3).sequence == 2u);
  BOOST_TEST(todo.jobs.size() == 1u);
}

BOOST_AUTO_TEST_CASE(reckon_with_as_many_events_as_there_can_be) {
  auto waiting = test::talk("b");
  waiting.after = {"a"};
  BOOST_TEST(events_at_most({test::talk("a"), waiting, test::of("a", k::started),
                             test::page("p", "1")}) == 4u);
}

BOOST_AUTO_TEST_CASE(store_keys_in_one_order_whatever_the_batch_has) {
  const auto keyed = [](const char* id, const char* key) {
    auto asked = test::talk(id);
    asked.idempotency_key = key;
    return asked;
  };
  const auto todo = decide({keyed("a", "z"), keyed("b", "m"), keyed("c", "n")}, {}, noon, from(1));
  std::string keys;
  for (const auto& row : todo.jobs)
    keys += row.record.what.idempotency_key;
  BOOST_TEST(keys == "mnz");
  BOOST_TEST(todo.each.at(0).job_id == "a"); // answers stay as they were asked
  BOOST_TEST(todo.each.at(0).sequence == 1u);
}

BOOST_AUTO_TEST_CASE(know_what_needs_no_looking_up) {
  const auto alone = [](const std::vector<entry>& batch) {
    return stands_alone(batch, [](const auto& id) { return id == "known"; });
  };
  auto keyed = test::talk("b");
  keyed.idempotency_key = "k";
  BOOST_TEST(alone({test::talk("a"), keyed, test::of("a", k::started)}));
  auto once = test::talk("c");
  once.dedupe_key = "d";
  BOOST_TEST(!alone({test::talk("a"), once}));
  auto with_papers = test::of("a", k::started);
  with_papers.papers = {test::page("p", "1")};
  BOOST_TEST(!alone({test::talk("a"), with_papers}));
  BOOST_TEST(!alone({test::of("a", k::started), test::talk("a")}));
  BOOST_TEST(!alone({test::talk("a"), test::of("b", k::started)}));
  BOOST_TEST(!alone({test::talk("a"), test::page("p", "1")}));
  BOOST_TEST(alone({test::talk("a"), test::talk("b"), roll{test::page("p", "{}"), {"a", "b"}}}));
  BOOST_TEST(!alone({test::talk("a"), roll{test::page("p", "{}"), {"a", "b"}}}));
  // Of jobs whose standing is known.
  BOOST_TEST(alone({test::of("known", k::succeeded), test::talk("a")}));
  BOOST_TEST(!alone({test::of("known", k::requeued)}));
  BOOST_TEST(!alone({test::talk("known")}));
  BOOST_TEST(!alone({test::talk("a"), roll{test::page("p", "{}"), {"a", "known"}}}));
  with_papers.job_id = "known";
  BOOST_TEST(!alone({with_papers}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_text_of_the_ledger)

BOOST_AUTO_TEST_CASE(is_utf8_as_rfc_3629_has_it) {
  for (const char* good : {"", "a", "\xc2\x80", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
                           "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"})
    BOOST_TEST(is_text(good));
  for (const char* bad :
       {"\x80", "\xc0\xaf", "\xc1\xbf", "\xc2", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xe2\x82",
        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "a\xff", "\xe2\x82z"})
    BOOST_TEST(!is_text(bad));
  BOOST_TEST(!is_text(std::string_view{"\0", 1}));
}

BOOST_AUTO_TEST_CASE(is_mended_byte_by_byte) {
  BOOST_TEST(as_text("caf\xc3\xa9") == "caf\xc3\xa9");
  BOOST_TEST(as_text("caf\xe9 \xe2\x82z") == "caf\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbdz");
  BOOST_TEST(as_text(std::string{"a\0b", 3}) == "a\xef\xbf\xbd"
                                                "b");
}

BOOST_AUTO_TEST_CASE(is_folded_to_lower_case_in_any_alphabet) {
  BOOST_TEST(folded("Talk_100%.MP4") == "talk_100%.mp4");
  BOOST_TEST(folded("\xc3\x84RZTE \xd0\x96 \xce\xa9") == "\xc3\xa4rzte \xd0\xb6 \xcf\x89");
  BOOST_TEST(folded("\xff"
                    "A\xc3") == "\xff"
                                "a\xc3");
}

BOOST_AUTO_TEST_SUITE_END()
