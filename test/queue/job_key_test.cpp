#include "actors/queue/job_key.hpp"
#include "actors/queue/retry.hpp"
#include "cluster/ledger/job_id.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc;
using namespace vdoc::queue;

BOOST_AUTO_TEST_SUITE(a_job_key)

BOOST_AUTO_TEST_CASE(comes_back_as_the_id_it_was) {
  for (int i = 0; i < 100; ++i) {
    const auto id = ledger::new_job_id();
    BOOST_TEST(to_string(job_key_from(id).value()) == id);
  }
}

BOOST_AUTO_TEST_CASE(is_not_made_of_anything_else) {
  for (const char* wrong :
       {"", "job-1", "019a0000-0000-7000-8000-00000000000", "019A0000-0000-7000-8000-000000000000",
        "019a0000-0000-7000-8000-0000000000000", "019a0000x0000-7000-8000-000000000000",
        "019a0000-0000-7000-8000-00000000000g"})
    BOOST_TEST(!job_key_from(wrong).has_value(), wrong);
}

BOOST_AUTO_TEST_CASE(sorts_as_the_ids_do) {
  const auto a = job_key_from("019a0000-0000-7000-8000-000000000001").value();
  const auto b = job_key_from("019a0000-0000-7000-8000-000000000002").value();
  const auto c = job_key_from("019a0000-0001-7000-8000-000000000000").value();
  BOOST_TEST((a < b && b < c));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_backoff)

BOOST_AUTO_TEST_CASE(doubles_up_to_its_limit) {
  std::minstd_rand chance{1};
  const backoff_terms terms{1'000, 10'000, 0};
  const std::vector<std::int64_t> expected{1'000, 1'000, 2'000, 4'000, 8'000, 10'000, 10'000};
  for (std::uint32_t failures = 0; failures < expected.size(); ++failures)
    BOOST_TEST(backoff_ms(terms, failures, chance) == expected[failures]);
  BOOST_TEST(backoff_ms(terms, 4'000'000'000U, chance) == 10'000);
}

BOOST_AUTO_TEST_CASE(keeps_jobs_apart_by_chance) {
  std::minstd_rand chance{1};
  const backoff_terms terms{1'000, 10'000, 20};
  std::int64_t least = 10'000;
  std::int64_t most = 0;
  for (int i = 0; i < 1'000; ++i) {
    const auto wait = backoff_ms(terms, 1, chance);
    least = std::min(least, wait);
    most = std::max(most, wait);
  }
  BOOST_TEST(least >= 800);
  BOOST_TEST(least < 820);
  BOOST_TEST(most <= 1'200);
  BOOST_TEST(most > 1'180);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_source)

BOOST_AUTO_TEST_CASE(has_a_host_when_it_is_a_url) {
  BOOST_TEST(source_host_of("https://Films.Example:8080/talk.mp4?x=/y") == "films.example:8080");
  BOOST_TEST(source_host_of("http://me:secret@films.example") == "films.example");
  BOOST_TEST(source_host_of("http://films.example?a@b") == "films.example");
  BOOST_TEST(source_host_of("/films/talk.mp4") == "");
  BOOST_TEST(source_host_of("file:///films/talk.mp4") == "");
}

BOOST_AUTO_TEST_SUITE_END()
