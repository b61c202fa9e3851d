#include "actors/node/service_work.hpp"

#include "actors/courier/spawn.hpp"
#include "actors/digest/spawn.hpp"
#include "actors/job/spawn.hpp"
#include "actors/ledger/spawn.hpp"
#include "actors/node/plan.hpp"
#include "actors/node/upload_watch.hpp"
#include "actors/queue/spawn.hpp"
#include "actors/schedule/spawn.hpp"
#include "actors/storekeeper/spawn.hpp"
#include "actors/supervision/supervisor.hpp"
#include "actors/survey/spawn.hpp"
#include "actors/sweep/spawn.hpp"
#include "actors/watch/spawn.hpp"
#include "cluster/ledger/open_store.hpp"
#include "cluster/membership/epoch_mark.hpp"
#include "cluster/resources/steady_ms.hpp"
#include "net/webhook/webhook_keys.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <atomic>
#include <random>

namespace vdoc::node {

namespace {

using namespace std::chrono_literals;

queue::rule_terms terms_of(const conf::settings& settings) {
  const auto& from = settings.service;
  queue::rule_terms terms;
  terms.max_running = from.max_concurrent_jobs > 0
                          ? static_cast<std::uint32_t>(from.max_concurrent_jobs)
                          : std::max<std::uint32_t>(2, host_count(settings));
  terms.most_early = std::min<std::uint32_t>(terms.max_running / 2, host_count(settings));
  terms.hard_limit_s = static_cast<std::uint32_t>(from.job_timeout_s);
  terms.attempts = static_cast<std::uint16_t>(from.attempts);
  terms.backoff.first_ms = from.retry_first_ms;
  terms.backoff.longest_ms = std::max(from.retry_first_ms, from.retry_longest_ms);
  terms.most_open = static_cast<std::size_t>(from.most_open_jobs);
  return terms;
}

/// All that the leader writes, it writes by this one.
supervision::child_plan ledger_of(const workplace& place,
                                  const std::shared_ptr<service_parts>& parts,
                                  const ledger::fence& by) {
  supervision::child_plan plan;
  plan.terms.name = "ledger";
  plan.start = [=](caf::actor_system& where, const supervision::find_sibling&) {
    const auto open = [=] { return ledger::open_store(place.database, by); };
    ledger::means with{open, ledger::unix_ms_now};
    with.spool = place.spool;
    with.measures = parts->measures;
    const auto who = ledger::spawn(where, std::move(with));
    parts->set_of_work(who);
    return caf::actor_cast<caf::actor>(who);
  };
  return plan;
}

supervision::child_plan queue_of(const workplace& place,
                                 const std::shared_ptr<service_parts>& parts, const services& now,
                                 const std::shared_ptr<blobs::loan_book>& loans) {
  supervision::child_plan queue;
  queue.terms.name = "queue";
  queue.start = [=](caf::actor_system& where, const supervision::find_sibling&) {
    queue::means with;
    with.find_ledger = now.find_ledger;
    with.find_reader = now.find_reader;
    with.dispatch = now.dispatch;
    with.unix_ms = ledger::unix_ms_now;
    with.plan = [place, parts, now, loans](const ledger::job& what) {
      auto plan = plan_of(place.settings, place.jobs, what, *parts->uploads);
      plan.around.earlier.reader = now.find_reader();
      plan.around.earlier.digest = parts->find_digest();
      plan.around.loans = loans;
      plan.around.node = parts->nodes->me().at.node;
      if (place.stores.store)
        plan.around.find_storekeeper = [parts] { return parts->storekeeper.find(); };
      return plan;
    };
    with.start_job = [](caf::actor_system& home, const queue::work_plan& plan) {
      return job::spawn(home, plan.what, plan.around);
    };
    with.deliver = [parts](const ledger::document& what) {
      if (const auto courier = parts->courier.find())
        caf::anon_send(courier, courier::tell{what});
    };
    with.count = [parts](const std::string& job_id, const std::string& tenant) {
      if (const auto survey = parts->find_survey())
        caf::anon_send(survey, survey::count{job_id, tenant});
    };
    with.jobs = parts->jobs;
    with.live = parts->live;
    with.feed = parts->feed;
    with.measures = parts->measures;
    with.tenants = parts->tenants;
    with.terms = terms_of(place.settings);
    with.terms.uploads = [watch = std::make_shared<upload_watch>(parts->uploads)](
                             std::uint32_t number) { return watch->standing_of(number); };
    with.terms.kept = [parts](const std::string& tenant) {
      return parts->kept->bytes_of(tenant) + parts->uploads->book.bytes_of(tenant);
    };
    with.seed = std::random_device{}();
    const auto who = queue::spawn(where, std::move(with));
    parts->set(who);
    return caf::actor_cast<caf::actor>(who);
  };
  return queue;
}

supervision::child_plan schedule_of(const std::shared_ptr<service_parts>& parts,
                                    const services& now) {
  supervision::child_plan schedule;
  schedule.terms.name = "schedule";
  schedule.start = [=](caf::actor_system& where, const supervision::find_sibling&) {
    schedule::means with;
    with.find_ledger = now.find_ledger;
    with.find_reader = now.find_reader;
    with.find_queue = [parts] { return parts->find_queue(); };
    with.new_job_id = ledger::new_job_id;
    with.unix_ms = ledger::unix_ms_now;
    const auto who = schedule::spawn(where, std::move(with));
    parts->set(who);
    return caf::actor_cast<caf::actor>(who);
  };
  return schedule;
}

/// The rules against private addresses are those of sources.
net::fetch_limits webhook_limits(const conf::source_settings& from) {
  constexpr std::chrono::seconds answer_within{15};
  net::fetch_limits limits;
  limits.allow_private_addresses = from.allow_private_addresses;
  limits.allowed_networks = from.allowed_networks;
  limits.authorities = from.authorities;
  limits.connect_timeout = std::chrono::seconds{from.connect_timeout_s};
  limits.answer_timeout = answer_within;
  return limits;
}

supervision::child_plan courier_of(const workplace& place,
                                   const std::shared_ptr<service_parts>& parts,
                                   const services& now) {
  supervision::child_plan courier;
  courier.terms.name = "courier";
  courier.start = [=](caf::actor_system& where, const supervision::find_sibling&) {
    courier::means with;
    with.find_ledger = now.find_ledger;
    with.find_reader = now.find_reader;
    with.unix_ms = ledger::unix_ms_now;
    with.steady_ms = resources::steady_ms_now;
    with.measures = parts->measures;
    with.secrets =
        [keys = std::make_shared<net::webhook_keys>(place.webhook_keys, place.webhook_secret)](
            const std::string& tenant) { return keys->secrets_of(tenant); };
    with.post = [limits = webhook_limits(place.settings.source)](const std::string& url,
                                                                 const net::letter& what) {
      const std::atomic<bool> never{false};
      return net::post(url, what, limits, never);
    };
    with.seed = std::random_device{}();
    const auto who = courier::spawn(where, std::move(with));
    parts->courier.set(who);
    return caf::actor_cast<caf::actor>(who);
  };
  return courier;
}

supervision::child_plan digest_of(const std::shared_ptr<service_parts>& parts) {
  supervision::child_plan digest;
  digest.terms.name = "digest";
  digest.start = [=](caf::actor_system& where, const supervision::find_sibling&) {
    const auto who = digest::spawn(where);
    parts->set(who);
    return caf::actor_cast<caf::actor>(who);
  };
  return digest;
}

supervision::child_plan survey_of(const workplace& place,
                                  const std::shared_ptr<service_parts>& parts,
                                  const services& now) {
  supervision::child_plan survey;
  survey.terms.name = "survey";
  survey.start = [=](caf::actor_system& where, const supervision::find_sibling&) {
    survey::means with;
    with.find_ledger = now.find_ledger;
    with.find_reader = now.find_reader;
    with.unix_ms = ledger::unix_ms_now;
    with.jobs = place.jobs;
    with.book = parts->kept;
    with.take_up_uploads = [parts] { parts->uploads->take_up(); };
    const auto who = survey::spawn(where, std::move(with));
    parts->set(who);
    return caf::actor_cast<caf::actor>(who);
  };
  return survey;
}

supervision::child_plan storekeeper_of(const workplace& place,
                                       const std::shared_ptr<service_parts>& parts,
                                       const services& now, const std::function<bool()>& leads) {
  supervision::child_plan storekeeper;
  storekeeper.terms.name = "storekeeper";
  storekeeper.start = [=](caf::actor_system& where, const supervision::find_sibling&) {
    storekeeper::means with;
    with.find_ledger = now.find_ledger;
    with.find_reader = now.find_reader;
    with.unix_ms = ledger::unix_ms_now;
    with.steady_ms = resources::steady_ms_now;
    with.connect = place.stores.store;
    with.connect_fallback = place.stores.fallback;
    with.fallback_name = place.stores.fallback_name;
    with.leads = leads;
    with.jobs = place.jobs;
    with.passing = place.passing;
    with.measures = parts->measures;
    with.terms.drops_copies = place.settings.artefacts.local_copies == "drop";
    with.seed = std::random_device{}();
    const auto who = storekeeper::spawn(where, std::move(with));
    parts->storekeeper.set(who);
    return caf::actor_cast<caf::actor>(who);
  };
  return storekeeper;
}

/// Whether STOREKEEPER has noted that a job's results are to be removed from the store. Blocks.
bool erase_in_store(caf::actor_system& system, const service_parts& parts, const std::string& id) {
  const auto keeper = parts.storekeeper.find();
  bool noted = false;
  if (keeper)
    caf::scoped_actor {
      system
      } -> request(keeper, 5s, storekeeper::erase{id})
          .receive([&](const storekeeper::remembered& it) { noted = it.ok; },
                   [](const caf::error&) {});
  return noted;
}

supervision::child_plan sweep_of(const workplace& place,
                                 const std::shared_ptr<service_parts>& parts,
                                 const ledger::fence& by) {
  supervision::child_plan sweep;
  sweep.terms.name = "sweep";
  sweep.start = [=](caf::actor_system& where, const supervision::find_sibling&) {
    sweep::means with;
    with.open = [=] { return ledger::open_store(place.database, by); };
    with.unix_ms = ledger::unix_ms_now;
    with.removed = [parts](const std::string& job_id) {
      if (const auto survey = parts->find_survey())
        caf::anon_send(survey, survey::forget{job_id});
    };
    if (place.stores.store)
      with.erase_in_store = [parts, &where](const std::string& job_id) {
        return erase_in_store(where, *parts, job_id);
      };
    with.jobs = place.jobs;
    with.keep = std::chrono::days{place.settings.service.keep_days};
    with.keep_audit = std::chrono::days{place.settings.service.keep_audit_days};
    return caf::actor_cast<caf::actor>(sweep::spawn(where, std::move(with)));
  };
  return sweep;
}

supervision::child_plan membership_of(const std::shared_ptr<service_parts>& parts,
                                      const services& now, const ledger::fence& by,
                                      const lending& lent, std::chrono::seconds quarantine) {
  supervision::child_plan membership;
  membership.terms.name = "membership";
  membership.start = [=](caf::actor_system& where, const supervision::find_sibling&) {
    auto with = now.membership(lent);
    const auto me = parts->nodes->me();
    with.node = me.at.node;
    with.incarnation = me.incarnation;
    with.epoch = by.lease.epoch;
    with.quarantine_ms = std::chrono::milliseconds{quarantine}.count();
    with.end_process = parts->end_process;
    with.find_ledger = now.find_ledger;
    with.find_reader = now.find_reader;
    with.unix_ms = ledger::unix_ms_now;
    with.book = parts->nodes;
    const auto who = membership::spawn(where, now.dispatch, std::move(with));
    parts->set(membership::operators_side{who});
    return caf::actor_cast<caf::actor>(who);
  };
  return membership;
}

supervision::child_plan watch_of(const watch_plan& what,
                                 const std::shared_ptr<service_parts>& parts, const services& now) {
  supervision::child_plan watch;
  watch.terms.name = "watch";
  watch.start = [=](caf::actor_system& where, const supervision::find_sibling&) {
    watch::means with;
    with.find_ledger = now.find_ledger;
    with.find_reader = now.find_reader;
    with.find_queue = [parts] { return parts->find_queue(); };
    with.new_job_id = ledger::new_job_id;
    with.unix_ms = ledger::unix_ms_now;
    with.steady_ms = resources::steady_ms_now;
    with.folder = what.folder;
    with.job = what.job;
    with.by.settle_ms = what.settle.count();
    with.every = std::clamp<std::chrono::milliseconds>(what.settle / 2, 100ms, 1'000ms);
    return caf::actor_cast<caf::actor>(watch::spawn(where, std::move(with)));
  };
  return watch;
}

} // namespace

caf::actor start_work(caf::actor_system& system, const workplace& where,
                      const std::shared_ptr<service_parts>& parts, const services& of_node,
                      const ledger::fence& by) {
  auto now = of_node;
  now.find_ledger = [parts] { return parts->find_ledger_of_work(); };
  std::shared_ptr<blobs::loan_book> loans; // where nobody can join, nothing is lent
  if (!where.settings.cluster.listen.empty())
    loans = std::make_shared<blobs::loan_book>(by.lease.epoch);
  supervision::plan below;
  below.name = "work";
  below.budget = {10, 60s, 100ms, 5s, 30s, 20};
  const auto leads = [mark = where.mark, epoch = by.lease.epoch] {
    return membership::read_epoch(mark) <= epoch;
  };
  const lending lent{loans, leads};
  const std::chrono::seconds quarantine{where.settings.cluster.quarantine_s};
  below.children = {ledger_of(where, parts, by),  digest_of(parts),
                    survey_of(where, parts, now), queue_of(where, parts, now, loans),
                    schedule_of(parts, now),      courier_of(where, parts, now),
                    sweep_of(where, parts, by),   membership_of(parts, now, by, lent, quarantine)};
  if (where.stores.store)
    below.children.push_back(storekeeper_of(where, parts, now, leads));
  if (where.watch)
    below.children.push_back(watch_of(*where.watch, parts, now));
  const auto who = supervision::spawn_supervisor(system, std::move(below));
  parts->set_work(who);
  return caf::actor_cast<caf::actor>(who);
}

} // namespace vdoc::node
