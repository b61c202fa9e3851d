#include "cluster/dispatch/node_judge.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace vdoc::dispatch;

struct a_judge {
  node_judge judge;
  std::int64_t now = 1'000'000;
  int works = 0;

  std::string new_work() { return "job/encode/" + std::to_string(++works); }
  /// Names of those found bad.
  std::string succeeds(const std::string& work, const std::string& node) {
    std::string names;
    for (const auto& one : judge.succeeded(work, node, ++now)) {
      names += one.node;
      evidence = one.evidence;
    }
    return names;
  }
  void fails(const std::string& work, const std::string& node) {
    judge.failed(work, node, "SIGSEGV", ++now);
  }
  void many_succeed(const std::string& node, int count) {
    for (int i = 0; i < count; ++i)
      BOOST_TEST(succeeds(new_work(), node) == "");
  }
  /// Fails on the first and succeeds on the second one.
  std::string contradicts(const std::string& bad, const std::string& good) {
    const auto work = new_work();
    fails(work, bad);
    return succeeds(work, good);
  }
  std::string evidence;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_judge_of_nodes, a_judge)

BOOST_AUTO_TEST_CASE(finds_a_node_bad_whose_work_fails_there_and_succeeds_elsewhere) {
  many_succeed("b", 10);
  many_succeed("a", 2);
  BOOST_TEST(contradicts("a", "b") == "");
  BOOST_TEST(contradicts("a", "b") == "");
  BOOST_TEST(contradicts("a", "c") == "a");
  BOOST_TEST(evidence == "3 of 5 pieces of work failed here and succeeded elsewhere in 15 min; of "
                         "others 0 of 13; the last was job/encode/15, which c has done: SIGSEGV");
}

BOOST_AUTO_TEST_CASE(blames_nobody_for_work_that_fails_everywhere_or_here_only_at_first) {
  for (int i = 0; i < 20; ++i)
    fails(new_work(), "a"); // and never succeeds
  for (int i = 0; i < 20; ++i) {
    const auto work = new_work();
    fails(work, "a");
    BOOST_TEST(succeeds(work, "a") == "");
  }
}

BOOST_AUTO_TEST_CASE(counts_a_piece_of_work_once_however_often_it_failed) {
  for (int i = 0; i < 2; ++i) {
    const auto work = new_work();
    for (int j = 0; j < 5; ++j)
      fails(work, "a");
    BOOST_TEST(succeeds(work, "b") == "");
    BOOST_TEST(succeeds(work, "b") == ""); // said twice
  }
  BOOST_TEST(contradicts("a", "b") == "a");
}

BOOST_AUTO_TEST_CASE(lets_a_node_work_that_fails_a_small_part_only) {
  many_succeed("a", 100);
  for (int i = 0; i < 24; ++i)
    BOOST_TEST(contradicts("a", "b") == ""); // 24 of 124
  BOOST_TEST(contradicts("a", "b") == "a");  // 25 of 125 is a fifth
}

BOOST_AUTO_TEST_CASE(blames_nobody_for_what_happens_to_all_alike) {
  for (int i = 0; i < 50; ++i) { // a bug of the program, by chance
    BOOST_TEST(contradicts("a", "b") == "");
    BOOST_TEST(contradicts("b", "c") == "");
    BOOST_TEST(contradicts("c", "a") == "");
  }
}

BOOST_AUTO_TEST_CASE(compares_with_the_others_rate) {
  many_succeed("b", 97);
  for (int i = 0; i < 3; ++i)
    contradicts("b", "c"); // b: 3 of 100
  many_succeed("a", 8);
  BOOST_TEST(contradicts("a", "c") == "");
  BOOST_TEST(contradicts("a", "c") == "");
  // 3 of 11 here; 3 of 106 elsewhere, a tenth of that.
  BOOST_TEST(contradicts("a", "c") == "a");
}

BOOST_AUTO_TEST_CASE(forgets_evidence_of_a_quarter_of_an_hour_ago) {
  contradicts("a", "b");
  contradicts("a", "b");
  now += 900'000;
  BOOST_TEST(contradicts("a", "b") == "");
  const auto work = new_work();
  fails(work, "a");
  now += 900'000;
  BOOST_TEST(succeeds(work, "b") == ""); // it took too long to say anything
  contradicts("a", "b");
  contradicts("a", "b");
  BOOST_TEST(contradicts("a", "b") == "a");
}

BOOST_AUTO_TEST_CASE(forgets_successes_as_it_forgets_failures) {
  many_succeed("a", 100);
  now += 1'200'000; // 20 minutes
  contradicts("a", "b");
  contradicts("a", "b");
  BOOST_TEST(contradicts("a", "b") == "a");
}

BOOST_AUTO_TEST_CASE(needs_new_evidence_against_a_node_that_was_let_free) {
  const auto before = new_work();
  fails(before, "a");
  for (int i = 0; i < 3; ++i)
    contradicts("a", "b");
  judge.forgive("a");
  BOOST_TEST(succeeds(before, "b") == "");
  BOOST_TEST(contradicts("a", "b") == "");
  BOOST_TEST(contradicts("a", "b") == "");
  BOOST_TEST(contradicts("a", "b") == "a");
}

BOOST_AUTO_TEST_SUITE_END()
