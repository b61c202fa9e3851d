#include "test/job/one_job.hpp"

using namespace vdoc;
using namespace vdoc::test;
using dispatch::host_end;

namespace {

/// One of a cluster, which may know fragments from other jobs: "f001" is the hash of the second.
struct a_job_of_a_cluster : one_job {
  void begins_knowing(std::map<std::string, std::string> reasons,
                      const manifest::state& resumed = {}) {
    job.emplace(wanted, resumed);
    happens(poison_known{std::move(reasons)});
    happens(start{});
    grant(open_it);
    happens(opened{source(true, 0), {}});
    grant(read_it);
  }
  void crashes(const task& what, const std::string& host) {
    grant(what, host);
    happens(lost{what, {host, host_end::crashed, "SIGSEGV", false}});
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_fragment_that_kills_hosts_on_two_nodes, a_job_of_a_cluster)

BOOST_AUTO_TEST_CASE(ends_its_job_and_is_told_to_others_by_its_content) {
  begins_knowing({});
  is_cut(0), is_cut(1);
  crashes(encode(1), "a/host-1");
  BOOST_TEST(wants(encode(1)));
  BOOST_TEST(all<want_slot>().at(0).failed_at == "a/host-1");
  BOOST_TEST(all<found_poison>().empty());
  crashes(encode(1), "b/host-1");
  const auto told = all<found_poison>();
  BOOST_REQUIRE(told.size() == 1u);
  BOOST_TEST(told[0].hash == "f001");
  BOOST_TEST(told[0].reason == "it brought down 2 media hosts on 2 nodes (last: SIGSEGV)");
  BOOST_REQUIRE(all<finish>().size() == 1u);
  BOOST_TEST((all<finish>()[0].why.whose == culprit::user));
}

BOOST_AUTO_TEST_CASE(is_not_tried_by_another_job) {
  begins_knowing({{"f001", "it brought down 2 media hosts (job x)"}});
  is_cut(0);
  BOOST_TEST(all<finish>().empty());
  is_cut(1);
  BOOST_TEST(!wants(encode(1)));
  BOOST_REQUIRE(all<finish>().size() == 1u);
  const auto what = all<finish>()[0].why.what;
  BOOST_TEST(what ==
             "fragment 1 at 4.0 s (fingerprint f001) cannot be decoded: it is known to bring "
             "down media hosts: it brought down 2 media hosts (job x)");
  BOOST_TEST(all<found_poison>().empty());
}

BOOST_AUTO_TEST_CASE(is_bridged_at_once_where_that_is_asked_for) {
  wanted.skip_poison = true;
  begins_knowing({{"f000", "r"}, {"f001", "r"}});
  is_cut(0);
  BOOST_TEST(wants(encode(0, 0)));
  BOOST_TEST(wants(encode(0, 1)));
  BOOST_TEST(all<want_slot>().size() == 2u);
  BOOST_TEST(job->known().bridged.contains(0));
  is_cut(1);
  BOOST_TEST(wants(encode(1)));
  BOOST_TEST(all<finish>().empty());
  encodes_and_packs(encode(1));
  BOOST_TEST(job->known().warnings.size() == 2u);
}

BOOST_AUTO_TEST_CASE(is_known_to_a_job_that_goes_on_where_it_stopped) {
  begins_knowing({});
  is_cut(0), is_cut(1);
  encodes_and_packs(encode(0, 1));
  encodes_and_packs(encode(0, 0));
  const auto before = remembered();
  // What is packed stays, whatever is known of it by now.
  begins_knowing({{"f000", "r"}}, before);
  BOOST_TEST(all<finish>().empty());
  job.emplace(wanted, before);
  happens(poison_known{{{"f001", "r"}}});
  happens(start{});
  grant(open_it);
  happens(opened{source(true, 0), {}});
  BOOST_TEST(all<finish>().size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
