#include "actors/node/node.hpp"

#include "actors/dispatch/spawn.hpp"
#include "actors/hosts/spawn.hpp"
#include "actors/ledger/spawn.hpp"
#include "actors/membership/spawn_envoy.hpp"
#include "actors/node/certificates.hpp"
#include "actors/node/cluster_plan.hpp"
#include "actors/node/configuration.hpp"
#include "actors/node/envoy_plan.hpp"
#include "actors/node/hosts_plan.hpp"
#include "actors/node/watchdog.hpp"
#include "actors/supervision/supervisor.hpp"
#include "cluster/ledger/job_id.hpp"
#include "cluster/ledger/open_store.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace vdoc::node {

namespace {

using namespace std::chrono_literals;
using supervision::child_plan;
using supervision::find_sibling;

/// Opened once in advance, so that a database that cannot be used is said before anything starts.
void check_database(const std::string& url_or_path) {
  try {
    ledger::check_tables(url_or_path);
  } catch (const ledger::cannot_open& why) {
    throw failure{{culprit::peer, why.what(), why.advice(), {}}};
  }
}

/// The root of the tree, and the newest LEDGER and READER. Any thread.
struct rememberers {
  std::mutex mutex;
  supervision::actor root;
  ledger::actor ledger;
  ledger::reader reader;
  ledger::reader lister;
};

certificates certificates_for(const node_settings& settings) {
  if (settings.cluster)
    return certificates{settings.cluster->identity, [into = settings.measures](const auto& ends) {
                          into->set_certificate_end(std::chrono::system_clock::to_time_t(ends));
                        }};
  return certificates{};
}

} // namespace

struct node::parts {
  node_settings settings;
  certificates tls = certificates_for(settings);
  /// What blocks has a thread of its own. The rest thinks for microseconds and answers each other:
  /// a second thread would be woken for each message, and find it gone.
  configuration config{tls.of_node(), {}, 1};
  std::unique_ptr<caf::actor_system> system;
  std::shared_ptr<rememberers> memory = std::make_shared<rememberers>();
  std::optional<standing_tree> tree;

  explicit parts(node_settings what) : settings{std::move(what)} {
    check(tls.of_node());
    system = std::make_unique<caf::actor_system>(config);
    offer_nothing_by_name(*system);
  }

  ~parts() {
    const std::lock_guard lock{memory->mutex};
    memory->root = nullptr;
    memory->ledger = nullptr;
    memory->reader = nullptr;
    memory->lister = nullptr;
  }

  [[nodiscard]] bool is_lent() const { return !settings.lent_to.empty(); }
  [[nodiscard]] bool has_envoy() const { return is_lent() || settings.may_lend; }
  [[nodiscard]] service_to whom() const {
    return has_envoy()
               ? service_to{settings.lent_to, settings.cluster->identity.node, settings.incarnation}
               : service_to{};
  }

  child_plan ledger_plan();
  child_plan reader_plan(const char* name, const std::string& database,
                         ledger::reader rememberers::*as) const;
  child_plan dispatch_plan() const;
  child_plan hosts_plan();
  child_plan work_plan();
  child_plan engine_plan();
};

child_plan node::parts::ledger_plan() {
  child_plan plan;
  plan.terms.name = "ledger";
  plan.start = [this](caf::actor_system& where, const find_sibling&) {
    const auto open = [place = settings.database] { return ledger::open_store(place); };
    ledger::means with{open, ledger::unix_ms_now};
    with.spool = settings.spool;
    with.measures = settings.measures;
    const std::lock_guard lock{memory->mutex};
    memory->ledger = ledger::spawn(where, std::move(with));
    return caf::actor_cast<caf::actor>(memory->ledger);
  };
  return plan;
}

child_plan node::parts::reader_plan(const char* name, const std::string& database,
                                    ledger::reader rememberers::*as) const {
  child_plan plan;
  plan.terms.name = name;
  plan.start = [all = memory, database, as, most = settings.readers](caf::actor_system& where,
                                                                     const find_sibling&) {
    const auto open = [database] { return ledger::open_store(database, ledger::purpose::reading); };
    const std::lock_guard lock{all->mutex};
    (*all).*as = ledger::spawn_reader(where, open, {most});
    return caf::actor_cast<caf::actor>((*all).*as);
  };
  return plan;
}

child_plan node::parts::dispatch_plan() const {
  child_plan plan;
  plan.terms.name = "dispatch";
  dispatch::terms with{settings.measures, settings.twins, settings.tenant_shares};
  plan.start = [with = std::move(with)](caf::actor_system& where, const find_sibling&) {
    return caf::actor_cast<caf::actor>(dispatch::spawn(where, with));
  };
  return plan;
}

child_plan node::parts::hosts_plan() {
  child_plan plan;
  plan.terms.name = "hosts";
  plan.start = [this](caf::actor_system& where, const find_sibling& sibling) {
    auto book = caf::actor_cast<dispatch::host_book>(sibling(is_lent() ? "envoy" : "dispatch"));
    auto with = hosts_of(settings, tls, whom());
    if (settings.may_lend)
      with.abroad = caf::actor_cast<dispatch::host_book>(sibling("envoy"));
    return caf::actor_cast<caf::actor>(hosts::spawn(where, std::move(book), std::move(with)));
  };
  return plan;
}

