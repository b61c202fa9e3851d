#include "actors/job/suspects.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace vdoc;
using namespace vdoc::job;
using dispatch::host_end;

constexpr task reading{work::read, 0, 0};
constexpr task sound{work::audio, 0, 0};

task encode(std::uint32_t index) {
  return {work::encode, index, 0};
}

/// What ends under whom. Every loss is told of a task on its own, as DISPATCH does.
struct a_job_with_suspects {
  suspects all{patience{3, 32, 3}};

  bool crash(const task& what, const std::string& host, bool beside_heavy = false,
             host_end how = host_end::crashed) {
    return all.lost(what, {host, how, "SIGSEGV", beside_heavy});
  }
  /// The task runs on a host and takes it along.
  bool crashes_alone(const task& what, const std::string& host = "host-1",
                     host_end how = host_end::crashed) {
    all.granted(what, host);
    return crash(what, host, false, how);
  }
  /// Both run on a host when it ends, and are told in that order.
  std::pair<bool, bool> crash_together(const task& first, const task& second,
                                       const std::string& host = "host-1") {
    all.granted(first, host);
    all.granted(second, host);
    const bool one = crash(first, host, is_heavy(second.kind));
    return {one, crash(second, host, is_heavy(first.kind))};
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_piece_of_work, a_job_with_suspects)

BOOST_AUTO_TEST_CASE(is_poison_when_it_has_brought_down_three_hosts) {
  BOOST_TEST(!crashes_alone(encode(3)));
  BOOST_TEST(!crashes_alone(encode(3), "host-2", host_end::hung));
  BOOST_TEST(crashes_alone(encode(3), "host-1", host_end::starved));
  BOOST_TEST(all.charge_against(encode(3)) == "it brought down 3 media hosts (last: SIGSEGV)");
  BOOST_TEST(all.starved(encode(3)));
  BOOST_TEST(all.attempt_of(encode(3)) == 3U);
}

BOOST_AUTO_TEST_CASE(is_poison_when_it_has_brought_down_hosts_of_two_nodes) {
  BOOST_TEST(!crashes_alone(encode(3), "a/host-1"));
  BOOST_TEST(!all.hit_several_nodes(encode(3)));
  BOOST_TEST(!crashes_alone(encode(3), "a/host-2", host_end::hung)); // of the same node
  BOOST_TEST(!crashes_alone(encode(4), "a/host-1"));
  BOOST_TEST(crashes_alone(encode(4), "host-1")); // of the leader
  BOOST_TEST(all.hit_several_nodes(encode(4)));
  BOOST_TEST(all.charge_against(encode(4)) ==
             "it brought down 2 media hosts on 2 nodes (last: SIGSEGV)");
}

BOOST_AUTO_TEST_CASE(bears_hosts_of_two_nodes_that_had_no_memory_or_were_killed) {
  BOOST_TEST(!crashes_alone(encode(3), "a/host-1", host_end::starved));
  BOOST_TEST(!crashes_alone(encode(3), "b/host-1", host_end::starved));
  BOOST_TEST(!all.hit_several_nodes(encode(3)));
  BOOST_TEST(!crashes_alone(encode(4), "a/host-1", host_end::killed));
  BOOST_TEST(!crashes_alone(encode(4), "b/host-1"));
  BOOST_TEST(!all.hit_several_nodes(encode(4)));
}

BOOST_AUTO_TEST_CASE(is_to_go_elsewhere_than_where_it_failed_last) {
  all.granted(encode(3), "a/host-1");
  BOOST_TEST(all.failed_at(encode(3)) == "");
  all.failed(encode(3));
  BOOST_TEST(all.failed_at(encode(3)) == "a/host-1");
  crashes_alone(encode(3), "b/host-1", host_end::killed);
  BOOST_TEST(all.failed_at(encode(3)) == "a/host-1"); // that was not its fault, nor b's
  crashes_alone(encode(3), "b/host-1");
  BOOST_TEST(all.failed_at(encode(3)) == "b/host-1");
  all.acquit(encode(3));
  BOOST_TEST(all.failed_at(encode(3)) == "");
}

BOOST_AUTO_TEST_CASE(bears_thirty_one_kills_from_outside) {
  for (int i = 0; i < 31; ++i)
    BOOST_TEST(!crashes_alone(encode(3), "host-1", host_end::killed));
  BOOST_TEST(crashes_alone(encode(3), "host-1", host_end::lost));
}

BOOST_AUTO_TEST_CASE(bears_being_drained_for_ever) {
  for (int i = 0; i < 100; ++i)
    BOOST_TEST(!crashes_alone(encode(3), "host-1", host_end::asked));
}

BOOST_AUTO_TEST_CASE(that_is_light_is_suspected_less_beside_heavy_work) {
  for (std::uint32_t i = 0; i < 8; ++i)
    BOOST_TEST(!crash_together(reading, encode(i)).first);
  BOOST_TEST(crash_together(reading, encode(8)).first);
}

BOOST_AUTO_TEST_CASE(that_is_light_is_suspected_in_full_when_nothing_heavy_was_there) {
  BOOST_TEST(!crash_together(reading, sound).first);
  BOOST_TEST(!crash_together(reading, sound).first);
  BOOST_TEST(crash_together(reading, sound).first);
}

BOOST_AUTO_TEST_CASE(that_is_light_is_held_back_until_the_heavy_one_beside_it_has_ended) {
  crash_together(reading, encode(5));
  BOOST_TEST(all.is_held_back(reading));
  // Alone, the fragment brings down the next host too: it was the one.
  BOOST_TEST(!crashes_alone(encode(5), "host-2"));
  BOOST_TEST(all.is_held_back(reading));
  BOOST_TEST(crashes_alone(encode(5), "host-2"));
}

BOOST_AUTO_TEST_CASE(goes_on_when_the_heavy_one_beside_it_has_ended_well) {
  crash_together(encode(5), reading); // whichever is told first
  BOOST_TEST(all.is_held_back(reading));
  BOOST_TEST(all.ended(encode(4)).empty());
  const auto free = all.ended(encode(5));
  BOOST_REQUIRE(free.size() == 1U);
  BOOST_TEST((free.front() == reading));
  BOOST_TEST(!all.is_held_back(reading));
}

BOOST_AUTO_TEST_CASE(is_not_held_back_for_what_runs_on_other_hosts) {
  all.granted(encode(5), "host-2");
  all.granted(reading, "host-1");
  crash(reading, "host-1", true); // beside heavy work of another job
  BOOST_TEST(!all.is_held_back(reading));
}

BOOST_AUTO_TEST_CASE(is_not_held_back_by_a_kill_from_outside) {
  all.granted(encode(5), "host-1");
  all.granted(reading, "host-1");
  crash(reading, "host-1", true, host_end::killed);
  BOOST_TEST(!all.is_held_back(reading));
}

BOOST_AUTO_TEST_CASE(begins_with_a_clean_slate_when_it_is_acquitted) {
  crashes_alone(encode(3));
  crashes_alone(encode(3));
  all.acquit(encode(3));
  BOOST_TEST(!crashes_alone(encode(3)));
  BOOST_TEST(all.attempt_of(encode(3)) == 3U);
}

BOOST_AUTO_TEST_CASE(is_given_up_after_three_failures_without_a_crash) {
  BOOST_TEST(!all.failed(encode(3)));
  BOOST_TEST(!all.failed(encode(3)));
  BOOST_TEST(all.failed(encode(3)));
}

BOOST_AUTO_TEST_SUITE_END()
