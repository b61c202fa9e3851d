#include "actors/node/envoy_plan.hpp"

#include "actors/membership/spawn_envoy.hpp"
#include "cluster/membership/own_protocols.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>

#include <random>

namespace vdoc::node {

using namespace std::chrono_literals;

supervision::child_plan envoy_of(const node_settings& settings, certificates& tls,
                                 const service_to& whom, std::function<void()> drained) {
  membership::envoy_means with;
  with.leaders = whom.leaders;
  with.what.node = whom.node;
  with.what.incarnation = whom.node_incarnation;
  with.what.version = VIDEO_DOC_VERSION;
  with.what.speaks = membership::own_protocols();
  with.what.offers = settings.offers;
  with.marks = settings.cluster->marks;
  with.look_after = [&tls] { tls.renew_if_due(std::chrono::system_clock::now()); };
  if (settings.load)
    with.load = [load = settings.load] { return load->now(); };
  with.drained = std::move(drained);
  supervision::child_plan plan;
  plan.terms.name = "envoy";
  plan.start = [with](caf::actor_system& where, const supervision::find_sibling&) {
    auto anew = with;
    anew.seed = std::random_device{}();
    return caf::actor_cast<caf::actor>(membership::spawn_envoy(where, std::move(anew)));
  };
  return plan;
}

bool hosts_may_go(caf::actor_system& system, const supervision::actor& root,
                  const std::string& envoy) {
  caf::scoped_actor self{system};
  caf::strong_actor_ptr found;
  bool now = false;
  self->request(root, 1s, supervision::whereis{envoy})
      .receive([&](const supervision::whereabouts& at) { found = at.child; },
               [](const caf::error&) {});
  if (found)
    self->request(caf::actor_cast<membership::envoy_actor>(found), 5s, membership::try_to_go{})
        .receive([&](const membership::may_go& it) { now = it.now; }, [](const caf::error&) {});
  return now;
}

} // namespace vdoc::node
