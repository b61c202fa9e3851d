#include "cluster/dispatch/cost_book.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <random>
#include <string>

using namespace vdoc::dispatch;

namespace {

struct an_empty_book {
  cost_book book;
  /// So many times two seconds of media for so many milliseconds.
  void learn(const std::string& work, const std::string& node, std::int64_t took_ms, int times) {
    for (int i = 0; i < times; ++i)
      book.learn(work, node, 2'000, took_ms);
  }
  double expected(const std::string& work, const std::string& node, std::uint32_t units = 2'000) {
    return std::round(book.expect(work, node, units).value_or(-1));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_cost_book, an_empty_book)

BOOST_AUTO_TEST_CASE(expects_nothing_of_work_that_it_does_not_know) {
  BOOST_TEST(expected("1080p", "n1") == -1);
  BOOST_TEST(expected("", "n1") == -1);
  BOOST_TEST(book.slowness("n1") == 1.0);
}

BOOST_AUTO_TEST_CASE(scales_what_it_has_learned_to_the_length_of_the_media) {
  learn("1080p", "n1", 3'000, 3);
  BOOST_TEST(expected("1080p", "n1") == 3'000);
  BOOST_TEST(expected("1080p", "n1", 500) == 750);
}

BOOST_AUTO_TEST_CASE(is_not_misled_by_work_that_failed_early_or_stood_still) {
  learn("1080p", "n1", 3'000, 8);
  learn("1080p", "n1", 1, 4);
  learn("1080p", "n1", 3'600'000, 3);
  BOOST_TEST(expected("1080p", "n1") == 3'000);
}

BOOST_AUTO_TEST_CASE(knows_after_eight_times_that_a_node_has_become_slower) {
  learn("1080p", "n1", 3'000, 100);
  learn("1080p", "n1", 6'000, 7);
  BOOST_TEST(expected("1080p", "n1") == 3'000);
  learn("1080p", "n1", 6'000, 1);
  BOOST_TEST(expected("1080p", "n1") == 6'000);
}

BOOST_AUTO_TEST_CASE(expects_of_new_work_on_a_known_node_what_others_take_times_how_slow_it_is) {
  learn("720p", "fast", 1'000, 9);
  learn("720p", "slow", 2'000, 4);
  BOOST_TEST(book.slowness("slow") == 2.0);
  learn("1080p", "fast", 3'000, 5);
  BOOST_TEST(expected("1080p", "slow") == 6'000);
  BOOST_TEST(expected("1080p", "new") == 3'000);
  learn("1080p", "slow", 5'000, 3); // now it knows
  BOOST_TEST(expected("1080p", "slow") == 5'000);
}

BOOST_AUTO_TEST_CASE(learns_nothing_of_what_took_no_time_or_had_no_length) {
  book.learn("1080p", "n1", 0, 5);
  book.learn("1080p", "n1", 5, 0);
  book.learn("1080p", "n1", 5, -3);
  BOOST_TEST(book.lines().empty());
}

BOOST_AUTO_TEST_CASE(is_the_same_after_it_was_kept_and_restored) {
  for (int i = 1; i <= 20; ++i) { // more than it remembers, so that it wraps
    book.learn("1080p", "n1", 1'000, std::int64_t{100} * i);
    book.learn("720p", "n2", 1'000, std::int64_t{50} * i);
  }
  cost_book other;
  other.restore(book.lines());
  BOOST_TEST((other.lines() == book.lines()));
  for (int i = 0; i < 3; ++i)
    for (auto* each : {&book, &other})
      each->learn("1080p", "n1", 1'000, 9'000);
  BOOST_TEST((other.lines() == book.lines()));
  BOOST_TEST(*other.expect("1080p", "n1", 1'000) == *book.expect("1080p", "n1", 1'000));
}

BOOST_AUTO_TEST_CASE(leaves_out_kept_numbers_that_are_no_costs) {
  book.restore({{"1080p", "n1", {-1, 0, std::numeric_limits<double>::infinity(), std::nan(""), 2}},
                {"", "", {3}}});
  BOOST_REQUIRE(book.lines().size() == 1u);
  BOOST_TEST(book.lines().front().last == std::vector<double>{2});
}

BOOST_AUTO_TEST_CASE(forgets_what_it_has_not_heard_of_for_longest_when_it_is_full) {
  for (int i = 0; i < 30'000; ++i) {
    book.learn("work " + std::to_string(i), "", 1'000, 100);
    book.learn("usual", "", 1'000, 700);
  }
  BOOST_TEST(book.lines().size() <= 10'000u);
  BOOST_TEST(expected("usual", "", 1'000) == 700);
  BOOST_TEST(expected("work 29999", "", 1'000) == 100);
  BOOST_TEST(expected("work 0", "", 1'000) == -1);
}

BOOST_AUTO_TEST_CASE(predicts_within_a_tenth_though_a_fifth_of_what_it_hears_is_wrong) {
  const auto seed = std::random_device{}();
  BOOST_TEST_MESSAGE("seed " << seed);
  std::mt19937 chance{seed};
  std::normal_distribution<double> noise{0, 0.05};
  for (int i = 0; i < 500; ++i) {
    const auto wrong = chance() % 5 == 0;
    const auto took = wrong ? (chance() % 2 == 0 ? 1.0 : 1e6) : 3'000 * std::exp(noise(chance));
    book.learn("1080p", "n1", 2'000, std::llround(took));
    if (i >= 300) // six of fifteen may be wrong, eight seldom are
      BOOST_WARN(std::abs(expected("1080p", "n1") / 3'000 - 1) < 0.1);
  }
  learn("1080p", "n1", 3'000, 8);
  BOOST_TEST(expected("1080p", "n1") == 3'000, boost::test_tools::tolerance(0.1));
}

BOOST_AUTO_TEST_SUITE_END()
