#include "actors/node/serve_command.hpp"

#include "actors/node/doors.hpp"
#include "actors/node/encoder_search.hpp"
#include "actors/node/end_signals.hpp"
#include "actors/node/lent_hosts.hpp"
#include "actors/node/node.hpp"
#include "actors/node/node_name.hpp"
#include "actors/node/plan.hpp"
#include "actors/node/role_check.hpp"
#include "actors/node/service_cluster.hpp"
#include "actors/node/store_plan.hpp"
#include "cluster/ledger/open_store.hpp"
#include "conf/tenant_share.hpp"
#include "net/metrics/metrics.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <functional>
#include <memory>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

namespace vdoc::node {

namespace {

/// For ending in good order: everything within five seconds of the signal.
constexpr std::chrono::milliseconds patience_with_jobs{2'500};
constexpr std::chrono::milliseconds grace_of_node{1'000};

/// Running jobs stop in good order, as far as they do in time.
void drain(node& engine, const service_parts& parts) {
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

/// Every client is a descriptor or two, and shells and systemd allow 1,024 until one asks for more.
void allow_many_descriptors() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0)
    return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

std::shared_ptr<desk::tenant_book> tenants_of(const conf::service_settings& from) {
  using desk::tenant_limit;
  desk::tenant_limits of_all;
  of_all[tenant_limit::queued] = static_cast<std::uint64_t>(from.tenant_queued);
  of_all[tenant_limit::running] = static_cast<std::uint64_t>(from.tenant_running);
  of_all[tenant_limit::stored_mb] = static_cast<std::uint64_t>(from.tenant_stored_mb);
  of_all[tenant_limit::upload_gb] = static_cast<std::uint64_t>(from.tenant_upload_gb);
  return std::make_shared<desk::tenant_book>(of_all, conf::tenant_shares_in(from.tenant_shares));
}

std::shared_ptr<uploads::upload_store> open_uploads(const conf::settings& settings,
                                                    const service_folder& folder,
                                                    const service_parts& parts) {
  constexpr std::uint64_t bytes_per_gb = 1'000'000'000;
  constexpr std::int64_t ms_per_s = 1'000;
  uploads::upload_terms terms;
  terms.largest_bytes = static_cast<std::uint64_t>(settings.source.largest_gb) * bytes_per_gb;
  terms.room = [book = parts.tenants](const std::string& tenant) {
    const auto may_have = book->of(tenant);
    return uploads::tenant_room{may_have.upload_bytes(), may_have.stored_bytes()};
  };
  terms.kept = [kept = parts.kept](const std::string& tenant) { return kept->bytes_of(tenant); };
  terms.expires_ms = settings.service.upload_expires_s * ms_per_s;
  return std::make_shared<uploads::upload_store>(folder.uploads(), terms,
                                                 uploads::upload_store::start::later);
}

/// SIGTERM to ourselves, once, however many ask for it: a second one would cut the end short.
std::function<void()> end_once() {
  return [asked = std::make_shared<std::atomic<bool>>(false)] {
    if (!asked->exchange(true))
      send_end_signal(SIGTERM);
  };
}

/// Whether a node that may lead can work for another one meanwhile.
bool may_lend(const conf::settings& settings, const conf::roles& roles) {
  const auto& cluster = settings.cluster;
  return roles.worker && roles.leader_candidate &&
         ledger::is_postgres_url(settings.ledger.database) && !cluster.certificates.empty() &&
         !(cluster.listen.empty() && cluster.join.empty());
}

/// What of the node depends on its roles: whom its media hosts work for, how many there are, and
/// what they do.
void divide_work(node_settings& what, const conf::settings& settings, const citizenship& me,
                 const service_parts& parts) {
  const auto& roles = me.roles;
  const auto& cluster = settings.cluster;
  what.may_lend = may_lend(settings, roles);
  if (what.may_lend || (roles.leader_candidate && !cluster.listen.empty()))
    what.cluster = cluster_place_of(settings);
  if (roles.leader_candidate && !roles.worker)
    what.capacity.heavy = 0; // it reads sources and packages, as nobody else can
  what.hosts = roles.worker || roles.leader_candidate ? host_count(settings) : 0;
  if (!roles.leader_candidate && roles.worker) {
    what.cluster = cluster_place_of(settings);
    what.lent_to = cluster.join;
  }
  if (what.lent_to.empty() && !what.may_lend)
    return;
  what.incarnation = me.incarnation;
  what.drained = parts.end_process;
  what.on_host_line = pass_on;
}

/// Whether anybody can go on with what this node leaves, or works for it.
bool has_others(const membership::node_book& nodes) {
  return std::ranges::any_of(nodes.all(), [](const auto& one) { return one.here && !one.asked; });
}

/// Until somebody is there who takes jobs in: whoever asks as soon as the doors are open is not
/// refused because a part is missing.
void await_intake(const service_parts& parts) {
  using clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds at_most{5'000};
  constexpr std::chrono::milliseconds between_looks{1};
  const auto until = clock::now() + at_most;
  while (!(parts.find_queue() && parts.find_schedule()) && clock::now() < until)
    std::this_thread::sleep_for(between_looks);
}

serve_exit run_service(const conf::settings& settings) {
  allow_many_descriptors();
  net::check_metrics_address(settings.service.metrics, settings.service.exposed);
  const service_folder folder{settings.service.folder};
  const node_folder own{folder.path(), node_name_of(settings)};
  const auto me =
      citizenship_of(folder, own, offers_of(settings), roles_of(settings), settings.cluster.listen);
  const auto parts = std::make_shared<service_parts>();
  parts->nodes = std::make_shared<membership::node_book>(view_of(me, ledger::unix_ms_now()));
  parts->load = std::make_shared<resources::load_watch>(folder.path());
  parts->tenants = tenants_of(settings.service);
  parts->uploads = open_uploads(settings, folder, *parts);
  parts->end_process = end_once();
  const auto database =
      settings.ledger.database.empty() ? folder.database().string() : settings.ledger.database;
  const workplace place{settings,
                        database,
                        folder.jobs(),
                        folder.webhook_keys(),
                        folder.webhook_secret(),
                        watch_plan_of(settings.service, folder.path()),
                        own.work_spool(),
                        folder.leader_epoch(),
                        store_plan_of(settings.artefacts),
                        own.passing()};
  node_settings what;
  what.database = database;
  what.spool = own.spool();
  what.with_reader = true;
  what.replica = settings.ledger.replica;
  what.readers = static_cast<std::size_t>(settings.ledger.readers);
  what.measures = parts->measures;
  what.load = parts->load;
  what.twins = settings.cluster.twins;
  what.tenant_shares = conf::tenant_shares_in(settings.service.tenant_shares);
  what.offers = offers_of(settings);
  what.search_words = {encoder_search_word};
  what.host_memory_mib = static_cast<std::uint32_t>(settings.limits.host_memory_mib);
  divide_work(what, settings, me, *parts);
  const bool lends = what.may_lend || !what.lent_to.empty();
  what.work_supervises = true;
  what.start_work = [&](caf::actor_system& system, const services& now) {
    return start_cluster(system, place, parts, now, me);
  };
  node engine{std::move(what), [](const fault& why) {
                spdlog::critical("{}", why.what);
                send_end_signal(SIGUSR1);
              }};
  const auto listener = hear_of_arrivals(database, parts);
  int signal = 0;
  try {
    await_intake(*parts);
    const doors open{engine.system(),     parts, folder, settings.service, settings.cluster,
                     place.stores.reading};
    signal = wait_for_end_signal(); // SIGUSR1: the engine has given up
    const std::chrono::seconds patience{settings.cluster.drain_s};
    const bool leads = parts->nodes->is_working();
    if (signal != SIGUSR1 && leads && has_others(*parts->nodes))
      drain_hosts([&engine] { return work_winds_down(engine.system(), engine.root()); }, patience);
    if (signal != SIGUSR1 && !leads && lends) {
      hand_over(engine.system(), *parts); // it is not to take the lead meanwhile
      drain_hosts([&engine] { return engine.may_go(); }, patience);
    }
    spdlog::info("stopping");
    drain(engine, *parts);
    hand_over(engine.system(), *parts);
  } catch (const std::runtime_error& why) { // no such address, no keys
    spdlog::error("{}", why.what());
    signal = SIGUSR1;
  }
  parts->close();
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
