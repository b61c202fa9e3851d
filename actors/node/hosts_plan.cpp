#include "actors/node/hosts_plan.hpp"

#include "actors/node/media_host.hpp"
#include "cluster/ledger/job_id.hpp"

#include <caf/actor_system.hpp>
#include <caf/io/middleman_actor.hpp>
#include <caf/openssl/manager.hpp>
#include <caf/openssl/publish.hpp>
#include <caf/scoped_actor.hpp>

#include <random>
#include <thread>
#include <unistd.h>

namespace vdoc::node {

namespace {

using namespace std::chrono_literals;

hosts::launch_order order_for(const node_settings& settings, const certificates& tls,
                              const service_to& whom, const hosts::host_name& who) {
  media_host_options options;
  options.host_id = who.host_id;
  options.incarnation = who.incarnation;
  options.node_port = who.port;
  options.tls = tls.folder();
  options.parent = ::getpid();
  options.capacity = settings.capacity;
  options.memory_limit_mib = settings.host_memory_mib;
  const auto turn = turn_of(who.which, settings.hosts, std::thread::hardware_concurrency());
  if (turn >= 0)
    options.turn = tls.folder() / ("turn-" + std::to_string(turn));
  if (settings.cluster)
    options.kept = tls.folder() / "kept";
  options.leaders = who.leaders;
  options.node = whom.node;
  options.node_incarnation = whom.node_incarnation;
  hosts::launch_order order;
  order.executable = settings.executable;
  order.words = settings.host_words;
  for (auto& word : to_arguments(options))
    order.words.push_back(std::move(word));
  order.environment = settings.host_environment;
  return order;
}

hosts::launch_order search_for(const node_settings& settings) {
  hosts::launch_order order;
  order.executable = settings.executable;
  order.words = settings.search_words;
  order.words.push_back(std::to_string(::getpid()));
  order.words.push_back(std::to_string(settings.host_memory_mib));
  order.environment = settings.host_environment;
  return order;
}

} // namespace

hosts::means hosts_of(const node_settings& settings, certificates& tls, const service_to& whom) {
  hosts::means with;
  with.count = settings.hosts;
  with.nonce = ledger::new_job_id();
  with.seed = std::random_device{}();
  if (settings.cluster)
    with.place.node = settings.cluster->identity.node;
  with.place.offers = settings.offers;
  with.leaders = whom.leaders;
  with.on_line = settings.on_host_line;
  with.memory_kills = hosts::memory_kills;
  with.measures = settings.measures;
  if (settings.load)
    with.told_use = [load = settings.load](std::vector<resources::host_use> all) {
      load->hosts_use(std::move(all));
    };
  with.open_door = [](const hosts::front& door) {
    auto port = caf::openssl::publish(door, 0, "127.0.0.1");
    if (!port)
      throw std::runtime_error{"no port on 127.0.0.1: " + caf::to_string(port.error())};
    return *port;
  };
  with.close_door = [](const hosts::front& door, std::uint16_t port) {
    caf::scoped_actor self{door.home_system()}; // CAF's own openssl::unpublish does not compile
    self->request(self->system().openssl_manager().actor_handle(), 1s, caf::unpublish_atom::value,
                  door.address(), port)
        .receive([] {}, [](const caf::error&) {});
  };
  with.order = [settings, &tls, whom](const hosts::host_name& who) {
    tls.renew_if_due(std::chrono::system_clock::now());
    return order_for(settings, tls, whom, who);
  };
  if (!settings.search_words.empty() && settings.hosts > 0)
    with.search = [settings] { return search_for(settings); };
  with.start = hosts::launch;
  return with;
}

} // namespace vdoc::node
