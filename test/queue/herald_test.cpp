#include "actors/queue/herald.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <ctime>
#include <iostream>

using namespace vdoc;
using namespace vdoc::queue;
using ledger::job_state;
using nlohmann::json;

namespace {

/// What this thread has worked: others may have the processor meanwhile.
std::chrono::nanoseconds cpu_time() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
}

struct a_herald {
  std::shared_ptr<desk::event_feed> feed = std::make_shared<desk::event_feed>("f");
  herald tells{feed};
  std::vector<desk::feed_item> heard;
  desk::event_feed::subscription ear =
      feed->subscribe([this](const desk::feed_item& it) { heard.push_back(it); });
  std::vector<desk::queue_view> queues{1};
  int looks = 0;

  a_herald() { queues[0].name = "night"; }

  void progress(std::int64_t at_ms, double far) {
    desk::progress_news what;
    what.id = "j1";
    what.progress = far;
    tells.progress({1, 1}, "acme", what, at_ms);
  }
  void tell(std::int64_t at_ms) {
    tells.tell(at_ms, [this] {
      ++looks;
      return queues;
    });
  }
  void state(job_state before, job_state now) {
    tells.state({"j1", before, now, "", 1, "acme", "night", 1'000, 1});
  }
  /// "0.1 0.4 "
  std::string told() const {
    std::string all;
    for (const auto& it : heard)
      all += json::parse(it->body)["progress"].dump() + " ";
    return all;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_herald_of_jobs, a_herald)

BOOST_AUTO_TEST_CASE(tells_the_progress_of_a_job_once_a_second_and_the_last_of_it) {
  progress(0, 0.1);
  progress(300, 0.2);
  progress(900, 0.3);
  tell(950);
  BOOST_TEST(told() == "0.1 ");
  BOOST_TEST(tells.waits());
  tell(1'000);
  BOOST_TEST(told() == "0.1 0.3 ");
  BOOST_TEST(!tells.waits());
  progress(1'500, 0.5);
  progress(2'000, 0.6); // at once, and what waited is old
  tell(3'000);
  BOOST_TEST(told() == "0.1 0.3 0.6 ");
  BOOST_TEST(heard.back()->tenant == "acme");
}

BOOST_AUTO_TEST_CASE(does_not_tell_progress_after_the_end_of_an_attempt) {
  progress(0, 0.1);
  progress(100, 0.2);
  tells.attempt_over({1, 1});
  tell(5'000);
  BOOST_TEST(told() == "0.1 ");
  progress(5'001, 0.0);
  BOOST_TEST(heard.size() == 2u);
}

BOOST_AUTO_TEST_CASE(tells_states_at_once_but_nothing_where_none_has_changed) {
  state(job_state::queued, job_state::running);
  state(job_state::running, job_state::running); // cut off, and resumed
  state(job_state::retrying, job_state::retrying);
  BOOST_REQUIRE(heard.size() == 2u);
  BOOST_TEST(heard[1]->topic == "job.j1.state");
  BOOST_TEST(json::parse(heard[0]->body)["previous"] == "queued");
}

BOOST_AUTO_TEST_CASE(tells_a_queue_when_something_of_it_is_different) {
  state(job_state::unknown, job_state::queued);
  heard.clear();
  queues[0].waiting = 1;
  tell(500);
  queues[0].oldest_age_ms = 700; // of no interest by itself
  tells.queues_changed();
  tell(1'000);
  BOOST_REQUIRE(heard.size() == 1u);
  BOOST_TEST(heard[0]->topic == "queue.night");
  BOOST_TEST(heard[0]->tenant == "*");
  BOOST_TEST(json::parse(heard[0]->body)["waiting"] == 1);
  tell(1'500);
  BOOST_TEST(looks == 2);
  BOOST_TEST(!tells.waits());
}

BOOST_AUTO_TEST_CASE(costs_microseconds_when_nobody_listens_and_the_feed_is_full) {
  ear.reset();
  const auto round = [this](int count) {
    const auto begun = cpu_time();
    for (int i = 0; i < count; ++i)
      tells.state({"019a0000-0000-7000-8000-" + std::to_string(100'000'000'000 + i),
                   job_state::queued, job_state::running, "", 1, "default", "default",
                   1'764'590'400'000 + i, static_cast<std::uint64_t>(i)});
    return cpu_time() - begun;
  };
  round(10'000); // full
  constexpr int count = 50'000;
  const double us = std::chrono::duration<double, std::micro>(round(count)).count() / count;
  std::cout << "a state told to nobody: " << us << " us\n";
  BOOST_TEST(us < 100); // an optimised build takes one or two
}

BOOST_AUTO_TEST_SUITE_END()
