#include "actors/node/media_host.hpp"

#include "actors/hosts/protocol.hpp"
#include "actors/membership/spawn_visitor.hpp"
#include "actors/node/certificates.hpp"
#include "actors/node/child_precautions.hpp"
#include "actors/node/configuration.hpp"
#include "actors/supervision/supervisor.hpp"
#include "pipelines/confinement/confinement.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/io/middleman_actor.hpp>
#include <caf/openssl/manager.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <atomic>
#include <future>
#include <iostream>
#include <random>
#include <thread>
#include <unistd.h>

namespace vdoc::node {

namespace {

using hosts::host_exit;

/// No farewell: stage actors may block, and a host must not outlive its node.
[[noreturn]] void leave_with(host_exit code) {
  std::cout.flush();
  ::_exit(static_cast<int>(code));
}

/// Asks CAF's TLS side to connect, within a second each time: a fresh connection may be taken for
/// a silent one by the first heartbeat, so one refusal says nothing. Null when nobody answers.
hosts::front dial(caf::actor_system& system, std::uint16_t port) {
  constexpr int most_trials = 10;
  constexpr std::chrono::milliseconds between_trials{200};
  caf::scoped_actor self{system};
  hosts::front node;
  for (int trial = 0; trial < most_trials && !node; ++trial) {
    if (trial > 0)
      std::this_thread::sleep_for(between_trials);
    self->request(system.openssl_manager().actor_handle(), std::chrono::seconds{1},
                  caf::connect_atom::value, std::string{"127.0.0.1"}, port)
        .receive([&](caf::node_id&, caf::strong_actor_ptr& found,
                     std::set<std::string>&) { node = caf::actor_cast<hosts::front>(found); },
                 [&](const caf::error& why) {
                   std::cout << "media host: the node does not answer: " << system.render(why)
                             << std::endl;
                 });
  }
  return node;
}

struct agent_state {
  static inline const char* name = "AGENT";
  media_host_options options;
  hosts::front node;
  std::vector<crew_member> members;
  std::function<std::string()> ailment;
  std::string last_ailment;
  decltype(crew::move_files) move_files;
  decltype(crew::part) part;
  decltype(crew::kept) kept;
  std::function<void()> leave_leader; ///< empty: it works for its own node
};
using agent_pointer = hosts::own_agent::stateful_pointer<agent_state>;

/// Reports a stage that failed, and ends the host once the node has had the time to hear it.
void stage_failed(agent_pointer self, const std::string& cause) {
  std::cout << "media host: " << cause << std::endl;
  const auto& state = self->state;
  self->send(state.node,
             hosts::last_words{state.options.host_id, state.options.incarnation, cause});
  constexpr std::chrono::milliseconds to_be_heard{100};
  self->delayed_send(self, to_be_heard, hosts::leave{});
  self->become(hosts::own_agent::behavior_type{
      [](const hosts::ping& it) { return hosts::pong{it.number}; },
      [](const hosts::leave&) { leave_with(host_exit::stage_failed); },
      [](const hosts::let_go&) { leave_with(host_exit::stage_failed); },
  });
}

void somebody_is_down(agent_pointer self, const caf::down_msg& down) {
  if (down.source == self->state.node.address())
    leave_with(host_exit::node_gone);
  for (const auto& member : self->state.members)
    if (member.who.address() == down.source)
      stage_failed(self, member.name + ": " + supervision::to_cause(down.reason));
}

/// What ails this process for more than a moment does not get better: a new one is better.
void look_after_oneself(agent_pointer self) {
  auto& state = self->state;
  if (!state.ailment)
    return;
  auto now = state.ailment();
  if (!now.empty() && now == state.last_ailment)
    return stage_failed(self, now);
  state.last_ailment = std::move(now);
}

/// What nobody can do is said once.
void say_unconfined(const char* what, const std::string& why) {
  if (!why.empty())
    std::cout << "media host: may " << what << ": " << why << std::endl;
}

/// From here on there are no connections but those that are there: without them it leaves.
void keep_connections(const std::shared_ptr<blobs::client>& files,
                      const std::function<void()>& leave_leader) {
  say_unconfined("open connections", confinement::keep_connections_only());
  if (files)
    files->on_cut([leave_leader] {
      std::cout << "media host: the connection to the leader's files is cut" << std::endl;
      leave_leader();
    });
}

/// What a host does once its leader is gone: it ends, but first finishes what can be kept for the
/// next one. Any thread.
std::function<void()> leaving_the_leader(agent_pointer self) {
  const auto& state = self->state;
  const hosts::lingers said{state.options.host_id, state.options.incarnation};
  return [part = state.part, node = state.node, said,
          begun = std::make_shared<std::atomic<bool>>(false)] {
    if (begun->exchange(true))
      return;
    if (!part || !part([] { leave_with(host_exit::leader_gone); }))
      leave_with(host_exit::leader_gone);
    std::cout << "media host: the leader is gone; what is in hand is finished for the next one"
              << std::endl;
    caf::anon_send(node, said);
  };
}

/// Has a host of a worker node work for the cluster's leader.
void visit_leader(agent_pointer self, const hosts::hello& said) {
  const auto& options = self->state.options;
  membership::visitor_means with;
  for (const auto& each : options.leaders)
    if (auto place = net::dial_place_from(each))
      with.seeds.push_back(std::move(*place));
  with.node = options.node;
  with.node_incarnation = options.node_incarnation;
  with.said = said;
  with.seed = std::random_device{}();
  with.more_offers = self->state.kept;
  with.on_lost = self->state.leave_leader = leaving_the_leader(self);
  with.on_connected = [leave = with.on_lost](const std::shared_ptr<blobs::client>& files) {
    keep_connections(files, leave);
  };
  if (self->state.move_files)
    with.move_files = [move = self->state.move_files, node = options.node,
                       host = options.host_id](std::shared_ptr<blobs::client> by) {
      move(node, host, std::move(by), [](const std::string& why) {
        std::cout << "media host: files cannot be moved: " << why << std::endl;
        leave_with(host_exit::leader_gone); // others do what we have
      });
    };
  self->state.members.push_back(
      {"VISITOR", membership::spawn_visitor(self->system(), std::move(with))});
  self->monitor(self->state.members.back().who);
}

/// AGENT: speaks for the media host.
hosts::own_agent::behavior_type agent(agent_pointer self, const media_host_options& options,
                                      hosts::front node, crew hired) {
  self->set_down_handler([self](const caf::down_msg& down) { somebody_is_down(self, down); });
  self->state.options = options;
  self->state.node = std::move(node);
  self->state.members = std::move(hired.members);
  self->state.ailment = std::move(hired.ailment);
  self->state.move_files = std::move(hired.move_files);
  self->state.part = std::move(hired.part);
  self->state.kept = std::move(hired.kept);
  self->monitor(self->state.node);
  for (const auto& member : self->state.members)
    self->monitor(member.who);
  hosts::hello said;
  said.host_id = options.host_id;
  said.incarnation = options.incarnation;
  said.pid = ::getpid();
  said.capacity = options.capacity;
  said.stages = std::move(hired.handles);
  said.who = caf::actor_cast<hosts::agent>(caf::strong_actor_ptr{self->ctrl()});
  said.offers = std::move(hired.offers);
  if (options.leaders.empty() && self->state.kept) // else it is said to the leader
    for (auto& word : self->state.kept())
      said.offers.push_back(std::move(word));
  constexpr std::chrono::seconds patience{20}; // the node may be finding out what we can do
  self->request(self->state.node, patience, said)
      .then(
          [self, said](const hosts::welcome& it) mutable {
            if (!it.accepted)
              leave_with(host_exit::asked);
            said.offers.insert(said.offers.end(), it.offers.begin(), it.offers.end());
            if (!self->state.options.leaders.empty())
              visit_leader(self, said);
          },
          [](const caf::error&) { leave_with(host_exit::no_node); });
  return {
      [self](const hosts::ping& it) {
        look_after_oneself(self);
        return hosts::pong{it.number};
      },
      [](const hosts::leave&) { leave_with(host_exit::asked); },
      [self](const hosts::let_go&) {
        if (!self->state.leave_leader)
          leave_with(host_exit::asked);
        self->state.leave_leader();
      },
  };
}

} // namespace

int run_media_host(const media_host_options& options, const hire& hire_crew) {
  if (!take_precautions(options.parent, options.memory_limit_mib))
    leave_with(host_exit::node_gone);
  try {
    const auto who = of_host(options.tls);
    check(who);
    configuration config{who, {}};
    // Never destroyed: its destructor would wait for stage actors, which may block for ever.
    auto* const system = new caf::actor_system{config}; // NOLINT
    offer_nothing_by_name(*system);
    auto node = dial(*system, options.node_port);
    if (!node)
      leave_with(host_exit::no_node);
    auto hired = hire_crew(*system);
    say_unconfined("start other processes", confinement::confine_process());
    if (options.leaders.empty()) // else it has to find who leads first
      keep_connections(nullptr, {});
    system->spawn(agent, options, std::move(node), std::move(hired));
    std::promise<void> never; // AGENT ends the process
    never.get_future().wait();
  } catch (const std::exception& why) {
    std::cout << "media host: " << why.what() << std::endl;
  }
  leave_with(host_exit::stage_failed);
}

} // namespace vdoc::node
