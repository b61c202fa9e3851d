#include "actors/watch/rules.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc::watch;

namespace {

constexpr std::int64_t day_ms = 86'400'000;

/// A folder that is looked at by a clock of the test's own. Submits and writes are settled at once
/// unless the test says otherwise.
struct a_watched_folder {
  rules thought{{5'000, day_ms}};
  std::int64_t now_ms = 1'000'000;
  std::vector<sighting> there;
  bool takes = true;
  bool writes = true;

  /// One look; the files that became jobs: "a b ".
  std::string look() {
    thought.look(there, now_ms);
    std::string names;
    for (const auto& it : thought.to_submit(100)) {
      names += it.path + " ";
      thought.submitted(it, takes);
    }
    for (const auto& it : thought.to_write(100))
      thought.written(it, writes);
    return names;
  }
  std::string passes(std::int64_t ms) {
    now_ms += ms;
    return look();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_file, a_watched_folder)

BOOST_AUTO_TEST_CASE(becomes_a_job_once_it_has_stayed_the_same_for_long_enough) {
  there = {{"a", "1"}};
  BOOST_TEST(look() == "");
  BOOST_TEST(passes(4'999) == "");
  BOOST_TEST(passes(1) == "a ");
  BOOST_TEST(passes(60'000) == "");
}

BOOST_AUTO_TEST_CASE(that_grows_is_waited_for) {
  for (const char* identity : {"1", "2", "3"}) {
    there = {{"a", identity}};
    BOOST_TEST(passes(4'000) == "");
  }
  BOOST_TEST(passes(4'999) == "");
  BOOST_TEST(passes(1) == "a ");
}

BOOST_AUTO_TEST_CASE(that_is_written_anew_becomes_another_job) {
  there = {{"a", "1"}};
  look();
  BOOST_TEST(passes(5'000) == "a ");
  there = {{"a", "2"}};
  BOOST_TEST(passes(1'000) == "");
  BOOST_TEST(passes(5'000) == "a ");
}

BOOST_AUTO_TEST_CASE(has_a_key_that_names_its_path_and_what_it_was) {
  BOOST_TEST(key_of({"a", "1"}) == key_of({"a", "1"}));
  BOOST_TEST(key_of({"a", "1"}) != key_of({"b", "1"}));
  BOOST_TEST(key_of({"a", "1"}) != key_of({"a", "2"}));
  BOOST_TEST(key_of({std::string(5'000, 'x'), "1"}).size() < 255U);
}

BOOST_AUTO_TEST_CASE(of_an_earlier_life_becomes_no_job_again_unless_it_has_changed) {
  thought.take_known(name_of("a"), "1");
  thought.take_known(name_of("b"), "1");
  there = {{"a", "1"}, {"b", "2"}};
  look();
  BOOST_TEST(passes(5'000) == "b ");
}

BOOST_AUTO_TEST_CASE(is_offered_again_until_it_is_taken) {
  there = {{"a", "1"}};
  takes = false;
  look();
  BOOST_TEST(passes(5'000) == "a ");
  BOOST_TEST(passes(1'000) == "a ");
  takes = true;
  BOOST_TEST(passes(1'000) == "a ");
  BOOST_TEST(passes(1'000) == "");
  BOOST_TEST(thought.open() == 0U);
}

BOOST_AUTO_TEST_CASE(is_offered_once_at_a_time) {
  there = {{"a", "1"}};
  look();
  now_ms += 5'000;
  thought.look(there, now_ms);
  BOOST_TEST(thought.to_submit(100).size() == 1U);
  thought.look(there, now_ms + 1'000);
  BOOST_TEST(thought.to_submit(100).empty()); // no answer yet
}

BOOST_AUTO_TEST_CASE(is_written_down_until_it_is) {
  there = {{"a", "1"}};
  writes = false;
  look();
  BOOST_TEST(passes(5'000) == "a ");
  const auto again = thought.to_write(100);
  BOOST_REQUIRE(again.size() == 1U);
  BOOST_TEST((again[0] == remark{name_of("a"), "1"}));
  thought.written(again[0], true);
  BOOST_TEST(thought.to_write(100).empty());
}

BOOST_AUTO_TEST_CASE(that_goes_before_it_is_whole_is_forgotten) {
  there = {{"a", "1"}};
  look();
  there.clear();
  BOOST_TEST(passes(5'000) == "");
  BOOST_TEST(thought.open() == 0U);
  there = {{"a", "1"}};
  BOOST_TEST(passes(1) == "");
  BOOST_TEST(passes(5'000) == "a ");
}

BOOST_AUTO_TEST_CASE(that_is_gone_for_a_while_is_still_known) {
  thought.take_known(name_of("a"), "1");
  look();
  passes(day_ms - 1); // a disk that was not mounted
  there = {{"a", "1"}};
  look();
  BOOST_TEST(passes(5'000) == "");
  there.clear();
  now_ms += day_ms - 5'000;
  thought.look(there, now_ms);
  BOOST_TEST(thought.to_write(100).empty());
}

BOOST_AUTO_TEST_CASE(that_is_gone_for_a_day_is_forgotten) {
  thought.take_known(name_of("a"), "1");
  look();
  now_ms += day_ms;
  thought.look({}, now_ms);
  const auto all = thought.to_write(100);
  BOOST_REQUIRE(all.size() == 1U);
  BOOST_TEST((all[0] == remark{name_of("a"), ""}));
  thought.written(all[0], true);
  there = {{"a", "1"}};
  look();
  BOOST_TEST(passes(5'000) == "a ");
}

BOOST_AUTO_TEST_CASE(among_many_has_its_turn) {
  for (int i = 0; i < 250; ++i)
    there.push_back({std::to_string(1'000 + i), "1"});
  look();
  now_ms += 5'000;
  thought.look(there, now_ms);
  std::size_t all = 0;
  for (auto some = thought.to_submit(100); !some.empty(); some = thought.to_submit(100)) {
    BOOST_TEST(some.size() <= 100U);
    all += some.size();
  }
  BOOST_TEST(all == 250U);
}

BOOST_AUTO_TEST_SUITE_END()
