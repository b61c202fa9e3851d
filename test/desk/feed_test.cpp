#include "cluster/desk/feed.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

using namespace vdoc::desk;

namespace {

struct a_feed_that_keeps_three {
  feed board{"origin-1", 3};
  void tell(int count) {
    for (int i = 0; i < count; ++i)
      board.tell("job.a.state", "news", "{}");
  }
  /// The sequence numbers of a page, and "!" when something is missing before them.
  std::string words(std::uint64_t after, std::size_t most = 100) {
    const auto page = board.after(after, most);
    std::string out = page.missed ? "!" : "";
    for (const auto& one : page.all)
      out += std::to_string(one.sequence);
    return out;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_feed, a_feed_that_keeps_three)

BOOST_AUTO_TEST_CASE(numbers_news_from_one_without_gaps) {
  BOOST_TEST(board.last() == 0u);
  BOOST_TEST(words(0) == "");
  tell(2);
  BOOST_TEST(board.last() == 2u);
  BOOST_TEST(words(0) == "12");
  BOOST_TEST(words(1) == "2");
  BOOST_TEST(words(2) == "");
}

BOOST_AUTO_TEST_CASE(says_when_somebody_was_away_for_too_long) {
  tell(5);
  BOOST_TEST(words(0) == "!345");
  BOOST_TEST(words(1) == "!345");
  BOOST_TEST(words(2) == "345");
  BOOST_TEST(words(4) == "5");
}

BOOST_AUTO_TEST_CASE(gives_no_more_than_asked_for_and_nothing_from_the_future) {
  tell(3);
  BOOST_TEST(words(0, 2) == "12");
  BOOST_TEST(words(2, 0) == "");
  BOOST_TEST(words(77) == "");
}

BOOST_AUTO_TEST_CASE(wakes_who_listens_until_it_is_forgotten) {
  int woken = 0;
  const auto mine = board.listen([&] { ++woken; });
  const auto other = board.listen([] {});
  BOOST_TEST(mine != other);
  tell(2);
  board.forget(mine);
  tell(1);
  BOOST_TEST(woken == 2);
}

BOOST_AUTO_TEST_CASE(keeps_what_it_was_told) {
  board.tell("queue.default", "", R"({"paused":true})");
  const auto page = board.after(0, 1);
  BOOST_TEST(page.all.at(0).topic == "queue.default");
  BOOST_TEST(page.all.at(0).tenant == "");
  BOOST_TEST(page.all.at(0).body == R"({"paused":true})");
  BOOST_TEST(board.origin() == "origin-1");
}

BOOST_AUTO_TEST_CASE(is_told_by_many_threads_at_once) {
  feed large{"origin-2", 4'000};
  std::vector<std::thread> tellers;
  for (int i = 0; i < 4; ++i)
    tellers.emplace_back([&] {
      for (int j = 0; j < 1'000; ++j)
        large.tell("t", "", "");
    });
  for (auto& one : tellers)
    one.join();
  const auto page = large.after(0, 5'000);
  BOOST_TEST(page.all.size() == 4'000u);
  BOOST_TEST(!page.missed);
  BOOST_TEST(page.all.back().sequence == 4'000u);
}

BOOST_AUTO_TEST_SUITE_END()
