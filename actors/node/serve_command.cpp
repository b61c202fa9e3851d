#include "actors/node/serve_command.hpp"

#include "actors/desk/spawn.hpp"
#include "actors/desk/spawn_keys.hpp"
#include "actors/job/spawn.hpp"
#include "actors/node/node.hpp"
#include "actors/node/plan.hpp"
#include "actors/node/service_folder.hpp"
#include "actors/queue/spawn.hpp"
#include "actors/supervision/supervisor.hpp"
#include "cluster/ledger/job_id.hpp"
#include "net/metrics/metrics.hpp"
#include "net/zmq/doorkeeper.hpp"
#include "net/zmq/events.hpp"
#include "net/zmq/gateway.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <csignal>
#include <mutex>
#include <optional>
#include <pthread.h>
#include <random>
#include <unistd.h>

namespace vdoc::node {

namespace {

using namespace std::chrono_literals;

/// For ending in good order: everything within five seconds of the signal.
constexpr std::chrono::milliseconds patience_with_jobs{2'500};
constexpr std::chrono::milliseconds grace_of_node{1'000};

/// What the desk and a new QUEUE find of those before it. Any thread.
class service {
public:
  std::shared_ptr<desk::live_jobs> live = std::make_shared<desk::live_jobs>();
  std::shared_ptr<queue::roster> jobs = std::make_shared<queue::roster>();
  std::shared_ptr<resources::measures> measures = std::make_shared<resources::measures>();
  std::shared_ptr<desk::event_feed> feed = std::make_shared<desk::event_feed>(ledger::new_job_id());

  void set(const queue::actor& queue, const services& now) {
    const std::scoped_lock lock{mutex_};
    queue_ = queue;
    find_ledger_ = now.find_ledger;
    find_reader_ = now.find_reader;
  }
  [[nodiscard]] queue::actor find_queue() const {
    const std::scoped_lock lock{mutex_};
    return queue_;
  }
  [[nodiscard]] ledger::actor find_ledger() const {
    const std::scoped_lock lock{mutex_};
    return find_ledger_ ? find_ledger_() : ledger::actor{};
  }
  [[nodiscard]] ledger::reader find_reader() const {
    const std::scoped_lock lock{mutex_};
    return find_reader_ ? find_reader_() : ledger::reader{};
  }
  /// Before the actor system is destroyed.
  void clear() { set({}, {}); }

private:
  mutable std::mutex mutex_;
  queue::actor queue_;
  std::function<ledger::actor()> find_ledger_;
  std::function<ledger::reader()> find_reader_;
};

queue::rule_terms terms_of(const conf::settings& settings) {
  const auto& from = settings.service;
  queue::rule_terms terms;
  terms.max_running = from.max_concurrent_jobs > 0
                          ? static_cast<std::uint32_t>(from.max_concurrent_jobs)
                          : std::max<std::uint32_t>(2, host_count(settings));
  terms.hard_limit_s = static_cast<std::uint32_t>(from.job_timeout_s);
  terms.attempts = static_cast<std::uint16_t>(from.attempts);
  terms.backoff.first_ms = from.retry_first_ms;
  terms.backoff.longest_ms = std::max(from.retry_first_ms, from.retry_longest_ms);
  terms.most_open = static_cast<std::size_t>(from.most_open_jobs);
  terms.tenant = {static_cast<std::uint64_t>(from.tenant_queued),
                  static_cast<std::uint32_t>(from.tenant_running), 0};
  return terms;
}

/// QUEUE under a supervisor of its own: its crash does not concern media hosts.
caf::actor start_work(caf::actor_system& system, const conf::settings& settings,
                      const std::shared_ptr<service>& parts, const std::filesystem::path& folder,
                      const services& now) {
  supervision::plan below;
  below.name = "work";
  below.budget = {10, 60s, 100ms, 5s, 30s, 20};
  supervision::child_plan queue;
  queue.terms.name = "queue";
  queue.start = [=](caf::actor_system& where, const supervision::find_sibling&) {
    queue::means with;
    with.find_ledger = now.find_ledger;
    with.find_reader = now.find_reader;
    with.dispatch = now.dispatch;
    with.unix_ms = ledger::unix_ms_now;
    with.plan = [settings, folder](const ledger::job& what) {
      return plan_of(settings, folder, what);
    };
    with.start_job = [](caf::actor_system& home, const queue::work_plan& plan) {
      return job::spawn(home, plan.what, plan.around);
    };
    with.jobs = parts->jobs;
    with.live = parts->live;
    with.feed = parts->feed;
    with.measures = parts->measures;
    with.terms = terms_of(settings);
    with.seed = std::random_device{}();
    const auto who = queue::spawn(where, std::move(with));
    parts->set(who, now);
    return caf::actor_cast<caf::actor>(who);
  };
  below.children = {std::move(queue)};
  return caf::actor_cast<caf::actor>(supervision::spawn_supervisor(system, std::move(below)));
}

std::unique_ptr<desk::desk> open_desk(caf::actor_system& system,
                                      const std::shared_ptr<service>& parts,
                                      const std::filesystem::path& folder) {
  front_desk::means with;
  with.find_queue = [parts] { return parts->find_queue(); };
  with.find_reader = [parts] { return parts->find_reader(); };
  with.new_job_id = ledger::new_job_id;
  with.live = parts->live;
  with.measures = parts->measures;
  with.jobs = folder;
  return front_desk::open(system, std::move(with));
}

/// Running jobs stop in good order, as far as they do in time.
void drain(node& engine, const service& parts) {
  const auto queue = parts.find_queue();
  if (!queue)
    return;
  caf::scoped_actor self{engine.system()};
  self->request(queue, patience_with_jobs, queue::drain{})
      .receive([](const queue::drained&) { spdlog::info("all jobs are stopped"); },
               [](const caf::error&) {
                 spdlog::warn("not all jobs stopped in time; they are resumed with the next start");
               });
}

/// Keys of clients, where the service asks for them.
struct key_office {
  std::unique_ptr<desk::gatekeeper> keeper;
  std::shared_ptr<net::doorkeeper> door;

  key_office(caf::actor_system& system, const std::shared_ptr<service>& parts,
             const std::filesystem::path& folder) {
    const auto ring = std::make_shared<desk::key_ring>();
    const auto keys = net::keys_in(folder);
    spdlog::info("clients need keys; the public key of the service is {}", keys.service.public_key);
    front_desk::key_means with;
    with.find_ledger = [parts] { return parts->find_ledger(); };
    with.find_reader = [parts] { return parts->find_reader(); };
    with.unix_ms = ledger::unix_ms_now;
    with.ring = ring;
    keeper = front_desk::keep_keys(system, std::move(with));
    net::doorkeeper::means door_with;
    door_with.keys = keys;
    door_with.ring = ring;
    door_with.measures = parts->measures;
    door_with.say = [](const std::string& words) { spdlog::warn("{}", words); };
    door = std::make_shared<net::doorkeeper>(std::move(door_with));
  }
};

net::metrics_means metrics_of(const service& parts, const std::filesystem::path& folder) {
  net::metrics_means with;
  with.measures = parts.measures;
  with.steady_ms = [] {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  };
  with.tree = [] { return resources::look_at_tree(::getpid()); };
  with.folder = folder;
  with.version = VIDEO_DOC_VERSION;
  return with;
}

/// Until somebody wants an end, or the engine has given up (SIGUSR1).
int wait_for_signal() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGUSR1})
    sigaddset(&set, signal);
  int number = 0;
  while (sigwait(&set, &number) != 0) {
  }
  return number;
}

serve_exit run_service(const conf::settings& settings) {
  const service_folder folder{settings.service.folder};
  const auto parts = std::make_shared<service>();
  const auto main_thread = pthread_self();
  node_settings what;
  what.database =
      settings.ledger.database.empty() ? folder.database().string() : settings.ledger.database;
  what.spool = folder.spool();
  what.with_reader = true;
  what.measures = parts->measures;
  what.hosts = host_count(settings);
  what.host_memory_mib = static_cast<std::uint32_t>(settings.limits.host_memory_mib);
  what.start_work = [&](caf::actor_system& system, const services& now) {
    return start_work(system, settings, parts, folder.jobs(), now);
  };
  node engine{std::move(what), [main_thread](const fault& why) {
                spdlog::critical("{}", why.what);
                pthread_kill(main_thread, SIGUSR1);
              }};
  auto desk = open_desk(engine.system(), parts, folder.jobs());
  int signal = 0;
  try {
    std::optional<key_office> keys;
    if (settings.service.keys)
      keys.emplace(engine.system(), parts, folder.keys());
    const auto terms_at = [&](const std::string& endpoint) {
      return net::gateway_terms{endpoint, settings.service.exposed, keys ? keys->door : nullptr};
    };
    net::zmq_gateway door{*desk, terms_at(settings.service.zmq),
                          keys ? keys->keeper.get() : nullptr};
    spdlog::info("listening on {}", door.address());
    const net::metrics metrics{metrics_of(*parts, folder.jobs())};
    std::optional<net::metrics_door> metrics_door;
    if (!settings.service.metrics.empty()) {
      metrics_door.emplace(metrics, settings.service.metrics);
      spdlog::info("metrics on http://{}/metrics", metrics_door->address());
    }
    std::optional<net::zmq_events> events;
    if (!settings.service.events.empty()) {
      events.emplace(*parts->feed, terms_at(settings.service.events));
      spdlog::info("telling events on {}", events->address());
    }
    signal = wait_for_signal();
    spdlog::info("stopping");
    drain(engine, *parts);
  } catch (const std::runtime_error& why) { // no such address, no keys
    spdlog::error("{}", why.what());
    signal = SIGUSR1;
  }
  desk.reset();
  parts->clear();
  engine.stop(grace_of_node);
  return signal == SIGUSR1 ? serve_exit::failed : serve_exit::stopped;
}

} // namespace

serve_exit serve(const conf::settings& settings) {
  try {
    return run_service(settings);
  } catch (const failure& error) {
    spdlog::error("{}{}{}", error.why().what, error.why().advice.empty() ? "" : "; ",
                  error.why().advice);
  } catch (const std::exception& error) {
    spdlog::error("{}", error.what());
  }
  return serve_exit::failed;
}

} // namespace vdoc::node
