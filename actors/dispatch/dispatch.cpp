#include "actors/dispatch/spawn.hpp"
#include "actors/supervision/supervisor.hpp"
#include "cluster/dispatch/slot_rules.hpp"
#include "cluster/resources/measures.hpp"
#include "cluster/resources/steady_ms.hpp"
#include "net/log/log.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace vdoc::dispatch {

namespace {

using lost_atom = caf::atom_constant<caf::atom("lost")>;
using wake_atom = caf::atom_constant<caf::atom("wake")>;
using stock_atom = caf::atom_constant<caf::atom("stock")>;

/// A host whose connection broke, if HOSTS has not said more by now. A rate may let go. Measures
/// are due.
using inner_actor = actor::extend<caf::reacts_to<lost_atom, std::string, std::string>,
                                  caf::reacts_to<wake_atom>, caf::reacts_to<stock_atom>>;

/// HOSTS sees how a process ended a little later than we see that its connection is gone.
constexpr std::chrono::seconds wait_for_the_cause{3};
constexpr std::chrono::milliseconds measured_every{500};
constexpr std::size_t most_missed = 1'000;

struct known_host {
  std::string incarnation;
  std::string node;
  node::stage_handles stages;
  caf::actor_addr agent;
};

struct dispatch_state {
  static inline const char* name = "DISPATCH";
  slot_rules rules;
  std::map<std::string, client> askers; ///< by task
  std::map<std::string, known_host> hosts;
  std::set<caf::actor_addr> watched;         ///< askers
  std::shared_ptr<resources::measures> into; ///< may be null
  std::map<std::string, std::string> nodes;  ///< of all hosts that there ever were, by name
  node_judge judge;
  std::vector<bad_node> bad;    ///< not told yet
  std::set<std::string> missed; ///< jobs that nobody offers what they need, as was said
  std::int64_t wake_ms = 0;     ///< 0: not set
  bool stock_due = false;
  bool lacks_others = false; ///< as was said
};

using self_pointer = inner_actor::stateful_pointer<dispatch_state>;

std::int64_t now_ms(self_pointer self) {
  return resources::steady_ms(self->clock().now());
}

/// The rules, which know what time it is.
slot_rules& rules_now(self_pointer self) {
  self->state.rules.it_is(now_ms(self));
  return self->state.rules;
}

/// To be called after everything that was told to the rules.
void set_timers(self_pointer self) {
  auto& state = self->state;
  if (state.into && !std::exchange(state.stock_due, true))
    self->delayed_send(self, measured_every, stock_atom::value);
  const auto wait = state.rules.wake_in_ms();
  if (!wait)
    return;
  const auto at = now_ms(self) + *wait;
  if (state.wake_ms != 0 && state.wake_ms <= at)
    return;
  state.wake_ms = at;
  self->delayed_send(self, std::chrono::milliseconds{*wait}, wake_atom::value);
}

/// A task has another id with each attempt: "<job>/encode/12.0#3", and its twin "…#3~".
std::string_view work_of(const std::string& task_id) {
  return std::string_view{task_id}.substr(0, task_id.rfind('#'));
}

void judge(self_pointer self, const slot_free& over) {
  auto& state = self->state;
  const auto host = state.hosts.find(state.rules.host_of(over.task_id));
  if (host == state.hosts.end() || over.how == task_end::unsaid)
    return;
  const auto& node = host->second.node;
  if (over.how == task_end::failed)
    return state.judge.failed(work_of(over.task_id), node, over.cause, now_ms(self));
  for (auto& one : state.judge.succeeded(work_of(over.task_id), node, now_ms(self)))
    if (std::ranges::find(state.bad, one.node, &bad_node::node) == state.bad.end())
      state.bad.push_back(std::move(one));
}

void judge(self_pointer self, const slot_lost& gone) {
  auto& state = self->state;
  const bool is_suspect = gone.loss.blames_work() && !gone.beside_heavy;
  if (const auto host = state.hosts.find(gone.host); is_suspect && host != state.hosts.end())
    state.judge.failed(work_of(gone.task), host->second.node, gone.loss.cause, now_ms(self));
}

/// One that nobody else could do the work of is not told: it is better than none.
bad_nodes tell_bad_nodes(self_pointer self) {
  auto& state = self->state;
  bad_nodes told;
  while (told.all.empty() && !state.bad.empty()) {
    if (state.rules.others_can_do_work_of(state.bad.back().node))
      told.all.push_back(std::move(state.bad.back()));
    state.bad.pop_back();
  }
  return told;
}

/// A node that leads is cordoned, and jobs wait: somebody should know.
void say_if_jobs_wait(self_pointer self) {
  auto& state = self->state;
  const bool they_do = state.rules.lacks_others();
  if (std::exchange(state.lacks_others, they_do) == they_do)
    return;
  if (they_do)
    log::say(log::level::warning, "jobs wait",
             {{"cause", "the node that leads is cordoned, and no other one transcodes"}});
  else
    log::say(log::level::normal, "jobs wait no more for nodes that are not cordoned");
}

void count_twin(self_pointer self, const char* what) {
  if (self->state.into)
    self->state.into->twins.of({what}).add();
}

/// The only place where DISPATCH talks to JOBs.
void carry_out(self_pointer self, const effects& todo) {
  auto& state = self->state;
  for (const auto& each : todo) {
    if (const auto* given = std::get_if<slot_given>(&each)) {
      if (!given->twin_of.empty()) {
        state.askers.emplace(given->task, state.askers.at(given->twin_of));
        count_twin(self, "started");
      }
      self->send(state.askers.at(given->task),
                 granted{given->task, given->host, state.hosts.at(given->host).stages,
                         state.rules.slots_of(slot::heavy), given->twin_of});
    } else {
      const auto& gone = std::get<slot_lost>(each);
      judge(self, gone);
      if (const auto asker = state.askers.extract(gone.task))
        self->send(asker.mapped(), revoked{gone.task, gone.host, gone.loss, gone.beside_heavy});
    }
  }
  set_timers(self);
  say_if_jobs_wait(self);
}

void take_stock(self_pointer self) {
  auto& state = self->state;
  state.stock_due = false;
  std::vector<resources::queue_reading> all;
  for (const auto& it : rules_now(self).stages())
    all.push_back({queue_of(it.kind), it.terms.paused, 0, it.waiting, it.running,
                   it.oldest_age_ms > 0 ? now_ms(self) - it.oldest_age_ms : 0, 0});
  state.into->set_stages(std::move(all));
}

void forget(self_pointer self, const std::string& task, bool is_over) {
  self->state.askers.erase(task);
  auto& rules = rules_now(self);
  carry_out(self, is_over ? rules.finish(task) : rules.withdraw({task}));
}

void take_up(self_pointer self, const host_up& up) {
  auto& state = self->state;
  auto& host = state.hosts[up.host_id];
  if (host.incarnation == up.incarnation)
    return;
  host = {up.incarnation, up.place.node, up.stages, caf::actor_cast<caf::actor_addr>(up.agent)};
  state.nodes[up.host_id] = up.place.node;
  if (up.agent)
    self->monitor(up.agent);
  carry_out(self, rules_now(self).host_up(up.host_id, up.capacity, up.place));
}

void take_down(self_pointer self, const host_down& down) {
  auto& state = self->state;
  const auto host = state.hosts.find(down.host_id);
  if (host == state.hosts.end() || host->second.incarnation != down.incarnation)
    return;
  const auto todo = rules_now(self).host_down(down.host_id, down.loss);
  carry_out(self, todo);
  state.hosts.erase(host);
}

void somebody_is_down(self_pointer self, const caf::actor_addr& who) {
  auto& state = self->state;
  for (const auto& [id, host] : state.hosts)
    if (host.agent == who)
      self->delayed_send(self, wait_for_the_cause, lost_atom::value, id, host.incarnation);
  if (state.watched.erase(who) == 0)
    return;
  std::vector<std::string> orphans;
  std::erase_if(state.askers, [&](const auto& each) {
    if (each.second.address() != who)
      return false;
    orphans.push_back(each.first);
    return true;
  });
  carry_out(self, rules_now(self).withdraw(orphans));
}

/// It waits for a host that may never come: somebody should know.
void say_if_nobody_offers(self_pointer self, const task& what) {
  auto& state = self->state;
  if (what.needs.empty() || state.rules.may_run_elsewhere(what))
    return;
  if (state.missed.size() >= most_missed) // some are said once more then
    state.missed.clear();
  if (!state.missed.insert(what.job).second)
    return;
  std::string words;
  for (const auto& one : what.needs)
    words += (words.empty() ? "" : ", ") + one;
  log::say(log::level::warning, "no media host offers what a job needs, so it waits",
           {{"job", what.job}, {"needs", words}});
}

void take_wish(self_pointer self, const want_slot& wish) {
  auto& state = self->state;
  if (!wish.asker || state.askers.contains(wish.task_id))
    return;
  if (state.watched.insert(wish.asker.address()).second)
    self->monitor(wish.asker);
  state.askers.emplace(wish.task_id, wish.asker);
  const auto failed_at = state.nodes.find(wish.failed_at);
  task what{wish.task_id, wish.job_id, wish.kind,  wish.priority, wish.index, wish.affinity,
            wish.tenant,  wish.haste,  wish.needs, wish.near,     wish.cost};
  what.kept = wish.kept;
  what.maybe_elsewhere = wish.maybe_elsewhere;
  say_if_nobody_offers(self, what);
  if (failed_at != state.nodes.end())
    what.avoid = failed_at->second;
  carry_out(self, rules_now(self).want(what));
}

load count(const slot_rules& rules) {
  return {static_cast<std::uint32_t>(rules.waiting()), static_cast<std::uint32_t>(rules.granted()),
          static_cast<std::uint32_t>(rules.hosts()), rules.slots_of(slot::heavy)};
}

inner_actor::behavior_type dispatch(self_pointer self, const terms& by) {
  self->state.into = by.into;
  if (by.twins)
    self->state.rules.double_stragglers();
  for (const auto& [tenant, share] : by.tenant_shares)
    self->state.rules.set_share(tenant, share);
  self->set_exception_handler(
      [](std::exception_ptr& thrown) { return supervision::explain(thrown); });
  self->set_down_handler(
      [self](const caf::down_msg& down) { somebody_is_down(self, down.source); });
  return {
      [self](const want_slot& wish) { take_wish(self, wish); },
      [self](const slot_free& over) {
        judge(self, over);
        if (over.how == task_end::done && self->state.rules.is_twin(over.task_id))
          count_twin(self, "won");
        forget(self, over.task_id, true);
      },
      [self](const withdraw& unwanted) { forget(self, unwanted.task_id, false); },
      [self](const host_up& up) { take_up(self, up); },
      [self](const host_down& down) { take_down(self, down); },
      [self](const host_drains& drains) {
        carry_out(self, self->state.rules.host_drains(drains.host_id));
        return drained{self->state.rules.idle(drains.host_id)};
      },
      [self](const close_nodes& it) {
        carry_out(self, rules_now(self).close_nodes(it.nodes, it.light));
      },
      [self](const find_bad_nodes&) { return tell_bad_nodes(self); },
      [self](const forgive_node& it) { self->state.judge.forgive(it.node); },
      [self](const look&) { return count(self->state.rules); },
      [self](const set_stage& what) {
        carry_out(self, rules_now(self).set_stage(what.kind, what.terms));
      },
      [self](const set_share& what) { rules_now(self).set_share(what.tenant, what.share); },
      [self](const look_at_stages&) { return stage_list{rules_now(self).stages()}; },
      [self](const look_at_hosts&) { return rules_now(self).loads(); },
      [self](lost_atom, const std::string& host, const std::string& incarnation) {
        take_down(self, {host, incarnation, {host_end::lost, "the connection broke"}});
      },
      [self](wake_atom) {
        self->state.wake_ms = 0;
        carry_out(self, rules_now(self).go_on());
      },
      [self](stock_atom) { take_stock(self); },
  };
}

} // namespace

actor spawn(caf::actor_system& system, const terms& by) {
  return system.spawn(dispatch, by);
}

} // namespace vdoc::dispatch
