#include "test/support/media_catalogue.hpp"
#include "test/support/until.hpp"
#include "test/workers/a_cluster.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <thread>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;

struct nodes_that_differ : a_cluster {
  void start(const std::string& name, const std::string& labels) {
    start_worker(name, {{"VIDEO_DOC_CLUSTER_LABELS", labels}});
  }
  std::string submit_a_minute_to(const std::string& word) {
    return leader.submit({{"source", make(source_named("mp4_a_minute")).string()},
                          {"spec",
                           {{"captions", "off"},
                            {"document", false},
                            {"segment_ms", 2000},
                            {"preset", "slower"},
                            {"needs", {word}},
                            {"fresh", true}}}});
  }
  std::vector<std::string> offers_of(const std::string& node) {
    const auto seen = leader.ask("CLUSTER", nlohmann::json::object());
    for (const auto& one : seen->at("nodes"))
      if (one.at("name") == node)
        return one.at("offers");
    return {};
  }
  bool offers(const std::string& node, const std::string& word) {
    const auto all = offers_of(node);
    return std::ranges::find(all, word) != all.end();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(work_that_needs_something, nodes_that_differ)

BOOST_AUTO_TEST_CASE(waits_for_a_node_that_offers_it_and_is_done_there) {
  start_leader();
  start("a", "zone:a,spot");
  BOOST_REQUIRE_MESSAGE(hears("media host takes work  host=a/host-1"), story());
  const auto id = submit_a_minute_to("zone:b");
  BOOST_TEST(hears("no media host offers what a job needs, so it waits  job=" + id), story());
  // Two hosts idle that would have done some of it.
  BOOST_TEST(!until(3s, [&] { return segments_of(id) > 0; }), story());
  start("b", "zone:b");
  ends_well(id);
  BOOST_TEST(tasks_of(id, "b") >= 30u); // each of its fragments
}

BOOST_AUTO_TEST_CASE(finds_what_nodes_say_of_themselves) {
  leader.environment["VIDEO_DOC_CLUSTER_LABELS"] = "zone:here";
  start_leader();
  start("a", "zone:a,spot");
  BOOST_REQUIRE_MESSAGE(hears("media host takes work  host=a/host-1"), story());
  BOOST_TEST(until(60s, [&] { return offers("a", "encoder:x264enc"); }));
  const auto cores = "cores:" + std::to_string(std::thread::hardware_concurrency());
  for (const auto& word :
       {std::string{"zone:a"}, std::string{"spot"}, cores, std::string{"encoder:avenc_aac"},
        std::string{"decoder:h264"}, std::string{"recognizer:pocketsphinx"}})
    BOOST_TEST(offers("a", word), word);
  BOOST_TEST(!offers("a", "zone:here"));
  BOOST_TEST(offers("leader", "zone:here"));
  BOOST_TEST(offers("leader", cores));
}

BOOST_AUTO_TEST_SUITE_END()
