#include "actors/schedule/timetable.hpp"
#include "cluster/desk/instant.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc;
using schedule::timetable;

namespace {

std::int64_t at(const char* time) {
  return desk::from_rfc3339(time).value();
}

desk::schedule every_night() {
  desk::schedule what;
  what.name = "nightly";
  what.cron = "0 3 * * *";
  what.what.source = "/films/talk.mp4";
  what.what.tenant = "news";
  what.what.labels = R"({"show":"news"})";
  what.what.spec = R"({"crf":21})";
  return what;
}

struct a_timetable_of_one_schedule {
  timetable table;
  a_timetable_of_one_schedule() {
    BOOST_TEST(table.put(every_night(), at("2025-12-01T08:00:00Z")).ok());
  }
  /// The idempotency keys of what is due.
  std::string due(const char* now) {
    std::string keys;
    for (const auto& one : table.due(at(now)))
      keys += one.what.idempotency_key + " ";
    return keys;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_timetable, a_timetable_of_one_schedule)

BOOST_AUTO_TEST_CASE(submits_at_the_time_and_under_its_name) {
  BOOST_TEST(due("2025-12-02T02:59:59Z") == "");
  BOOST_TEST(due("2025-12-02T03:00:00Z") == "schedule/nightly/2025-12-02T03:00:00.000Z ");
  BOOST_TEST(table.next_unix_ms().value_or(0) == at("2025-12-02T03:00:00Z"));
}

BOOST_AUTO_TEST_CASE(submits_again_until_it_is_taken_and_then_no_more) {
  due("2025-12-02T03:00:00Z");
  BOOST_TEST(due("2025-12-02T03:00:01Z") == "schedule/nightly/2025-12-02T03:00:00.000Z ");
  table.submitted("news/nightly", at("2025-12-02T03:00:00Z"));
  BOOST_TEST(due("2025-12-02T03:00:02Z") == "");
  BOOST_TEST(table.next_unix_ms().value_or(0) == at("2025-12-03T03:00:00Z"));
  // Nor when the calendar is put back.
  BOOST_TEST(due("2025-12-02T03:00:00Z") == "");
}

BOOST_AUTO_TEST_CASE(makes_up_once_for_what_was_missed) {
  BOOST_TEST(due("2025-12-06T12:00:00Z") == "schedule/nightly/2025-12-06T03:00:00.000Z ");
  table.submitted("news/nightly", at("2025-12-06T03:00:00Z"));
  BOOST_TEST(due("2025-12-06T12:00:01Z") == "");
}

BOOST_AUTO_TEST_CASE(goes_on_after_a_restart_where_it_was) {
  table.submitted("news/nightly", at("2025-12-02T03:00:00Z"));
  timetable next;
  BOOST_TEST(next.take_stored(table.stored("news/nightly")));
  BOOST_TEST((next.find("news/nightly")->what == every_night().what));
  BOOST_TEST(next.due(at("2025-12-02T03:00:05Z")).empty());
  BOOST_TEST(next.next_unix_ms().value_or(0) == at("2025-12-03T03:00:00Z"));
}

BOOST_AUTO_TEST_CASE(makes_up_after_a_restart_for_what_was_missed_meanwhile) {
  timetable next;
  next.take_stored(table.stored("news/nightly"));
  const auto late = next.due(at("2025-12-02T05:00:00Z"));
  BOOST_REQUIRE(late.size() == 1u);
  BOOST_TEST(late.front().due_unix_ms == at("2025-12-02T03:00:00Z"));
}

BOOST_AUTO_TEST_CASE(leaves_a_paused_schedule_alone) {
  auto paused = every_night();
  paused.paused = true;
  table.put(paused, at("2025-12-01T08:00:00Z"));
  BOOST_TEST(due("2025-12-05T03:00:00Z") == "");
  BOOST_TEST(!table.next_unix_ms().has_value());
  BOOST_TEST(table.all().size() == 1u);
}

BOOST_AUTO_TEST_CASE(forgets_what_is_removed) {
  BOOST_TEST(table.remove("news/nightly"));
  BOOST_TEST(!table.remove("news/nightly"));
  BOOST_TEST(due("2025-12-05T03:00:00Z") == "");
}

BOOST_AUTO_TEST_CASE(refuses_what_it_cannot_follow) {
  const auto wrong = [&](const char* name, const char* when) {
    auto what = every_night();
    what.name = name;
    what.cron = when;
    return table.put(what, 0).what;
  };
  BOOST_TEST(wrong("", "* * * * *") ==
             "name is made of a to z, 0 to 9 and ._-, at most 63 of them");
  BOOST_TEST(wrong("a/b", "* * * * *") != "");
  BOOST_TEST(wrong("a", "* * * *") != "");
  BOOST_TEST(wrong("a", "0 0 30 2 *") == "cron \"0 0 30 2 *\" never comes");
  BOOST_TEST(!table.take_stored("{broken"));
  BOOST_TEST(!table.take_stored(R"({"name":"x"})"));
  BOOST_TEST(table.stored("news/nothing") == "");
}

BOOST_AUTO_TEST_SUITE_END()
