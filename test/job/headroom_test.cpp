#include "test/job/one_job.hpp"

using namespace vdoc;
using namespace vdoc::test;

namespace {

/// One whose reader is told what it may cut, as the shell does.
struct a_long_job : one_job {
  std::uint32_t cut_ever = 0;
  std::uint32_t granted_ever = 0;

  void reads(std::uint32_t slots) {
    cut_ever = 0;
    begins();
    happens(granted{read_it, "host-1", slots});
    granted_ever = job->credit_of_reader();
  }
  void add_grants() {
    for (const auto& one : all<grant_fragments>())
      granted_ever += one.more;
  }
  /// As much as it may.
  void cuts_all() {
    while (cut_ever < granted_ever)
      is_cut(cut_ever++);
  }
  void packs(std::uint32_t index, std::uint32_t slots) {
    for (const auto part : index == 0 ? std::vector{1U, 0U} : std::vector{0U}) {
      happens(granted{encode(index, part), "host-1", slots});
      add_grants();
      happens(encoded{encode(index, part), result(encode(index, part))});
      add_grants();
      happens(granted{pack(index, part), "host-1", slots});
      add_grants();
      happens(packed{pack(index, part), segments(pack(index, part))});
      add_grants();
    }
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(fragments_that_are_cut_ahead, a_long_job)

BOOST_AUTO_TEST_CASE(are_twice_the_slots_as_hosts_come_and_go) {
  wanted.fragments_ahead = 0;
  reads(5);
  BOOST_TEST(granted_ever == 10u);
  cuts_all();
  packs(0, 5);
  BOOST_TEST(granted_ever == 11u);
  cuts_all();
  packs(1, 8); // six more with the grant of a slot, one for what is packed
  BOOST_TEST(granted_ever == 18u);
  cuts_all();
  packs(2, 4); // of 16 that are out, 8 have to be packed first
  BOOST_TEST(granted_ever == 18u);
  for (std::uint32_t i = 3; i < 10; ++i)
    packs(i, 4);
  BOOST_TEST(granted_ever == 18u);
  packs(10, 4);
  BOOST_TEST(granted_ever == 19u);
}

BOOST_AUTO_TEST_CASE(are_six_at_least_and_as_many_as_the_user_says) {
  wanted.fragments_ahead = 0;
  reads(0);
  BOOST_TEST(granted_ever == 6u);
  cuts_all();
  packs(0, 3);
  BOOST_TEST(granted_ever == 7u);
  wanted.fragments_ahead = 3;
  reads(40);
  BOOST_TEST(granted_ever == 3u);
  cuts_all();
  packs(1, 40);
  BOOST_TEST(granted_ever == 4u);
}

BOOST_AUTO_TEST_CASE(count_those_of_a_reader_before_that_was_lost) {
  wanted.fragments_ahead = 0;
  reads(4);
  cuts_all();
  packs(0, 4);
  happens(lost{read_it, {"host-1", dispatch::host_end::killed, "SIGKILL", false}});
  happens(granted{read_it, "host-2", 4});
  BOOST_TEST(job->credit_of_reader() == 1u); // seven are cut, and not packed
  happens(lost{read_it, {"host-2", dispatch::host_end::killed, "SIGKILL", false}});
  happens(granted{read_it, "host-1", 6});
  BOOST_TEST(job->credit_of_reader() == 5u);
}

BOOST_AUTO_TEST_SUITE_END()
