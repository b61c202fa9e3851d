#include "actors/node/media_host.hpp"
#include "actors/node/node.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>

#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>

/// A media host whose only stage does what the environment says, and a node to be killed.
///     test_host media-host ...             (started by a node)
///     test_host search ...                 (the same: finds out what hosts can do, or does not)
///     test_host node DATABASE EXECUTABLE   (prints the process ids of its hosts)

namespace {

using namespace std::chrono_literals;
using namespace vdoc;

node::crew hire(caf::actor_system& system) {
  const auto* word = std::getenv("VDOC_TEST_STAGE"); // NOLINT(concurrency-mt-unsafe)
  const std::string deed = word == nullptr ? "" : word;
  if (deed == "stillborn")
    throw std::runtime_error{"no camera today"};
  const auto stage = system.spawn([deed](caf::event_based_actor* self) {
    self->set_exception_handler([](std::exception_ptr&) {
      return caf::make_error(caf::sec::runtime_error, std::string{"boom"});
    });
    if (deed == "throws")
      self->delayed_send(self, 300ms, 1);
    return caf::behavior{[](int) { throw std::runtime_error{"boom"}; }};
  });
  node::crew hired;
  hired.members = {{"TEST", stage}};
  if (deed == "is unwell")
    hired.ailment = [] { return std::string{"a pipeline did not stop"}; };
  if (deed == "is better soon")
    hired.ailment = [asked = 0]() mutable {
      return ++asked % 2 == 0 ? std::string{} : std::string{"a pipeline did not stop"};
    };
  return hired;
}

int be_a_node(const std::string& database, const std::string& executable) {
  node::node_settings settings;
  settings.database = database;
  settings.executable = executable;
  node::node node{settings};
  while (true) {
    std::string pids;
    for (const auto& host : node.census().hosts)
      if (host.phase == hosts::host_phase::up)
        pids.append(std::to_string(host.pid)).append(" ");
    std::cout << "up " << pids << std::endl;
    std::this_thread::sleep_for(50ms);
  }
}

int search() {
  const char* word = std::getenv("VDOC_TEST_SEARCH"); // NOLINT(concurrency-mt-unsafe)
  const std::string deed = word == nullptr ? "" : word;
  std::cout << "encoder:quick\nsome library warns\n" << std::flush;
  while (deed == "hangs")
    std::this_thread::sleep_for(1h);
  if (deed == "dies")
    std::abort();
  std::this_thread::sleep_for(300ms);
  std::cout << "encoder:slow" << std::endl;
  return 0;
}

} // namespace

int main(int count, char** words) {
  const std::vector<std::string> all(words + 1, words + count);
  if (!all.empty() && all[0] == "search")
    return search();
  if (all.size() >= 3 && all[0] == "node")
    return be_a_node(all[1], all[2]);
  return node::run_media_host(node::from_arguments({all.begin() + 1, all.end()}), hire);
}
