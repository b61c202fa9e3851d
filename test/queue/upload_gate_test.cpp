#include "test/queue/queue_words.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

namespace {

using namespace vdoc;
using namespace vdoc::queue;
using desk::job_action;
using standing = upload_standing;

using board = std::map<std::uint32_t, standing>;

rule_terms terms_with(const std::shared_ptr<board>& uploads) {
  rule_terms terms;
  terms.max_running = 4;
  terms.most_early = 2;
  terms.hard_limit_s = 3'600;
  terms.uploads = [uploads](std::uint32_t number) {
    const auto found = uploads->find(number);
    return found == uploads->end() ? standing::gone : found->second;
  };
  return terms;
}

/// Job N has upload N as its source.
struct jobs_with_uploads : test::a_queue {
  explicit jobs_with_uploads(std::shared_ptr<board> where = std::make_shared<board>())
      : a_queue{terms_with(where)}, uploads{std::move(where)} {}

  std::shared_ptr<board> uploads;

  void submit_upload(std::uint32_t number, standing how) {
    (*uploads)[number] = how;
    auto one = job(number);
    one.what.source = "upload:0000000" + std::to_string(number) + "0123456789abcdef01234567";
    submit(one);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(jobs_whose_source_is_an_upload, jobs_with_uploads)

BOOST_AUTO_TEST_CASE(wait_until_it_is_whole_and_hold_up_nobody) {
  for (std::uint32_t i = 1; i < 9; ++i)
    submit_upload(i, standing::waits);
  submit(job(9));
  BOOST_TEST(run() == "run 9");
  BOOST_TEST(rules.wake_in_ms(now).value_or(-1) == 200);
  BOOST_TEST(rules.queues(now.unix_ms).at(0).waiting == 8u);
  (*uploads)[3] = standing::whole;
  BOOST_TEST(pass(200) == "run 3");
  BOOST_TEST(pass(60'000) == "");
}

BOOST_AUTO_TEST_CASE(begin_while_it_flows_but_only_so_many) {
  for (std::uint32_t i = 1; i < 4; ++i)
    submit_upload(i, standing::flows);
  BOOST_TEST(run() == "run 1, run 2");
  BOOST_TEST(pass(10'000) == "");
  submit(job(9));
  BOOST_TEST(run() == "run 9");
  (*uploads)[1] = standing::whole; // it runs on, and is early no more
  BOOST_TEST(pass(200) == "run 3");
}

BOOST_AUTO_TEST_CASE(begin_and_can_say_so_when_it_is_gone) {
  submit_upload(1, standing::waits);
  BOOST_TEST(run() == "");
  uploads->erase(1);
  BOOST_TEST(pass(200) == "run 1");
}

BOOST_AUTO_TEST_CASE(wait_again_when_it_pauses_and_do_not_pay_for_it) {
  submit_upload(1, standing::flows);
  run();
  for (int i = 0; i < 10; ++i) {
    (*uploads)[1] = standing::waits;
    fails(1, culprit::peer, "upload");
    BOOST_TEST(run() == "retrying 1");
    BOOST_TEST(pass(60'000) == "");
    (*uploads)[1] = standing::flows;
    BOOST_TEST(pass(200) == "resume 1");
  }
  fails(1, culprit::peer, "disk");
  BOOST_TEST(run() == "retrying 1"); // the first failure that counts
  BOOST_TEST(rules.find(key(1))->failures == 1u);
}

BOOST_AUTO_TEST_CASE(have_their_time_limit_from_when_it_is_whole) {
  submit_upload(1, standing::flows);
  run();
  BOOST_TEST(pass(3'600'000) == "");
  BOOST_TEST(pass(3'600'000) == "");
  (*uploads)[1] = standing::whole;
  BOOST_TEST(pass(3'599'999) == "");
  BOOST_TEST(pass(1) == "force 1");
}

BOOST_AUTO_TEST_CASE(can_be_cancelled_while_they_wait) {
  submit_upload(1, standing::waits);
  submit_upload(2, standing::waits);
  run();
  order(1, job_action::cancel);
  BOOST_TEST(run() == "cancelled 1, ok #7");
  (*uploads)[1] = (*uploads)[2] = standing::whole;
  BOOST_TEST(pass(200) == "run 2");
}

BOOST_AUTO_TEST_SUITE_END()
