#include "actors/node/serve_command.hpp"

#include "actors/desk/spawn.hpp"
#include "actors/node/data_folder.hpp"
#include "actors/node/node.hpp"
#include "actors/node/plan.hpp"
#include "actors/node/switchboard.hpp"
#include "actors/queue/spawn.hpp"
#include "actors/schedule/spawn.hpp"
#include "actors/supervision/supervisor.hpp"
#include "cluster/ledger/job_id.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <spdlog/spdlog.h>

#include <csignal>
#include <random>
#include <system_error>

namespace vdoc::node {

namespace {

using namespace std::chrono_literals;

/// For ending in good order: everything within five seconds of the signal.
constexpr std::chrono::milliseconds patience_with_jobs{2'500};
constexpr std::chrono::milliseconds grace_of_node{1'000};

/// What outlives a restart of the engine.
struct service {
  std::shared_ptr<switchboard> who = std::make_shared<switchboard>();
  std::shared_ptr<desk::feed> feed = std::make_shared<desk::feed>(ledger::new_job_id());
  std::shared_ptr<desk::live_jobs> live = std::make_shared<desk::live_jobs>();
  std::shared_ptr<queue::roster> jobs = std::make_shared<queue::roster>();
};

queue::rule_terms terms_of(const conf::settings& settings) {
  const auto& from = settings.service;
  constexpr std::uint64_t bytes_per_gb = 1'000'000'000;
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
                  static_cast<std::uint32_t>(from.tenant_running),
                  static_cast<std::uint64_t>(from.tenant_gb) * bytes_per_gb};
  return terms;
}

queue::means means_of_queue(const conf::settings& settings, const service& parts,
                            const std::filesystem::path& folder, const services& now) {
  queue::means with;
  with.find_ledger = [who = parts.who] { return who->find<ledger::actor>(); };
  with.find_reader = [who = parts.who] { return who->find<ledger::reader>(); };
  with.dispatch = now.dispatch;
  with.unix_ms = ledger::unix_ms_now;
  with.plan = [settings, folder](const ledger::job& what) {
    return plan_of(settings, folder, what);
  };
  with.jobs = parts.jobs;
  with.feed = parts.feed;
  with.live = parts.live;
  with.terms = terms_of(settings);
  with.seed = std::random_device{}();
  return with;
}

/// QUEUE and what gives it work, under a supervisor of their own: a crash of one of them does not
/// concern media hosts.
caf::actor start_work(caf::actor_system& system, const conf::settings& settings,
                      const service& parts, const std::filesystem::path& folder,
                      const services& now) {
  parts.who->set(now.hosts);
  supervision::plan below;
  below.name = "work";
  below.budget = {10, 60s, 100ms, 5s, 30s, 20};
  supervision::child_plan queue;
  queue.terms.name = "queue";
  queue.start = [=](caf::actor_system& where, const supervision::find_sibling&) {
    const auto who = queue::spawn(where, means_of_queue(settings, parts, folder, now));
    parts.who->set(who);
    return caf::actor_cast<caf::actor>(who);
  };
  supervision::child_plan schedule;
  schedule.terms.name = "schedule";
  schedule.start = [=](caf::actor_system& where, const supervision::find_sibling&) {
    schedule::means with;
    with.find_queue = [who = parts.who] { return who->find<queue::actor>(); };
    with.find_ledger = [who = parts.who] { return who->find<ledger::actor>(); };
    with.find_reader = [who = parts.who] { return who->find<ledger::reader>(); };
    with.unix_ms = ledger::unix_ms_now;
    with.new_job_id = ledger::new_job_id;
    const auto who = schedule::spawn(where, std::move(with));
    parts.who->set(who);
    return caf::actor_cast<caf::actor>(who);
  };
  below.children = {std::move(queue), std::move(schedule)};
  return caf::actor_cast<caf::actor>(supervision::spawn_supervisor(system, std::move(below)));
}

front_desk::means means_of_desk(const service& parts, const std::filesystem::path& folder) {
  front_desk::means with;
  with.find_queue = [who = parts.who] { return who->find<queue::actor>(); };
  with.find_schedule = [who = parts.who] { return who->find<schedule::actor>(); };
  with.find_hosts = [who = parts.who] { return who->find<hosts::actor>(); };
  with.find_ledger = [who = parts.who] { return who->find<ledger::actor>(); };
  with.find_reader = [who = parts.who] { return who->find<ledger::reader>(); };
  with.unix_ms = ledger::unix_ms_now;
  with.new_job_id = ledger::new_job_id;
  with.live = parts.live;
  with.jobs = folder;
  return with;
}

/// Running jobs stop in good order, as far as they do in time.
void drain(node& engine, const service& parts) {
  const auto queue = parts.who->find<queue::actor>();
  if (!queue)
    return;
  caf::scoped_actor self{engine.system()};
  self->request(queue, patience_with_jobs, queue::drain{})
      .receive([](const queue::drained&) { spdlog::info("all jobs are stopped"); },
               [](const caf::error&) {
                 spdlog::warn("not all jobs stopped in time; they are resumed with the next start");
               });
}

/// Until somebody wants an end, or the engine has given up.
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

serve_exit run_service(const serve_request& request) {
  const data_folder data{request.settings.service.data};
  const service parts;
  const auto main_thread = pthread_self();
  node_settings settings;
  settings.database = request.settings.service.database_url.empty()
                          ? data.database().string()
                          : request.settings.service.database_url;
  settings.spool = data.spool();
  settings.hosts = host_count(request.settings);
  settings.host_memory_mib = static_cast<std::uint32_t>(request.settings.limits.host_memory_mib);
  settings.on_ledger = [who = parts.who](const ledger::actor& it) { who->set(it); };
  settings.on_reader = [who = parts.who](const ledger::reader& it) { who->set(it); };
  settings.start_work = [&](caf::actor_system& system, const services& now) {
    return start_work(system, request.settings, parts, data.jobs(), now);
  };
  node engine{std::move(settings), [main_thread](const fault& why) {
                spdlog::critical("{}", why.what);
                pthread_kill(main_thread, SIGUSR1);
              }};
  auto desk = front_desk::open(engine.system(), means_of_desk(parts, data.jobs()));
  std::vector<std::unique_ptr<desk::gateway>> doors;
  for (const auto& open : request.gateways)
    doors.push_back(open(*desk, parts.feed));
  for (const auto& door : doors)
    spdlog::info("listening on {}", door->address());
  spdlog::info("serving from {}", request.settings.service.data);

  const int signal = wait_for_signal();
  spdlog::info("stopping: {}",
               signal == SIGUSR1 ? "the engine has given up" : ::sigdescr_np(signal));
  for (const auto& door : doors)
    door->stop();
  drain(engine, parts);
  doors.clear();
  desk.reset();
  parts.who->clear();
  engine.stop(grace_of_node);
  return signal == SIGUSR1 ? serve_exit::failed : serve_exit::stopped;
}

} // namespace

serve_exit serve(const serve_request& request) {
  try {
    return run_service(request);
  } catch (const failure& error) {
    spdlog::error("{}{}{}", error.why().what, error.why().advice.empty() ? "" : "; ",
                  error.why().advice);
    return serve_exit::failed;
  } catch (const std::exception& error) {
    spdlog::error("{}", error.what());
    return serve_exit::failed;
  }
}

} // namespace vdoc::node
