#include "actors/node/doors.hpp"

#include "actors/desk/spawn.hpp"
#include "actors/desk/spawn_archive.hpp"
#include "cluster/desk/key_desk.hpp"
#include "cluster/desk/poison.hpp"
#include "cluster/resources/steady_ms.hpp"
#include "conf/roles.hpp"
#include "net/http/gateway.hpp"
#include "net/metrics/metrics.hpp"
#include "net/zmq/doorkeeper.hpp"
#include "net/zmq/events.hpp"
#include "net/zmq/gateway.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <map>
#include <optional>
#include <unistd.h>

namespace vdoc::node {

namespace {

/// What tenants have and may have, by name: to what is known of their jobs comes the rest.
std::vector<desk::tenant_view> tenants_of(const service_parts& parts,
                                          std::vector<desk::tenant_view> with_jobs) {
  std::map<std::string, desk::tenant_view> all;
  for (auto& one : with_jobs)
    all[one.name] = std::move(one);
  for (auto& [tenant, own] : parts.tenants->own())
    all[tenant].own = own;
  for (const auto& [tenant, bytes] : parts.kept->tenants())
    all[tenant].results_bytes = bytes;
  for (const auto& [tenant, bytes] : parts.uploads->book.tenants())
    all[tenant].uploads_bytes = bytes;
  std::vector<desk::tenant_view> views;
  for (auto& [tenant, view] : all) {
    view.name = tenant;
    view.limits = parts.tenants->of(tenant);
    views.push_back(std::move(view));
  }
  return views;
}

/// Uploads lie in the shared folder, but only one node may write there.
desk::verdict elsewhere(const membership::node_book& nodes) {
  return nodes.is_working() ? desk::verdict{} : desk::ask_leader(nodes.leader());
}

template <class Actor, class Message> bool tell(const Actor& whom, Message what) {
  if (whom)
    caf::anon_send(whom, std::move(what));
  return static_cast<bool>(whom);
}

/// Who has the breaker of that name closes it.
bool reset_breaker(const service_parts& parts, std::string_view name) {
  constexpr std::string_view of_source = "source ", of_webhook = "webhook ";
  if (name.starts_with(of_source))
    return tell(parts.find_queue_of_work(),
                queue::reset_source{std::string{name.substr(of_source.size())}});
  if (name.starts_with(of_webhook))
    return tell(parts.courier.find(), courier::reset{std::string{name.substr(of_webhook.size())}});
  if (name == "artefacts" || name == "artefacts fallback")
    return tell(parts.storekeeper.find(),
                storekeeper::reset{name == "artefacts" ? artefacts::target::store
                                                       : artefacts::target::fallback});
  return false;
}

std::unique_ptr<desk::desk> open_desk(caf::actor_system& system,
                                      const std::shared_ptr<service_parts>& parts,
                                      const std::filesystem::path& folder,
                                      const std::shared_ptr<desk::registry>& log,
                                      bool asks_for_keys) {
  front_desk::means with;
  with.find_queue = [parts] { return parts->find_queue(); };
  with.find_reader = [parts] { return parts->find_reader(); };
  with.find_lister = [parts] { return parts->find_lister(); };
  with.find_schedule = [parts] { return parts->find_schedule(); };
  with.find_trees = [parts] { return parts->find_trees(); };
  with.find_hosts = [parts] { return parts->find_hosts(); };
  with.find_membership = [parts] { return parts->find_membership(); };
  with.new_job_id = ledger::new_job_id;
  with.unix_ms = ledger::unix_ms_now;
  with.line_of_submit = [log, asks_for_keys](const desk::caller& who) {
    return log->line_of_submit(who, asks_for_keys && who.door == "zmq");
  };
  with.live = parts->live;
  with.measures = parts->measures;
  with.reset_breaker = [parts](const std::string& name) { return reset_breaker(*parts, name); };
  with.note = [log](desk::audit_line line) { log->note(std::move(line)); };
  with.complete = [parts](std::vector<desk::tenant_view> with_jobs) {
    return tenants_of(*parts, std::move(with_jobs));
  };
  with.nodes = [nodes = parts->nodes] { return nodes->all(); };
  with.jobs = folder;
  with.elsewhere = [nodes = parts->nodes] { return elsewhere(*nodes); };
  with.knows_uploads = [parts] { return parts->uploads->book.is_taken_up(); };
  with.find_upload = [parts](std::string_view id) {
    return parts->uploads->book.find(id, ledger::unix_ms_now());
  };
  return front_desk::open(system, std::move(with));
}

std::unique_ptr<desk::archive> open_archive(caf::actor_system& system,
                                            const std::shared_ptr<service_parts>& parts) {
  front_desk::archive_means with;
  with.find_ledger = [parts] { return parts->find_ledger(); };
  with.find_reader = [parts] { return parts->find_reader(); };
  return front_desk::open_archive(system, std::move(with));
}

net::http_terms http_terms_of(const conf::service_settings& settings, const service_folder& folder,
                              const service_parts& parts, std::shared_ptr<desk::registry> who,
                              std::function<std::string()> metrics) {
  net::http_terms terms;
  terms.metrics = std::move(metrics);
  terms.endpoint = settings.http;
  terms.exposed = settings.exposed;
  terms.registry = std::move(who);
  terms.always_asks = settings.tokens;
  terms.certificate = settings.tls_certificate;
  terms.private_key = settings.tls_key;
  terms.feed = parts.feed;
  terms.uploads = parts.uploads;
  terms.elsewhere = [nodes = parts.nodes] { return elsewhere(*nodes); };
  terms.links = std::make_shared<net::link_signer>(net::secret_in(folder.links_key()));
  terms.limits.connections = static_cast<std::size_t>(settings.http_connections);
  terms.limits.connections_per_address =
      static_cast<std::size_t>(settings.http_connections_per_address);
  terms.limits.rate_per_s = static_cast<std::uint32_t>(settings.http_rate_per_s);
  return terms;
}

/// Keys of clients, where the service asks for them.
struct key_office {
  std::shared_ptr<desk::key_ring> ring = std::make_shared<desk::key_ring>();
  desk::key_desk keeper;
  std::shared_ptr<net::doorkeeper> door;

