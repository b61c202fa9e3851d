#include "actors/node/node.hpp"
#include "test/support/process_tree.hpp"
#include "test/support/temp_folder.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <atomic>
#include <chrono>
#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using test::until;
using steady = std::chrono::steady_clock;

/// A node with two media hosts, which has its own way to find out what they can do.
struct a_searching_node {
  test::temp_folder folder;
  std::optional<node::node> node;

  ~a_searching_node() { node.reset(); }

  void start(const std::string& deed) {
    node::node_settings settings;
    settings.database = folder / "video-doc.db";
    settings.executable = VDOC_TEST_HOST;
    settings.hosts = 2;
    settings.search_words = {"search"};
    settings.host_environment = {"VDOC_TEST_STAGE=", "VDOC_TEST_SEARCH=" + deed};
    node.emplace(settings);
  }
  /// Whether a media host that offers this is found in that time; empty: any.
  bool finds_a_host(const std::string& need, std::chrono::milliseconds span) {
    const auto granted = std::make_shared<std::atomic<bool>>(false);
    const auto job = node->system().spawn([granted](dispatch::client::pointer) {
      return dispatch::client::behavior_type{
          [granted](const dispatch::granted&) { *granted = true; },
          [](const dispatch::revoked&) {}};
    });
    dispatch::want_slot wish;
    wish.task_id = "task " + need;
    wish.job_id = "job";
    if (!need.empty())
      wish.needs = {need};
    wish.asker = job;
    caf::anon_send(node->find_services().dispatch, wish);
    const bool found = until(span, [&] { return granted->load(); });
    caf::anon_send_exit(job, caf::exit_reason::kill);
    return found;
  }
  static bool searches() {
    for (const auto& one : test::processes_named("search"))
      if (one.words.size() == 4 && one.words[2] == std::to_string(::getpid()))
        return true;
    return false;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_node_that_finds_out_what_its_hosts_can_do, a_searching_node)

BOOST_AUTO_TEST_CASE(offers_it_with_the_first_work_that_they_get) {
  start("");
  BOOST_TEST(finds_a_host("", 60s));
  BOOST_TEST(finds_a_host("encoder:slow", 30s));
  BOOST_TEST(finds_a_host("encoder:quick", 30s));
  BOOST_TEST(!finds_a_host("encoder:other", 1s));
  BOOST_TEST(!searches());
}

BOOST_AUTO_TEST_CASE(offers_nothing_of_a_search_that_dies_and_works) {
  start("dies");
  BOOST_TEST(finds_a_host("", 60s));
  BOOST_TEST(!finds_a_host("encoder:quick", 2s));
  for (const auto& host : node->census().hosts)
    BOOST_TEST(host.restarts == 0u);
}

BOOST_AUTO_TEST_CASE(waits_ten_seconds_for_a_search_that_hangs_and_works) {
  const auto begun = steady::now();
  start("hangs");
  BOOST_TEST(until(60s, [] { return searches(); }));
  BOOST_TEST(finds_a_host("", 60s));
  BOOST_TEST((steady::now() - begun >= 9s));
  BOOST_TEST(!searches());
  BOOST_TEST(!finds_a_host("encoder:quick", 1s));
  for (const auto& host : node->census().hosts)
    BOOST_TEST(host.restarts == 0u);
}

BOOST_AUTO_TEST_CASE(takes_the_search_along_when_it_ends) {
  start("hangs");
  BOOST_TEST(until(60s, [] { return searches(); }));
  const auto begun = steady::now();
  node->stop();
  BOOST_TEST((steady::now() - begun < 4s));
  BOOST_TEST(!searches());
}

BOOST_AUTO_TEST_SUITE_END()
