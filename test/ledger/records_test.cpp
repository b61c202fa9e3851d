#include "cluster/ledger/job_id.hpp"
#include "cluster/ledger/records.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc::ledger;

BOOST_AUTO_TEST_SUITE(a_job_history)

BOOST_AUTO_TEST_CASE(amounts_to_the_state_of_the_job) {
  using k = event_kind;
  auto state = job_state::unknown;
  std::string path;
  for (const auto kind : {k::submitted, k::started, k::host_lost, k::retrying, k::started,
                          k::interrupted, k::resumed, k::warned, k::succeeded, k::warned}) {
    state = state_after(state, kind);
    path += to_string(state) + ' ';
  }
  BOOST_TEST(path == "queued running running retrying running interrupted running running "
                     "succeeded succeeded ");
}

BOOST_AUTO_TEST_CASE(takes_an_end_as_final_until_another_attempt_begins) {
  BOOST_TEST((state_after(job_state::succeeded, event_kind::failed) == job_state::succeeded));
  BOOST_TEST((state_after(job_state::failed, event_kind::interrupted) == job_state::failed));
  BOOST_TEST((state_after(job_state::failed, event_kind::resumed) == job_state::running));
}

BOOST_AUTO_TEST_CASE(names_every_kind_and_finds_it_by_its_name) {
  for (int i = 0; i <= static_cast<int>(event_kind::reprioritised); ++i) {
    const auto kind = static_cast<event_kind>(i);
    BOOST_TEST((event_kind_from(to_string(kind)) == kind));
  }
  BOOST_TEST(!event_kind_from("nonsense").has_value());
}

BOOST_AUTO_TEST_CASE(lets_follow_what_makes_sense) {
  using s = job_state;
  using k = event_kind;
  const auto kinds_after = [](s state) {
    std::string all;
    for (int i = 0; i <= static_cast<int>(k::reprioritised); ++i)
      if (may_follow(state, static_cast<k>(i)))
        all += to_string(static_cast<k>(i)) + ' ';
    return all;
  };
  BOOST_TEST(kinds_after(s::unknown) == "submitted ");
  BOOST_TEST(kinds_after(s::queued) ==
             "started resumed warned failed cancelled scheduled reprioritised ");
  BOOST_TEST(kinds_after(s::scheduled) == "warned failed cancelled due reprioritised ");
  BOOST_TEST(kinds_after(s::running) == "resumed host_lost warned retrying interrupted "
                                        "succeeded failed cancelled reprioritised ");
  BOOST_TEST(kinds_after(s::retrying) ==
             "started resumed warned failed cancelled requeued reprioritised ");
  BOOST_TEST(kinds_after(s::interrupted) ==
             "started resumed warned failed cancelled reprioritised ");
  for (const auto end : {s::succeeded, s::failed, s::cancelled})
    BOOST_TEST(kinds_after(end) == "started resumed warned requeued reprioritised ");
}

BOOST_AUTO_TEST_CASE(can_wait_and_be_begun_anew) {
  using k = event_kind;
  auto state = job_state::unknown;
  std::string path;
  for (const auto kind : {k::submitted, k::scheduled, k::reprioritised, k::due, k::scheduled,
                          k::started, k::scheduled, k::failed, k::due, k::requeued, k::started}) {
    state = state_after(state, kind);
    path += to_string(state) + ' ';
  }
  BOOST_TEST(path == "queued scheduled scheduled queued scheduled running running failed failed "
                     "queued running ");
}

BOOST_AUTO_TEST_CASE(names_every_state_and_finds_it_by_its_name) {
  for (int i = 0; i <= static_cast<int>(job_state::scheduled); ++i) {
    const auto state = static_cast<job_state>(i);
    BOOST_TEST((job_state_from(to_string(state)) == state));
  }
  BOOST_TEST(!job_state_from("").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_job_id)

BOOST_AUTO_TEST_CASE(is_the_uuid_of_version_7_that_rfc_9562_shows) {
  // Appendix A.6: 2022-02-22T14:22:22-05:00, rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F.
  BOOST_TEST(uuid_v7(0x017F22E279B0, {0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39,
                                      0x8f}) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

BOOST_AUTO_TEST_CASE(sorts_by_time) {
  BOOST_TEST(uuid_v7(1'700'000'000'000, {0xff}) < uuid_v7(1'700'000'000'001, {0x00}));
  BOOST_TEST(new_job_id() != new_job_id());
}

BOOST_AUTO_TEST_SUITE_END()