child_plan node::parts::work_plan() {
  child_plan plan;
  plan.terms.name = "work";
  plan.terms.policy = supervision::restart::transient;
  plan.supervises = settings.work_supervises;
  plan.start = [this](caf::actor_system& where, const find_sibling& sibling) {
    services found;
    found.dispatch = caf::actor_cast<dispatch::actor>(sibling("dispatch"));
    found.hosts = caf::actor_cast<hosts::actor>(sibling("hosts"));
    if (settings.may_lend)
      found.lend_hosts = [hosts = found.hosts, envoy = caf::actor_cast<membership::envoy_actor>(
                                                   sibling("envoy"))](const hosts::work_for& whom) {
        caf::anon_send(envoy, whom);
        caf::anon_send(hosts, whom);
      };
    found.find_ledger = [all = memory] {
      const std::lock_guard lock{all->mutex};
      return all->ledger;
    };
    found.find_reader = [all = memory] {
      const std::lock_guard lock{all->mutex};
      return all->reader;
    };
    found.find_lister = [all = memory] {
      const std::lock_guard lock{all->mutex};
      return all->lister ? all->lister : all->reader;
    };
    found.find_root = [all = memory] {
      const std::lock_guard lock{all->mutex};
      return all->root;
    };
    found.ledger = found.find_ledger();
    found.membership = [](const lending&) { return membership::means{}; };
    if (settings.cluster && !settings.cluster->listen.empty()) {
      found.membership = [this](const lending& what) {
        return door_for_nodes(*settings.cluster, tls, what, settings.measures);
      };
      found.close_cluster_port = [&where, place = *settings.cluster] {
        close_cluster_port(where, place);
      };
    }
    return settings.start_work(where, found);
  };
  return plan;
}

child_plan node::parts::engine_plan() {
  supervision::plan below;
  below.name = "engine";
  below.how = supervision::strategy::all_for_one;
  below.budget = {1, 60s, 200ms, 5s, 30s, 20};
  below.children = {dispatch_plan()};
  if (has_envoy())
    below.children.push_back(envoy_of(settings, tls, whom(), settings.drained));
  below.children.push_back(hosts_plan());
  if (settings.start_work)
    below.children.push_back(work_plan());
  child_plan plan;
  plan.terms.name = "engine";
  plan.terms.budget = supervision::restart_budget{};
  plan.terms.budget->intensity = 0; // it has had its own chances: NODE gives up with it
  plan.supervises = true;
  plan.start = [below](caf::actor_system& where, const find_sibling&) {
    return caf::actor_cast<caf::actor>(supervision::spawn_supervisor(where, below));
  };
  return plan;
}

node::node(node_settings settings, const failure_listener& on_failure) {
  check_database(settings.database);
  parts_ = std::make_unique<parts>(std::move(settings));
  supervision::plan plan;
  plan.name = "node";
  plan.children = {parts_->ledger_plan()};
  if (parts_->settings.with_reader)
    plan.children.push_back(
        parts_->reader_plan("reader", parts_->settings.database, &rememberers::reader));
  if (!parts_->settings.replica.empty())
    plan.children.push_back(
        parts_->reader_plan("lister", parts_->settings.replica, &rememberers::lister));
  plan.children.push_back(parts_->engine_plan());
  const auto root = supervision::spawn_supervisor(*parts_->system, std::move(plan));
  {
    const std::lock_guard lock{parts_->memory->mutex};
    parts_->memory->root = root;
  }
  parts_->tree.emplace(root, "the engine", "run it again with --resume; if it repeats, report it",
                       on_failure);
}

node::~node() {
  stop();
}

caf::actor_system& node::system() noexcept {
  return *parts_->system;
}

supervision::actor node::root() const {
  return parts_->tree->root();
}

services node::find_services(std::chrono::milliseconds patience) {
  caf::scoped_actor self{*parts_->system};
  const auto until = std::chrono::steady_clock::now() + patience;
  const auto find = [&](const char* name) {
    caf::strong_actor_ptr found;
    while (!found) {
      self->request(parts_->tree->root(), 1s, supervision::whereis{name})
          .receive([&](const supervision::whereabouts& at) { found = at.child; },
                   [](const caf::error&) {});
      if (found)
        break;
      if (std::chrono::steady_clock::now() > until)
        throw failure{{culprit::ours,
                       std::string{"the engine did not start: no "} + name,
                       "run it again; if it repeats, report it",
                       {}}};
      std::this_thread::sleep_for(10ms); // it is being restarted
    }
    return found;
  };
  services found;
  found.ledger = caf::actor_cast<ledger::actor>(find("ledger"));
  found.dispatch = caf::actor_cast<dispatch::actor>(find("engine/dispatch"));
  found.hosts = caf::actor_cast<hosts::actor>(find("engine/hosts"));
  return found;
}

supervision::tree node::tree() {
  caf::scoped_actor self{*parts_->system};
  supervision::tree seen;
  self->request(parts_->tree->root(), 5s, supervision::look{})
      .receive([&](const supervision::tree& it) { seen = it; }, [](const caf::error&) {});
  return seen;
}

bool node::may_go() {
  return hosts_may_go(*parts_->system, parts_->tree->root(), "engine/envoy");
}

hosts::census node::census() {
  caf::scoped_actor self{*parts_->system};
  hosts::census seen;
  seen.trouble = parts_->tree->trouble();
  if (!seen.trouble.empty())
    return seen;
  caf::strong_actor_ptr hosts;
  self->request(parts_->tree->root(), 1s, supervision::whereis{"engine/hosts"})
      .receive([&](const supervision::whereabouts& at) { hosts = at.child; },
               [](const caf::error&) {});
  if (hosts)
    self->request(caf::actor_cast<hosts::actor>(hosts), 5s, hosts::look{})
        .receive([&](const hosts::census& it) { seen = it; }, [](const caf::error&) {});
  return seen;
}

void node::stop(std::chrono::milliseconds grace) {
  if (!parts_)
    return;
  const watchdog last_resort{grace + 5s};
  parts_->tree->stop(grace);
  parts_.reset();
}

} // namespace vdoc::node
