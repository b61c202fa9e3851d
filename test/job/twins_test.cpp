#include "test/job/one_job.hpp"

namespace {

using namespace vdoc;
using namespace vdoc::test;
using dispatch::host_end;
using dispatch::task_end;

/// A job whose second fragment runs on a/host-1 and, as it takes too long, on b/host-1.
struct a_job_with_a_straggler : one_job {
  void begins_with_a_twin() {
    begins();
    grant(read_it);
    is_cut(0), is_cut(1);
    grant(encode(1), "a/host-1");
    happens(twin_granted{encode(1), "b/host-1"});
    const auto order = all<run>();
    BOOST_REQUIRE(order.size() == 1u);
    BOOST_TEST(order[0].twin);
    BOOST_TEST((order[0].what == encode(1)));
    BOOST_TEST(job->twins_begun() == 1u);
    BOOST_TEST(all<remember>().empty());
  }
  std::size_t mishaps() const { return job->known().mishaps.size(); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_job_whose_work_runs_twice, a_job_with_a_straggler)

BOOST_AUTO_TEST_CASE(takes_the_first_result_and_gives_up_both_slots_at_once) {
  begins_with_a_twin();
  happens(encoded{encode(1), result(encode(1)), true});
  const auto free = all<give_up_slot>();
  BOOST_REQUIRE(free.size() == 1u);
  BOOST_TEST((free[0].what == encode(1)));
  BOOST_TEST((free[0].how == task_end::done));
  BOOST_TEST(wants(pack(1)));
  BOOST_TEST(job->twins_won() == 1u);
  BOOST_TEST(mishaps() == 0u);
  BOOST_TEST(job->hosts_lost() == 0u);
  happens(encoded{encode(1), result(encode(1))}); // the other one was as good as done
  BOOST_TEST(seen.empty());
  BOOST_TEST(job->twins_won() == 1u);
}

BOOST_AUTO_TEST_CASE(counts_no_win_when_the_straggler_makes_it) {
  begins_with_a_twin();
  happens(encoded{encode(1), result(encode(1))});
  BOOST_TEST(all<give_up_slot>().size() == 1u);
  BOOST_TEST(job->twins_begun() == 1u);
  BOOST_TEST(job->twins_won() == 0u);
}

BOOST_AUTO_TEST_CASE(goes_on_with_either_when_the_host_of_the_other_is_lost) {
  for (const auto* host : {"a/host-1", "b/host-1"}) {
    begins_with_a_twin();
    happens(lost{encode(1), {host, host_end::killed, "SIGKILL"}});
    BOOST_TEST(!wants(encode(1)));
    BOOST_TEST(all<give_up_slot>().empty());
    BOOST_TEST(mishaps() == 1u);
    BOOST_TEST(job->hosts_lost() == 1u); // it was one, whatever ran there
    happens(encoded{encode(1), result(encode(1))});
    BOOST_TEST(wants(pack(1)));
  }
}

BOOST_AUTO_TEST_CASE(wants_it_again_when_both_are_lost) {
  begins_with_a_twin();
  happens(lost{encode(1), {"a/host-1", host_end::killed, "SIGKILL"}});
  happens(lost{encode(1), {"b/host-1", host_end::killed, "SIGKILL"}});
  BOOST_TEST(wants(encode(1)));
  BOOST_TEST(mishaps() == 2u);
  grant(encode(1), "c/host-1");
  BOOST_TEST(all<run>().size() == 1u);
  BOOST_TEST(!all<run>()[0].twin);
}

BOOST_AUTO_TEST_CASE(takes_it_for_poison_when_it_brings_down_both) {
  begins_with_a_twin();
  happens(lost{encode(1), {"b/host-1", host_end::crashed, "SIGSEGV"}});
  BOOST_TEST(!job->over());
  happens(lost{encode(1), {"a/host-1", host_end::crashed, "SIGSEGV"}});
  BOOST_TEST(all<found_poison>().size() == 1u);
  BOOST_TEST(job->over());
}

BOOST_AUTO_TEST_CASE(ends_the_other_one_when_a_crash_shows_that_it_is_poison) {
  begins();
  grant(read_it);
  is_cut(0), is_cut(1);
  grant(encode(1), "c/host-1");
  happens(lost{encode(1), {"c/host-1", host_end::crashed, "SIGSEGV"}});
  grant(encode(1), "a/host-1");
  happens(twin_granted{encode(1), "b/host-1"});
  happens(lost{encode(1), {"a/host-1", host_end::crashed, "SIGSEGV"}}); // nodes c and a
  const auto free = all<give_up_slot>();
  BOOST_TEST(std::ranges::count_if(free, [](const auto& it) { return it.what == encode(1); }) == 1);
  BOOST_TEST(job->over());
}

BOOST_AUTO_TEST_CASE(goes_on_with_the_other_when_one_fails_by_a_fault_of_its_node) {
  begins_with_a_twin();
  happens(failed{encode(1), {culprit::peer, "no room", "", ""}, "a/host-1"});
  const auto one = all<give_up_one>();
  BOOST_REQUIRE(one.size() == 1u);
  BOOST_TEST((one[0].how == task_end::failed));
  BOOST_TEST(one[0].cause == "no room");
  BOOST_TEST(all<give_up_slot>().empty());
  BOOST_TEST(!wants(encode(1)));
  BOOST_TEST(job->known().mishaps.back().host == "a/host-1");
  BOOST_REQUIRE(all<note>().size() == 1u);
  BOOST_TEST(all<note>()[0].kind == "goes on");
  happens(failed{encode(1), {culprit::peer, "no room", "", ""}, "b/host-1"}); // now as usual
  BOOST_TEST(all<give_up_slot>().size() == 1u);
  BOOST_TEST(all<note>().at(0).kind == "retried");
  BOOST_TEST(wants(encode(1)));
  BOOST_TEST(all<want_slot>().at(0).failed_at == "b/host-1");
}

BOOST_AUTO_TEST_CASE(gives_up_both_when_it_has_failed_too_often_and_says_nothing_of_a_retry) {
  begins_with_a_twin();
  happens(failed{encode(1), {culprit::peer, "no room", "", ""}, "a/host-1"});
  happens(failed{encode(1), {culprit::peer, "no room", "", ""}, "b/host-1"});
  grant(encode(1), "a/host-1");
  happens(twin_granted{encode(1), "b/host-1"});
  happens(failed{encode(1), {culprit::peer, "no room", "", ""}, "a/host-1"}); // the third time
  BOOST_TEST(all<note>().empty());
  BOOST_TEST(all<give_up_one>().size() == 1u);
  const auto free = all<give_up_slot>();
  BOOST_TEST(std::ranges::count_if(free, [](const auto& it) { return it.what == encode(1); }) == 1);
  BOOST_TEST(all<finish>().at(0).why.what == "no room");
}

BOOST_AUTO_TEST_CASE(believes_the_first_that_says_the_source_is_bad) {
  begins_with_a_twin();
  happens(failed{encode(1), {culprit::user, "no picture", "", ""}, "b/host-1"});
  BOOST_TEST(all<give_up_one>().empty());
  BOOST_TEST(job->over());
  BOOST_TEST(all<finish>().at(0).state == "failed");
}

BOOST_AUTO_TEST_CASE(begins_no_twin_of_what_is_over) {
  begins_with_a_twin();
  happens(encoded{encode(1), result(encode(1))});
  happens(twin_granted{encode(1), "c/host-1"});
  BOOST_TEST(all<run>().empty());
  BOOST_TEST(all<give_up_slot>().size() == 1u);
  BOOST_TEST(job->twins_begun() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
