#include "actors/supervision/restart_judge.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace std::chrono_literals;
using namespace vdoc::supervision;

struct a_judge_of_a_worker {
  restart_budget budget{3, 30s, 100ms, 1s, 30s, 0};
  restart_judge judge{restart::transient, budget, 7};
  time_point now{1000s};
  time_point since = now;

  /// The child lives for `life` and ends; -1 ms: let go, -2 ms: given up.
  std::chrono::milliseconds delay_after(span life, bool crashed = true) {
    now += life;
    const auto said = judge.child_ended(since, crashed, now);
    since = now;
    if (const auto* again = std::get_if<start_again>(&said))
      return std::chrono::duration_cast<std::chrono::milliseconds>(again->after);
    return std::holds_alternative<let_it_go>(said) ? -1ms : -2ms;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_restart_judge, a_judge_of_a_worker)

BOOST_AUTO_TEST_CASE(doubles_the_delay_with_each_crash_in_a_row) {
  BOOST_TEST(delay_after(1ms).count() == 100);
  BOOST_TEST(delay_after(1ms).count() == 200);
  BOOST_TEST(delay_after(1ms).count() == 400);
}

BOOST_AUTO_TEST_CASE(gives_up_when_the_budget_of_the_period_is_spent) {
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(delay_after(9s).count() > 0);
  BOOST_TEST(delay_after(2s).count() == -2);
}

BOOST_AUTO_TEST_CASE(counts_only_the_restarts_of_the_last_period) {
  for (int i = 0; i < 20; ++i)
    BOOST_TEST(delay_after(10s).count() > 0);
}

BOOST_AUTO_TEST_CASE(never_waits_longer_than_the_longest_delay) {
  budget.intensity = 100;
  judge = restart_judge{restart::transient, budget, 7};
  for (int i = 0; i < 80; ++i)
    BOOST_TEST(delay_after(1ms).count() <= 1000);
  BOOST_TEST(delay_after(1ms).count() == 1000);
}

BOOST_AUTO_TEST_CASE(forgives_after_a_stable_life) {
  delay_after(1ms);
  delay_after(1ms);
  BOOST_TEST(delay_after(30s).count() == 100);
}

BOOST_AUTO_TEST_CASE(lets_a_transient_child_go_that_ends_in_good_order) {
  BOOST_TEST(delay_after(1ms, false).count() == -1);
  BOOST_TEST(delay_after(1ms, true).count() == 100);
}

BOOST_AUTO_TEST_CASE(starts_a_permanent_child_again_whatever_its_end) {
  judge = restart_judge{restart::permanent, budget, 7};
  BOOST_TEST(delay_after(1ms, false).count() == 100);
}

BOOST_AUTO_TEST_CASE(lets_a_temporary_child_go_even_when_it_crashes) {
  judge = restart_judge{restart::temporary, budget, 7};
  BOOST_TEST(delay_after(1ms, true).count() == -1);
}

BOOST_AUTO_TEST_CASE(spreads_delays_by_its_jitter_and_repeats_them_with_the_same_seed) {
  budget.intensity = 1000;
  budget.jitter_percent = 20;
  budget.stable_after = 0s;
  judge = restart_judge{restart::transient, budget, 42};
  std::vector<std::int64_t> first;
  first.reserve(200);
  for (int i = 0; i < 200; ++i)
    first.push_back(delay_after(1ms).count());
  const auto [least, most] = std::minmax_element(first.begin(), first.end());
  BOOST_TEST(*least >= 80);
  BOOST_TEST(*least < 85);
  BOOST_TEST(*most <= 120);
  BOOST_TEST(*most > 115);
  judge = restart_judge{restart::transient, budget, 42};
  for (const auto delay : first)
    BOOST_TEST(delay_after(1ms).count() == delay);
}

BOOST_AUTO_TEST_SUITE_END()
