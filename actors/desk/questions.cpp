#include "actors/desk/questions.hpp"

#include "actors/dispatch/protocol.hpp"
#include "cluster/membership/visitor_rules.hpp"
#include "cluster/resources/steady_ms.hpp"

#include <caf/actor_cast.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

namespace vdoc::front_desk {

using desk::caller;
using desk::ledger_away;
using desk::part_is_gone;
using desk::refusal;
using desk::then;
using desk::verdict;
using ledger::outcome;

namespace {

constexpr std::chrono::seconds tree_within{3};
constexpr std::chrono::seconds hosts_within{2};

/// The three parts of a node's tree, as they come in.
struct parts_of_tree {
  supervision::tree node, work;
  hosts::census census;
  int missing = 0;
};

desk::tree_branch branch_of(const supervision::branch& from, std::uint32_t below) {
  return {from.depth + below,      from.name,     from.strategy,
          from.up ? "up" : "down", from.restarts, from.last_cause};
}

desk::tree_view put_together(const parts_of_tree& parts, const std::string& node) {
  desk::tree_view view{{}, node};
  for (const auto& one : parts.node.branches) {
    view.branches.push_back(branch_of(one, 0));
    if (one.name == "hosts")
      for (const auto& host : parts.census.hosts)
        view.branches.push_back({one.depth + 1, host.host_id, "", to_string(host.phase),
                                 host.restarts, host.last_cause});
    if (one.name == "leader")
      for (const auto& below : parts.work.branches)
        view.branches.push_back(branch_of(below, one.depth + 1));
  }
  return view;
}

std::vector<desk::node_view> nodes_of(const means& with) {
  return with.nodes ? with.nodes() : std::vector<desk::node_view>{};
}

/// What media hosts use, by their names in the cluster.
std::map<std::string, resources::host_use> uses_of(const std::vector<desk::node_view>& nodes) {
  std::map<std::string, resources::host_use> all;
  for (const auto& node : nodes)
    if (node.load)
      for (const auto& one : node.load->hosts)
        all[node.asked ? one.host : membership::visitor_name(node.at.node, one.host)] = one;
  return all;
}

std::string own_name(const means& with) {
  for (const auto& one : nodes_of(with))
    if (one.asked)
      return one.at.node;
  return {};
}

/// The replica, if there is one, then the database that jobs are written into.
std::vector<ledger::reader> readers_of(const means& with) {
  std::vector<ledger::reader> all;
  for (const auto& one : {with.find_lister(), with.find_reader()})
    if (one && (all.empty() || all.front() != one))
      all.push_back(one);
  return all;
}

/// Gives the first answer that will do, or the last one. All but the last have `patience`.
template <class Answer, class Question, class Test>
void ask_in_turn(actor::pointer self, std::vector<ledger::reader> from, const Question& what,
                 std::chrono::milliseconds patience, Test will_do, const then<Answer>& answer) {
  if (from.empty())
    return;
  const auto first = from.front();
  from.erase(from.begin());
  const auto next = [=] { ask_in_turn<Answer>(self, from, what, patience, will_do, answer); };
  const bool is_last = from.empty();
  self->request(first, is_last ? within : patience, what)
      .then(
          [=](const Answer& it) {
            if (is_last || will_do(it))
              answer(it);
            else
              next();
          },
          [=](const caf::error&) {
            if (!is_last)
              return next();
            Answer none;
            none.result = outcome::store_down;
            none.trouble = "it does not answer";
            answer(std::move(none));
          });
}

} // namespace

void find_visible(actor::pointer self, const means& with, const caller& who,
                  const std::string& job_id, const found_job& then) {
  const auto reader = with.find_reader();
  if (!reader)
    return then(part_is_gone(), {});
  self->request(reader, within, ledger::find_job{job_id})
      .then(
          [=](const ledger::found& it) {
            if (it.result == outcome::store_down)
              return then(ledger_away(it.trouble), {});
            if (it.result != outcome::done || !who.sees(it.what.what.tenant))
              return then({refusal::not_found, "there is no job " + job_id, "", 0}, {});
            then({}, it.what);
          },
          [=](const caf::error&) { then(part_is_gone(), {}); });
}

void read_list(actor::pointer self, const means& with, const ledger::list_jobs& what,
               const then<ledger::job_page>& answer) {
  ask_in_turn<ledger::job_page>(
      self, readers_of(with), what, within,
      [](const ledger::job_page& page) { return page.result == outcome::done; }, answer);
}

void read_history(actor::pointer self, const means& with, const ledger::job_record& of,
                  const then<ledger::history>& answer) {
  constexpr std::chrono::milliseconds of_replica{900}; // three questions within ten seconds
  const auto is_whole = [last = of.last_sequence](const ledger::history& it) {
    return it.result == outcome::done && !it.events.empty() && it.events.back().sequence >= last;
  };
  ask_in_turn<ledger::history>(self, readers_of(with), ledger::read_history{of.what.id}, of_replica,
                               is_whole, answer);
}

void read_overview(actor::pointer self, const means& with, const desk::then<desk::overview>& then) {
  const auto queue = with.find_queue();
  if (!queue)
    return;
  self->request(queue, within, queue::look{})
      .then(
          [then, complete = with.complete, nodes = with.nodes](desk::overview& all) {
            if (complete)
              all.tenants = complete(std::move(all.tenants));
            if (nodes)
              all.nodes = nodes();
            then(std::move(all));
          },
          [](const caf::error&) {});
}

void read_tree(actor::pointer self, const means& with, const then<desk::tree_view>& then) {
  const auto parts = std::make_shared<parts_of_tree>();
  const auto [root, work] =
      with.find_trees ? with.find_trees() : std::pair<supervision::actor, supervision::actor>{};
  const auto keeper = with.find_hosts ? with.find_hosts() : hosts::actor{};
  if (!root)
    return then({part_is_gone(), {}});
  parts->missing = 1 + (work ? 1 : 0) + (keeper ? 1 : 0);
  const auto one_is_in = [parts, then, node = own_name(with)] {
    if (--parts->missing == 0)
      then(put_together(*parts, node));
  };
  const auto take = [&](const supervision::actor& from, supervision::tree parts_of_tree::*as) {
    self->request(from, tree_within, supervision::look{})
        .then(
            [parts, as, one_is_in](const supervision::tree& seen) {
              (*parts).*as = seen;
              one_is_in();
            },
            [one_is_in](const caf::error&) { one_is_in(); });
  };
  take(root, &parts_of_tree::node);
  if (work)
    take(work, &parts_of_tree::work);
  if (keeper)
    self->request(keeper, tree_within, hosts::look{})
        .then(
            [parts, one_is_in](const hosts::census& seen) {
              parts->census = seen;
              one_is_in();
            },
            [one_is_in](const caf::error&) { one_is_in(); });
}

void read_hosts(actor::pointer self, const means& with, const desk::then<desk::host_views>& then) {
  const auto root = with.find_trees ? with.find_trees().first : supervision::actor{};
  const auto gone = [then](const caf::error&) { then({part_is_gone(), {}}); };
  if (!root)
    return then({part_is_gone(), {}});
  self->request(root, hosts_within, supervision::whereis{"engine/dispatch"})
      .then(
          [=, node = own_name(with), nodes = nodes_of(with),
           unix_ms = with.unix_ms](const supervision::whereabouts& at) {
            if (!at.child)
              return then({part_is_gone(), {}});
            self->request(caf::actor_cast<dispatch::actor>(at.child), hosts_within,
                          dispatch::look_at_hosts{})
                .then(
                    [=](const dispatch::host_loads& seen) {
                      then({{}, node, unix_ms(), seen, uses_of(nodes)});
                    },
                    gone);
          },
          gone);
}

std::vector<desk::node_view> with_slots(std::vector<desk::node_view> nodes,
                                        const desk::host_views& seen) {
  std::map<std::string, desk::heavy_slots> all;
  for (const auto& one : seen.all.hosts) {
    auto& sum = all[one.node.empty() ? seen.node : one.node]; // where nodes have no names
    sum.taken += one.taken.at(static_cast<std::size_t>(dispatch::slot::heavy));
    sum.of += one.capacity.heavy;
  }
  for (auto& one : nodes)
    if (const auto found = all.find(one.at.node); found != all.end())
      one.slots = found->second;
  return nodes;
}

desk::verdict check_reset(const means& with, const std::string& name) {
  if (name == "ledger")
    return {desk::refusal::conflict, "the ledger's breaker closes as soon as the database answers",
            "see to the database", 0};
  const auto known = with.measures->queues().second;
  if (std::ranges::none_of(known, [&](const auto& it) { return it.name == name; }))
    return {desk::refusal::not_found, "there is no breaker " + name,
            "see GET /api/v1/cluster/breakers or `video-doc cluster breakers`", 0};
  return {};
}

desk::breaker_views breakers_of(const means& with) {
  desk::breaker_views seen{{}, own_name(with)};
  const auto now_unix = with.unix_ms();
  const auto now_steady = resources::steady_ms_now();
  const auto to_unix = [&](std::int64_t steady_ms) {
    return steady_ms == 0 ? 0 : now_unix + (steady_ms - now_steady);
  };
  for (const auto& one : with.measures->queues().second)
    seen.all.push_back({one.name, one.state, one.failures, to_unix(one.since_ms),
                        to_unix(one.next_ms), one.waiting, one.holds});
  return seen;
}

} // namespace vdoc::front_desk
