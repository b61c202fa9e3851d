#include "cluster/dispatch/host_loads.hpp"
#include "cluster/dispatch/slot_rules.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace {

using namespace vdoc::dispatch;

/// Of which the host "l" is the leader's, and does all kinds of work.
struct a_cordoned_leader {
  slot_rules rules;
  const slots of_worker{0, 0, 1, 0, 1, 1, 0};

  a_cordoned_leader() {
    rules.host_up("l", {}, {"leader", {}});
    rules.close_nodes({}, {"leader"});
  }
  static std::string words(const effects& all) {
    std::string out;
    for (const auto& each : all)
      if (const auto* given = std::get_if<slot_given>(&each))
        out += (out.empty() ? "" : " ") + given->task + "@" + given->host;
    return out;
  }
  std::string want(stage kind, const std::string& id) {
    return words(rules.want({id, "job", kind, 0, 0, {}}));
  }
  std::string worker_comes(const std::string& host = "w") {
    return words(rules.host_up(host, of_worker, {"node of " + host, {}}));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(hosts_of_a_leader_that_is_cordoned, a_cordoned_leader)

BOOST_AUTO_TEST_CASE(get_all_but_heavy_work_while_others_do_that) {
  worker_comes();
  BOOST_TEST(want(stage::ingest, "i") == "i@l");
  BOOST_TEST(want(stage::demux, "d") == "d@l");
  BOOST_TEST(want(stage::audio, "a") == "a@l");
  BOOST_TEST(want(stage::transcode, "t1") == "t1@w");
  BOOST_TEST(want(stage::transcode, "t2") == "");
  BOOST_TEST(want(stage::transcribe, "u") == "");
  BOOST_TEST(words(rules.finish("t1")) == "t2@w");
  BOOST_TEST(rules.slots_of(slot::heavy) == 1u);
  BOOST_TEST(rules.slots_of(slot::demux) == 2u);
  BOOST_TEST(rules.slots_of(slot::package) == 2u);
  BOOST_TEST(!rules.lacks_others());
  BOOST_TEST(!rules.loads().hosts.at(0).gets_work);
}

BOOST_AUTO_TEST_CASE(get_nothing_while_nobody_else_does_heavy_work) {
  BOOST_TEST(rules.lacks_others());
  BOOST_TEST(want(stage::ingest, "i") == "");
  BOOST_TEST(want(stage::noop, "n") == "");
  BOOST_TEST(rules.slots_of(slot::noop) == 0u);
  BOOST_TEST(worker_comes() == "i@l n@l"); // then jobs begin
  BOOST_TEST(!rules.lacks_others());
}

BOOST_AUTO_TEST_CASE(get_nothing_more_when_the_last_other_one_goes_and_keep_what_they_have) {
  worker_comes();
  worker_comes("v");
  BOOST_TEST(want(stage::demux, "d1") == "d1@l");
  rules.host_drains("w");
  BOOST_TEST(want(stage::demux, "d2") == "d2@l");
  rules.host_down("v", {});
  BOOST_TEST(rules.lacks_others());
  BOOST_TEST(!rules.idle("l"));
  BOOST_TEST(words(rules.finish("d1")) == "");
  BOOST_TEST(want(stage::demux, "d3") == "");
  BOOST_TEST(rules.slots_of(slot::demux) == 0u);
  BOOST_TEST(worker_comes("w") == "d3@l"); // another process in its place
  BOOST_TEST(rules.slots_of(slot::demux) == 2u);
}

BOOST_AUTO_TEST_CASE(get_nothing_while_all_others_are_closed_too) {
  worker_comes();
  BOOST_TEST(words(rules.close_nodes({"node of w"}, {"leader"})) == "");
  BOOST_TEST(rules.lacks_others());
  BOOST_TEST(want(stage::ingest, "i") == "");
  BOOST_TEST(words(rules.close_nodes({}, {"leader"})) == "i@l");
}

BOOST_AUTO_TEST_CASE(get_everything_when_it_is_over_and_nothing_when_more_is_ordered) {
  worker_comes();
  BOOST_TEST(want(stage::transcode, "t1") == "t1@w");
  BOOST_TEST(want(stage::transcode, "t2") == "");
  BOOST_TEST(words(rules.close_nodes({})) == "t2@l");
  BOOST_TEST(rules.slots_of(slot::heavy) == 2u);
  BOOST_TEST(words(rules.close_nodes({"leader"})) == "");
  BOOST_TEST(want(stage::demux, "d") == "");
  BOOST_TEST(rules.slots_of(slot::demux) == 0u);
  BOOST_TEST(rules.slots_of(slot::heavy) == 1u);
}

BOOST_AUTO_TEST_CASE(are_found_so_when_they_come_later) {
  rules.host_down("l", {});
  worker_comes();
  BOOST_TEST(want(stage::demux, "d") == "");
  BOOST_TEST(words(rules.host_up("l2", {}, {"leader", {}})) == "d@l2");
  BOOST_TEST(rules.slots_of(slot::heavy) == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
