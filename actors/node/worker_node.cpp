#include "actors/node/worker_node.hpp"

#include "actors/dispatch/protocol.hpp"
#include "actors/node/certificates.hpp"
#include "actors/node/configuration.hpp"
#include "actors/node/envoy_plan.hpp"
#include "actors/node/hosts_plan.hpp"
#include "actors/node/watchdog.hpp"
#include "actors/supervision/supervisor.hpp"
#include "cluster/ledger/job_id.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>

#include <optional>

namespace vdoc::node {

namespace {

using namespace std::chrono_literals;
using supervision::child_plan;
using supervision::find_sibling;

} // namespace

struct worker_node::parts {
  node_settings settings;
  service_to whom;
  certificates tls{settings.cluster->identity};
  configuration config{tls.of_node(), {}, 1};
  std::unique_ptr<caf::actor_system> system;
  std::optional<standing_tree> tree;

  parts(node_settings what, const std::vector<std::string>& seeds)
      : settings{std::move(what)}, whom{seeds, settings.cluster->identity.node,
                                        ledger::new_job_id()} {
    check(tls.of_node());
    system = std::make_unique<caf::actor_system>(config);
    offer_nothing_by_name(*system);
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
    : parts_{std::make_unique<parts>(std::move(what), seeds)} {
  supervision::plan plan;
  plan.name = "node";
  plan.how = supervision::strategy::all_for_one;
  plan.budget = {3, 60s, 200ms, 5s, 30s, 20};
  plan.children = {envoy_of(parts_->settings, parts_->tls, parts_->whom, std::move(drained)),
                   parts_->hosts_plan()};
  parts_->tree.emplace(supervision::spawn_supervisor(*parts_->system, std::move(plan)),
                       "the worker", "start it again; if it repeats, report it", on_failure);
}

worker_node::~worker_node() {
  stop(1s);
}

bool worker_node::may_go() {
  return hosts_may_go(*parts_->system, parts_->tree->root(), "envoy");
}

void worker_node::stop(std::chrono::milliseconds grace) {
  if (!parts_)
    return;
  const watchdog last_resort{grace + 5s};
  parts_->tree->stop(grace);
  parts_.reset();
}

} // namespace vdoc::node
