#include "actors/node/configuration.hpp"

#include "actors/node/tls_errors.hpp"
#include "actors/node/tls_peers.hpp"
#include "actors/node/type_ids.hpp"

#include <caf/all.hpp>
#include <caf/io/middleman.hpp>
#include <caf/openssl/manager.hpp>

namespace vdoc::node {

configuration::configuration(std::size_t threads) {
  add_message_types<caf::id_block::vdoc>();
  set("scheduler.policy", caf::atom("sharing"));
  set("scheduler.max-threads", threads);
}

configuration::configuration(const credentials& who, const wire_limits& limits, std::size_t threads)
    : configuration{threads} {
  keep_tls_errors_apart();
  heed_revocations(who.revoked);
  load<caf::io::middleman>();
  load<caf::openssl::manager>();
  set("middleman.heartbeat-interval", caf::timespan{limits.heartbeat});
  set("middleman.connection-timeout", caf::timespan{limits.silence});
  set("middleman.enable-automatic-connections", false);
  openssl_cafile = who.authority.string();
  openssl_certificate = who.certificate.string();
  openssl_key = who.key.string();
}

void offer_nothing_by_name(caf::actor_system& system) {
  auto& registry = system.registry();
  for (const auto& [name, who] : registry.named_actors())
    registry.erase(name);
}

} // namespace vdoc::node
