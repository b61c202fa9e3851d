#include "actors/node/service_cluster.hpp"

#include "actors/follower/spawn.hpp"
#include "actors/leader/spawn.hpp"
#include "actors/muster/spawn.hpp"
#include "actors/supervision/supervisor.hpp"
#include "cluster/desk/inbox.hpp"
#include "cluster/ledger/open_store.hpp"
#include "cluster/membership/own_protocols.hpp"
#include "net/dial/reach.hpp"
#include "net/log/log.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <random>

namespace vdoc::node {

namespace {

using namespace std::chrono_literals;
using supervision::child_plan;
using supervision::find_sibling;

constexpr auto hand_over_within = 1s;

void say_whether_folder_is_seen(const workplace& where, bool is_seen) {
  if (is_seen)
    return;
  spdlog::error("{} is not the folder in which the nodes of this ledger keep their results: jobs "
                "that others have begun start anew here, and their results and uploads are not "
                "seen; mount the same folder on all nodes",
                where.jobs.parent_path().string());
}

child_plan muster_of(const workplace& where, const std::shared_ptr<service_parts>& parts,
                     const services& now, const citizenship& who) {
  child_plan plan;
  plan.terms.name = "muster";
  plan.start = [=](caf::actor_system& system, const find_sibling&) {
    muster::means with;
    with.find_ledger = now.find_ledger;
    with.find_reader = now.find_reader;
    with.unix_ms = ledger::unix_ms_now;
    with.load = [load = parts->load] { return load->now(); };
    with.book = parts->nodes;
    with.folder_id = who.folder_id;
    with.end_process = parts->end_process;
    with.sees_folder = [where](bool is_seen) { say_whether_folder_is_seen(where, is_seen); };
    return muster::spawn(system, std::move(with));
  };
  return plan;
}

follower::means follower_means(const std::shared_ptr<service_parts>& parts, const services& now,
                               const citizenship& who) {
  follower::means with;
  with.find_ledger = now.find_ledger;
  with.leader = [book = parts->nodes] { return book->leader(); };
  with.find_queue = [parts] { return parts->find_queue_of_work(); };
  with.find_schedule = [parts] { return parts->find_schedule_of_work(); };
  with.new_letter = ledger::new_job_id;
  with.node = who.node;
  with.find_reader = now.find_reader;
  with.tenants = parts->tenants;
  return with;
}

child_plan porter_of(const follower::means& with, const std::shared_ptr<service_parts>& parts) {
  child_plan plan;
  plan.terms.name = "porter";
  plan.start = [=](caf::actor_system& system, const find_sibling&) {
    const auto made = follower::spawn_queue(system, with);
    parts->set_stand_in(made);
    return caf::actor_cast<caf::actor>(made);
  };
  return plan;
}

child_plan timekeeper_of(const follower::means& with, const std::shared_ptr<service_parts>& parts) {
  child_plan plan;
  plan.terms.name = "timekeeper";
  plan.start = [=](caf::actor_system& system, const find_sibling&) {
    const auto made = follower::spawn_schedule(system, with);
    parts->set_stand_in(made);
    return caf::actor_cast<caf::actor>(made);
  };
  return plan;
}

/// Where others find somebody who listens there; empty when that does not say it.
std::string place_for_others(const std::string& listen) {
  const auto at = net::dial_place_from(listen);
  return !at || at->host == "0.0.0.0" || at->host == "::" ? std::string{} : at->text();
}

/// Of a node that may lead: its media hosts work for who leads, if they can.
void lend_hosts(const workplace& where, const services& now, const citizenship& who,
                const ledger::lease& whom) {
  if (!who.roles.worker || !who.roles.leader_candidate || node_in(whom) == who.node)
    return;
  hosts::work_for to{where.settings.cluster.join};
  if (const auto place = cluster_place_in(whom); to.leaders.empty() && !place.empty())
    to.leaders.push_back(place);
  if (now.lend_hosts && !to.leaders.empty())
    return now.lend_hosts(to);
  log::say(
      log::level::normal, "media hosts of this node do nothing while another one leads",
      {{"cause", now.lend_hosts ? "the leader does not say where its cluster's port is, nor does "
                                  "cluster.join"
                                : "this node has no certificates and cluster's port"}});
}

leader::means leader_means(caf::actor_system& system, const workplace& where,
                           const std::shared_ptr<service_parts>& parts, const services& now,
                           const citizenship& who) {
  leader::means with;
  with.open = [place = where.database] { return ledger::open_lease_store(place); };
  with.me = who.incarnation;
  with.said = who.said;
  with.mark = who.mark;
  with.is_dead = [folder = who.folder](const ledger::lease& of) { return is_dead(folder, of); };
  with.begin = [&system, where, parts, now](std::uint64_t epoch, std::function<void()> refused) {
    parts->uploads->book.expect(); // SURVEY takes them up
    parts->nodes->works(true);
    return start_work(system, where, parts, now, {{leader::lease_name, epoch}, std::move(refused)});
  };
  with.ended = [parts, now] {
    parts->clear_work();
    if (now.close_cluster_port)
      now.close_cluster_port();
    parts->nodes->works(false);
    if (!parts->ending)
      caf::anon_send(now.hosts, hosts::work_is_over{});
  };
  with.told = [where, parts, now, who](const ledger::lease& whom, bool is_me) {
    parts->nodes->leads(whom.holder);
    if (is_me && now.lend_hosts)
      now.lend_hosts(hosts::work_for{});
    if (!is_me)
      parts->uploads->book.expect();
    if (is_me || whom.holder.empty())
      return;
    spdlog::info("node {} leads, in epoch {}", node_in(whom), whom.epoch);
    if (!parts->ending)
      lend_hosts(where, now, who, whom);
  };
  with.stands = who.roles.leader_candidate;
  with.seed = std::random_device{}();
  return with;
}

child_plan leader_of(const workplace& where, const std::shared_ptr<service_parts>& parts,
                     const services& now, const citizenship& who) {
  child_plan plan;
  plan.terms.name = "leader";
  plan.terms.budget = supervision::restart_budget{};
  plan.terms.budget->intensity = 0; // the work has had its own chances
  plan.start = [=](caf::actor_system& system, const find_sibling&) {
    const auto made = leader::spawn(system, leader_means(system, where, parts, now, who));
    parts->set(made);
    return caf::actor_cast<caf::actor>(made);
  };
  return plan;
}

} // namespace

citizenship citizenship_of(const service_folder& folder, const node_folder& own,
                           std::vector<std::string> offers, const conf::roles& roles,
                           const std::string& cluster_listen) {
  return {ledger::new_job_id(), own.said(place_for_others(cluster_listen)),
          own.name(),           folder.id(),
          folder.path(),        folder.leader_epoch(),
          std::move(offers),    roles};
}

desk::node_view view_of(const citizenship& who, std::int64_t now_unix_ms) {
  desk::node_view me;
  me.at.node = who.node;
  me.incarnation = who.incarnation;
  me.version = VIDEO_DOC_VERSION;
  me.roles = conf::words_of(who.roles);
  me.offers = who.offers;
  me.since_unix_ms = now_unix_ms;
  const auto speaks = membership::own_protocols();
  me.oldest_protocol = speaks.oldest;
  me.newest_protocol = speaks.newest;
  return me;
}

caf::actor start_cluster(caf::actor_system& system, const workplace& where,
                         const std::shared_ptr<service_parts>& parts, const services& now,
                         const citizenship& who) {
  parts->set(now);
  supervision::plan below;
  below.name = "cluster";
  below.budget = {10, 60s, 100ms, 5s, 30s, 20};
  const auto as_follower = follower_means(parts, now, who);
  below.children = {muster_of(where, parts, now, who), porter_of(as_follower, parts),
                    timekeeper_of(as_follower, parts), leader_of(where, parts, now, who)};
  return caf::actor_cast<caf::actor>(supervision::spawn_supervisor(system, std::move(below)));
}

std::unique_ptr<ledger::postgres_listener>
hear_of_arrivals(const std::string& database, const std::shared_ptr<service_parts>& parts) {
  if (!ledger::is_postgres_url(database))
    return nullptr;
  return std::make_unique<ledger::postgres_listener>(database, desk::inbox_channel, [parts] {
    if (const auto queue = parts->find_queue())
      caf::anon_send(queue, queue::arrivals{});
  });
}

void hand_over(caf::actor_system& system, service_parts& parts) {
  parts.ending = true;
  const auto leader = parts.find_leader();
  if (!leader)
    return;
  caf::scoped_actor self{system};
  self->request(leader, hand_over_within, leader::resign{})
      .receive([](const leader::resigned&) {},
               [](const caf::error&) {
                 spdlog::warn(
                     "the lease could not be given back in time; the next leader waits for it");
               });
}

} // namespace vdoc::node
