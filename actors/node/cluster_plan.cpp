#include "actors/node/cluster_plan.hpp"

#include "actors/node/node_name.hpp"
#include "actors/node/tls_peers.hpp"
#include "cluster/ledger/job_id.hpp"
#include "cluster/membership/authority.hpp"
#include "cluster/membership/own_protocols.hpp"
#include "conf/settings.hpp"
#include "net/dial/reach.hpp"
#include "net/log/log.hpp"
#include "pipelines/fault.hpp"

#include <caf/actor_system.hpp>
#include <caf/io/middleman_actor.hpp>
#include <caf/openssl/manager.hpp>
#include <caf/openssl/publish.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

namespace vdoc::node {

namespace {

using namespace std::chrono_literals;

constexpr auto longest_introduction = 5s;

[[noreturn]] void refuse(const std::string& what, const std::string& advice) {
  throw failure{{culprit::user, what, advice, ""}};
}

/// A port that a former MEMBERSHIP has left open is closed first: CAF keeps it.
void close_port(caf::actor_system& system, std::uint16_t port) {
  caf::scoped_actor self{system};
  self->request(system.openssl_manager().actor_handle(), 1s, caf::close_atom::value, port)
      .receive([] {}, [](const caf::error&) {});
}

void open_port(const membership::front& door, const net::dial_place& at) {
  close_port(door.home_system(), at.port);
  const auto port = caf::openssl::publish(door, at.port, at.host.c_str(), true);
  if (!port)
    throw std::runtime_error{"the cluster's port " + at.text() +
                             " cannot be opened: is it in use, or the address another machine's?"};
  log::say(log::level::normal, "the cluster's port is " + at.text());
}

} // namespace

cluster_place cluster_place_of(const conf::settings& settings) {
  const auto& from = settings.cluster;
  cluster_place place;
  place.identity = {from.certificates, node_name_of(settings)};
  if (from.certificates.empty())
    refuse("a node of a cluster needs certificates",
           "make them with `video-doc cluster issue " + place.identity.node +
               "`, and name their folder in cluster.certificates");
  if (!membership::is_node_name(place.identity.node))
    refuse("\"" + place.identity.node + "\" cannot be the name of a node",
           "set cluster.name to the name in its certificate");
  place.listen = from.listen;
  place.marks = {"speech.model_folder=" + settings.speech.model_folder,
                 "speech.voice_model=" + settings.speech.voice_model,
                 "speech.longest_utterance_ms=" +
                     std::to_string(settings.speech.longest_utterance_ms),
                 "limits.most_audio_tracks=" + std::to_string(settings.limits.most_audio_tracks)};
  place.blob_port = static_cast<std::uint16_t>(from.blob_port);
  place.folder = std::filesystem::absolute(settings.service.folder);
  return place;
}

membership::means door_for_nodes(const cluster_place& place, certificates& tls, const lending& what,
                                 std::shared_ptr<resources::measures> into) {
  const auto at = net::dial_place_from(place.listen).value_or(net::dial_place{});
  membership::means with;
  with.speaks = membership::own_protocols();
  with.marks = place.marks;
  with.folder = place.folder;
  with.nonce = ledger::new_job_id();
  with.open_door = [at](const membership::front& door) { open_port(door, at); };
  with.close_door = [at](const membership::front& door) {
    close_port(door.home_system(), at.port);
  };
  with.open_blobs = [host = at.host, port = place.blob_port, what, into = std::move(into)] {
    blobs::server_terms terms;
    terms.endpoint = "tcp://" + net::dial_place{host, port}.text();
    terms.lent = what.loans;
    terms.still_leads = what.still_leads;
    terms.moved = [into](std::uint64_t out, std::uint64_t in) {
      into->moved_bytes.of({"out"}).add(out);
      into->moved_bytes.of({"in"}).add(in);
    };
    return std::make_unique<blobs::server>(std::move(terms));
  };
  with.peer_name = peer_name;
  with.look_after = [&tls] {
    tls.renew_if_due(std::chrono::system_clock::now());
    if (const auto ended = end_overdue_introductions(longest_introduction); ended > 0)
      log::say(log::level::warning, "connections to the cluster's port were ended",
               {{"count", std::to_string(ended)}, {"cause", "they did not say who they are"}});
  };
  return with;
}

void close_cluster_port(caf::actor_system& system, const cluster_place& place) {
  if (const auto at = net::dial_place_from(place.listen))
    caf::anon_send(system.openssl_manager().actor_handle(), caf::close_atom::value, at->port);
}

} // namespace vdoc::node