  key_office(desk::archive& archive, const std::shared_ptr<service_parts>& parts,
             const std::filesystem::path& folder)
      : keeper{archive, {ledger::unix_ms_now, ledger::new_job_id, ring}} {
    const auto keys = net::keys_in(folder);
    spdlog::info("clients need keys; the public key of the service is {}", keys.service.public_key);
    keeper.refresh();
    net::doorkeeper::means door_with;
    door_with.keys = keys;
    door_with.ring = ring;
    door_with.measures = parts->measures;
    door_with.say = [](const std::string& words) { spdlog::warn("{}", words); };
    door_with.read_keys = [this] { keeper.refresh(); };
    door = std::make_shared<net::doorkeeper>(std::move(door_with));
  }
};

net::metrics_means metrics_of(const std::shared_ptr<service_parts>& of,
                              const std::filesystem::path& folder) {
  const auto& parts = *of;
  net::metrics_means with;
  with.measures = parts.measures;
  with.steady_ms = resources::steady_ms_now;
  with.tree = [] { return resources::look_at_tree(::getpid()); };
  with.folder = folder;
  with.version = VIDEO_DOC_VERSION;
  with.uploads = [store = parts.uploads] { return store->book.counts(); };
  with.tenants = [of] { return tenants_of(*of, {}); };
  with.leads = [nodes = parts.nodes] { return nodes->is_working(); };
  return with;
}

} // namespace

/// Members in the order in which they need each other.
struct doors::parts {
  std::unique_ptr<desk::archive> archive;
  std::shared_ptr<desk::registry> registry;
  std::shared_ptr<desk::poison_desk> poison;
  std::unique_ptr<desk::desk> desk;
  net::metrics metrics;
  std::optional<key_office> keys;
  std::optional<net::zmq_gateway> zmq;
  std::optional<net::zmq_events> events;
  std::optional<net::metrics_door> metrics_door;
  std::unique_ptr<net::http_gateway> http;

  parts(caf::actor_system& system, const std::shared_ptr<service_parts>& of,
        const service_folder& folder, bool asks_for_keys)
      : archive{open_archive(system, of)}, registry{std::make_shared<desk::registry>(
                                               *archive,
                                               desk::registry::means{ledger::unix_ms_now,
                                                                     ledger::new_job_id})},
        poison{std::make_shared<desk::poison_desk>(
            *archive, desk::poison_desk::means{ledger::unix_ms_now, ledger::new_job_id})},
        desk{open_desk(system, of, folder.jobs(), registry, asks_for_keys)}, metrics{metrics_of(
                                                                                 of,
                                                                                 folder.jobs())} {}

  void open_zmq(const conf::service_settings& settings, const service_parts& of) {
    const auto terms_at = [&](const std::string& endpoint) {
      return net::gateway_terms{endpoint, settings.exposed, keys ? keys->door : nullptr, poison};
    };
    zmq.emplace(*desk, terms_at(settings.zmq), keys ? &keys->keeper : nullptr);
    spdlog::info("listening on {}", zmq->address());
    if (settings.events.empty())
      return;
    events.emplace(*of.feed, terms_at(settings.events));
    spdlog::info("telling events on {}", events->address());
  }

  void open_metrics(const conf::service_settings& settings) {
    if (settings.metrics.empty())
      return;
    metrics_door.emplace(metrics, settings.metrics, settings.exposed);
    spdlog::info("metrics on http://{}/metrics", metrics_door->address());
  }

  void open_http(const conf::service_settings& settings, const service_parts& of,
                 const service_folder& folder, const artefacts::connector& store) {
    if (settings.http.empty())
      return;
    auto terms = http_terms_of(settings, folder, of, registry, [this] { return metrics.scrape(); });
    terms.store = store;
    terms.poison = poison;
    terms.show_breaker = [measures = of.measures](resources::breaker_reading now) {
      measures->set_artefact_reader(std::move(now));
    };
    http = std::make_unique<net::http_gateway>(*desk, std::move(terms));
    spdlog::info("listening on {}", http->address());
  }
};

doors::doors(caf::actor_system& system, const std::shared_ptr<service_parts>& of,
             const service_folder& folder, const conf::service_settings& settings,
             const conf::cluster_settings& shown, const artefacts::connector& store)
    : parts_{std::make_unique<parts>(system, of, folder, settings.keys)} {
  parts_->open_metrics(settings);
  if (const auto roles = conf::roles_in(shown.role); !roles || !roles->gateway) {
    of->nodes->opened("", "");
    return;
  }
  if (settings.keys)
    parts_->keys.emplace(*parts_->archive, of, folder.keys());
  parts_->open_zmq(settings, *of);
  parts_->open_http(settings, *of, folder, store);
  of->nodes->opened(shown.zmq.empty() ? parts_->zmq->address() : shown.zmq,
                    shown.http.empty() && parts_->http ? parts_->http->address() : shown.http);
}

doors::~doors() = default;

} // namespace vdoc::node
