#include "actors/node/worker_node.hpp"

#include "actors/membership/spawn_envoy.hpp"
#include "actors/node/certificates.hpp"
#include "actors/node/configuration.hpp"
#include "actors/node/hosts_plan.hpp"
#include "actors/node/watchdog.hpp"
#include "actors/supervision/supervisor.hpp"
#include "cluster/ledger/job_id.hpp"
#include "cluster/membership/own_protocols.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <optional>
#include <random>

namespace vdoc::node {

namespace {

using namespace std::chrono_literals;
using supervision::child_plan;
using supervision::find_sibling;

} // namespace

struct worker_node::parts {
  node_settings settings;
  service_to whom;
  std::function<void()> drained;
  certificates tls{settings.cluster->identity};
  configuration config{tls.of_node(), {}, 1};
  std::unique_ptr<caf::actor_system> system;
  std::optional<standing_tree> tree;

  parts(node_settings what, const std::vector<std::string>& seeds,
        std::function<void()> when_drained)
      : settings{std::move(what)}, whom{seeds, settings.cluster->identity.node,
                                        ledger::new_job_id()},
        drained{std::move(when_drained)} {
    check(tls.of_node());
    system = std::make_unique<caf::actor_system>(config);
    offer_nothing_by_name(*system);
  }

  child_plan envoy_plan() {
    child_plan plan;
    plan.terms.name = "envoy";
    plan.start = [this](caf::actor_system& where, const find_sibling&) {
      membership::envoy_means with;
      for (const auto& each : whom.leaders)
        if (auto place = net::dial_place_from(each))
          with.seeds.push_back(std::move(*place));
      with.what.node = whom.node;
      with.what.incarnation = whom.node_incarnation;
      with.what.version = VIDEO_DOC_VERSION;
      with.what.speaks = membership::own_protocols();
      with.what.offers = settings.offers;
      with.marks = settings.cluster->marks;
      with.seed = std::random_device{}();
      with.look_after = [this] { tls.renew_if_due(std::chrono::system_clock::now()); };
      with.drained = drained;
      return caf::actor_cast<caf::actor>(membership::spawn_envoy(where, std::move(with)));
    };
    return plan;
  }
  child_plan hosts_plan() {
    child_plan plan;
    plan.terms.name = "hosts";
    plan.start = [this](caf::actor_system& where, const find_sibling& sibling) {
      auto envoy = caf::actor_cast<dispatch::host_book>(sibling("envoy"));
      return caf::actor_cast<caf::actor>(
          hosts::spawn(where, std::move(envoy), hosts_of(settings, tls, whom)));
    };
    return plan;
  }
};

worker_node::worker_node(node_settings what, const std::vector<std::string>& seeds,
                         const failure_listener& on_failure, std::function<void()> drained)
    : parts_{std::make_unique<parts>(std::move(what), seeds, std::move(drained))} {
  supervision::plan plan;
  plan.name = "node";
  plan.how = supervision::strategy::all_for_one;
  plan.budget = {3, 60s, 200ms, 5s, 30s, 20};
  plan.children = {parts_->envoy_plan(), parts_->hosts_plan()};
  parts_->tree.emplace(supervision::spawn_supervisor(*parts_->system, std::move(plan)),
                       "the worker", "start it again; if it repeats, report it", on_failure);
}

worker_node::~worker_node() {
  stop(1s);
}

bool worker_node::may_go() {
  caf::scoped_actor self{*parts_->system};
  caf::strong_actor_ptr envoy;
  bool now = false;
  self->request(parts_->tree->root(), 1s, supervision::whereis{"envoy"})
      .receive([&](const supervision::whereabouts& at) { envoy = at.child; },
               [](const caf::error&) {});
  if (envoy)
    self->request(caf::actor_cast<membership::envoy_actor>(envoy), 5s, membership::try_to_go{})
        .receive([&](const membership::may_go& it) { now = it.now; }, [](const caf::error&) {});
  return now;
}

void worker_node::stop(std::chrono::milliseconds grace) {
  if (!parts_)
    return;
  const watchdog last_resort{grace + 5s};
  parts_->tree->stop(grace);
  parts_.reset();
}

} // namespace vdoc::node
