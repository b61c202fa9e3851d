#include "actors/membership/shell.hpp"
#include "cluster/desk/submission.hpp"
#include "net/log/log.hpp"

#include <caf/typed_response_promise.hpp>

#include <algorithm>
#include <chrono>
#include <set>

/// MEMBERSHIP towards operators: what they order of nodes is written before it is done, and read by
/// the next leader.
namespace vdoc::membership {

namespace {

using namespace std::chrono_literals;
using desk::node_action;
using desk::refusal;
using desk::verdict;

constexpr auto commit_within = 4s;
constexpr auto until_the_answer_is_out = 200ms;
constexpr const char* may_lead = "leader-candidate";

verdict not_now(std::string what) {
  return {refusal::busy, std::move(what), "try again", 1'000};
}

std::vector<desk::node_view> views(const membership_state& state) {
  return state.with.book ? state.with.book->all() : std::vector<desk::node_view>{};
}

/// The process of that name that is there; "" when none is.
std::string process_of(const membership_state& state, const std::string& node) {
  if (node == state.with.node)
    return state.with.incarnation;
  if (const auto* it = state.members->find(node); it != nullptr && it->admission != 0)
    return it->what.incarnation;
  for (const auto& one : views(state))
    if (one.at.node == node && one.here)
      return one.incarnation;
  return {};
}

bool somebody_else_may_lead(const membership_state& state) {
  return std::ranges::any_of(views(state), [&](const desk::node_view& one) {
    return one.here && !one.asked && std::ranges::find(one.roles, may_lead) != one.roles.end() &&
           state.members->orders_of(one.at.node).none();
  });
}

verdict check_name(const membership_state& state, const std::string& node) {
  if (node == state.with.node || state.members->find(node) != nullptr)
    return {};
  std::string names;
  for (const auto& one : views(state)) {
    if (one.at.node == node)
      return {};
    names += (names.empty() ? "" : ", ") + one.at.node;
  }
  return {refusal::not_found, "no node is called " + node, "the nodes are: " + names, 0};
}

verdict check(const membership_state& state, const desk::node_change& what) {
  if (!state.orders_known)
    return not_now("what is ordered of nodes is still being read");
  auto how = check_name(state, what.node);
  if (!how.ok() || what.what != node_action::drain)
    return how;
  if (process_of(state, what.node).empty())
    return {refusal::conflict, "node " + what.node + " is not there, so there is nothing to drain",
            "cordon it, so that it gets nothing when it comes", 0};
  if (what.node == state.with.node && !somebody_else_may_lead(state))
    return {refusal::conflict, "node " + what.node + " leads, and no other node may lead",
            "start another one on its database first, or stop this one", 0};
  return {};
}

node_orders changed_by(const membership_state& state, const order_node& asked) {
  auto all = state.members->orders_of(asked.what.node);
  node_order order{asked.what.cause, asked.by, state.with.unix_ms(), {}};
  switch (asked.what.what) {
  case node_action::cordon:
    all.cordon = std::move(order);
    break;
  case node_action::drain:
    order.incarnation = process_of(state, asked.what.node);
    all.drain = std::move(order);
    break;
  case node_action::uncordon:
    all = {};
    break;
  }
  return all;
}

/// This process ends in good order, when whoever has asked has the answer.
void end_if_drained(self_pointer self) {
  const auto& state = self->state;
  const auto own = state.members->orders_of(state.with.node).drain;
  if (own && own->incarnation == state.with.incarnation && state.with.end_process)
    self->delayed_send(self, until_the_answer_is_out, end_process{});
}

/// The node's, and those of its media hosts.
std::vector<std::string> offers_of(const membership_state& state, const member& it) {
  std::set<std::string> all{it.what.offers.begin(), it.what.offers.end()};
  for (const auto& [name, host] : state.hosts)
    if (host.node == it.what.node)
      all.insert(host.said.offers.begin(), host.said.offers.end());
  return {all.begin(), all.end()};
}

/// As the others see it.
desk::node_view view_of(self_pointer self, const member& it) {
  const auto& state = self->state;
  desk::node_view view;
  view.at.node = it.what.node;
  view.incarnation = it.what.incarnation;
  view.version = it.what.version;
  view.roles = {"worker"};
  view.offers = offers_of(state, it);
  view.oldest_protocol = it.what.speaks.oldest;
  view.newest_protocol = it.what.speaks.newest;
  if (const auto known = state.nodes.find(it.what.node); known != state.nodes.end())
    view.load = known->second.load;
  view.here = it.admission != 0;
  view.state = to_string(it.state);
  view.reason = it.reason;
  view.state_since_unix_ms = state.with.unix_ms() - (now_ms(self) - it.since_ms);
  const auto orders = state.members->orders_of(it.what.node);
  if (orders.quarantine)
    view.quarantine = orders.quarantine->why;
  if (orders.none())
    return view;
  view.by = orders.first()->by;
  if (view.here)
    view.state_since_unix_ms = orders.first()->since_unix_ms;
  else
    view.reason += "; " + also_ordered(orders);
  return view;
}

/// What DISPATCH calls it: our own hosts may have no node's name.
void forgive(self_pointer self, const std::string& node) {
  self->send(self->state.dispatch, dispatch::forgive_node{node});
  if (node == self->state.with.node)
    self->send(self->state.dispatch, dispatch::forgive_node{""});
}

void apply(self_pointer self, const order_node& asked, const node_orders& all) {
  const auto& what = asked.what;
  log::say(log::level::normal, to_string(what.what) + " is ordered of a node",
           {{"member", what.node}, {"by", asked.by}, {"cause", what.cause}});
  if (what.what == node_action::uncordon)
    forgive(self, what.node);
  carry_out(self, self->state.members->order(what.node, all, now_ms(self)));
  tell_how_all_are(self);
  end_if_drained(self);
}

/// Orders that nobody has given: written, then applied.
void order_by_ourselves(self_pointer self, const std::string& node, const node_orders& all,
                        const std::string& words) {
  auto& state = self->state;
  const auto ledger = state.with.find_ledger();
  if (!ledger || !state.under_way.insert(node).second)
    return;
  ledger::write what;
  what.documents.push_back(to_document(node, all));
  self->request(ledger, commit_within, std::move(what))
      .then(
          [=](const ledger::all_written& how) {
            self->state.under_way.erase(node);
            if (how.documents.at(0).result != ledger::outcome::done)
              return; // what leads to it will be found again
            log::say(log::level::warning, words,
                     {{"member", node}, {"cause", all.quarantine ? all.quarantine->why : ""}});
            if (!all.quarantine)
              forgive(self, node);
            carry_out(self, self->state.members->order(node, all, now_ms(self)));
            tell_how_all_are(self);
          },
          [self, node](const caf::error&) { self->state.under_way.erase(node); });
}

void quarantine(self_pointer self, const dispatch::bad_node& bad) {
  const auto& state = self->state;
  const auto node = bad.node.empty() ? state.with.node : bad.node;
  auto all = state.members->orders_of(node);
  if (all.quarantine)
    return;
  all.quarantine = node_order{bad.evidence, {}, state.with.unix_ms(), {}};
  order_by_ourselves(self, node, all, "node is quarantined: its work fails where others succeed");
}

} // namespace

/// What only this node can do it goes on with under a cordon: sources are read, and results put
/// together, where the leader is.
static dispatch::close_nodes closed_nodes(const membership_state& state) {
  const auto names = state.members->closed();
  dispatch::close_nodes closed{{names.begin(), names.end()}};
  const auto& me = state.with.node;
  if (!closed.nodes.contains(me))
    return closed;
  const auto orders = state.members->orders_of(me);
  const bool is_cordoned = orders.cordon && !orders.drain && !orders.quarantine;
  auto& mine = is_cordoned ? closed.light : closed.nodes;
  if (is_cordoned)
    closed.nodes.erase(me);
  mine.insert({me, ""}); // our own hosts, where nodes have no names
  return closed;
}

/// What follows from a cordon of the node that leads, for people.
static std::string words_on_cordon(const std::string& node, bool others_work) {
  return "node " + node +
         (others_work
              ? " leads: it still reads sources and packages, and transcodes and "
                "recognises nothing"
              : " leads, and no other node transcodes: jobs wait until one does, or until " + node +
                    " is uncordoned");
}

/// Answers that it is done. Of a cordon of this node, which leads, also what follows from it.
static void tell_done(self_pointer self, caf::typed_response_promise<node_ordered> promise,
                      const desk::node_change& what) {
  auto& state = self->state;
  if (what.what != node_action::cordon || what.node != state.with.node) {
    promise.deliver(node_ordered{});
    return;
  }
  self->request(state.dispatch, 1s, dispatch::look{})
      .then(
          [=](const dispatch::load& now) mutable {
            promise.deliver(
                node_ordered{{refusal::none, "", words_on_cordon(what.node, now.heavy_slots > 0)}});
          },
          [=](const caf::error&) mutable { promise.deliver(node_ordered{}); });
}

void read_orders(self_pointer self, const std::string& after_key,
                 const std::function<void()>& end) {
  ledger::read_pages(
      self, self->state.with.find_reader, order_kind, after_key,
      [self](const std::vector<ledger::document>& page) {
        auto& members = *self->state.members;
        for (const auto& one : page)
          carry_out(self, members.order(one.key, orders_in(one), now_ms(self)));
      },
      [self, end] {
        self->state.orders_known = true;
        end();
        tell_how_all_are(self);
        end_if_drained(self);
      });
}

void write_orders(self_pointer self, const std::string& node) {
  const auto& state = self->state;
  const auto ledger = state.with.find_ledger();
  if (!ledger)
    return;
  ledger::write what;
  what.documents.push_back(to_document(node, state.members->orders_of(node)));
  // What is not written is found to be over again by the next leader.
  self->request(ledger, commit_within, std::move(what))
      .then([](const ledger::all_written&) {}, [](const caf::error&) {});
}

caf::result<node_ordered> take_order(self_pointer self, const order_node& asked) {
  auto& state = self->state;
  const auto& node = asked.what.node;
  if (auto how = check(state, asked.what); !how.ok())
    return node_ordered{std::move(how)};
  auto promise = self->make_response_promise<node_ordered>();
  const auto all = changed_by(state, asked);
  if (all == state.members->orders_of(node)) {
    tell_done(self, promise, asked.what);
    return promise;
  }
  const auto ledger = state.with.find_ledger();
  if (!ledger || !state.under_way.insert(node).second) {
    promise.deliver(node_ordered{not_now(ledger ? "another order on that node is being written"
                                                : "the ledger is being restarted")});
    return promise;
  }
  ledger::write what;
  what.documents = {to_document(node, all), asked.line};
  self->request(ledger, commit_within, std::move(what))
      .then(
          [self, promise, asked, all](const ledger::all_written& how) mutable {
            self->state.under_way.erase(asked.what.node);
            if (how.documents.at(0).result != ledger::outcome::done) {
              promise.deliver(node_ordered{not_now("the ledger is away: " + how.trouble)});
              return;
            }
            apply(self, asked, all);
            tell_done(self, promise, asked.what);
          },
          [self, promise, node](const caf::error&) mutable {
            self->state.under_way.erase(node);
            promise.deliver(node_ordered{not_now("the ledger does not answer")});
          });
  return promise;
}

void look_after_quarantines(self_pointer self) {
  auto& state = self->state;
  if (!state.orders_known || !state.under_way.empty())
    return;
  for (auto& [node, all] : state.members->orders())
    if (all.quarantine && state.with.quarantine_ms > 0 &&
        state.with.unix_ms() - all.quarantine->since_unix_ms >= state.with.quarantine_ms) {
      auto rest = all;
      rest.quarantine.reset();
      return order_by_ourselves(self, node, rest, "node is tried again after its quarantine");
    }
  self->request(state.dispatch, 1s, dispatch::find_bad_nodes{})
      .then(
          [self](const dispatch::bad_nodes& found) {
            for (const auto& one : found.all)
              quarantine(self, one);
          },
          [](const caf::error&) {}); // asked again
}

void look_for_new_processes(self_pointer self) {
  auto& members = *self->state.members;
  const auto orders = members.orders();
  if (std::ranges::none_of(orders, [](const auto& each) { return each.second.drain.has_value(); }))
    return;
  for (const auto& one : views(self->state))
    if (one.here)
      carry_out(self, members.is_elsewhere(one.at.node, one.incarnation));
}

void tell_how_all_are(self_pointer self) {
  auto& state = self->state;
  auto closed = closed_nodes(state);
  if (state.closed != closed) {
    self->send(state.dispatch, closed);
    state.closed = std::move(closed);
  }
  if (!state.with.book)
    return;
  std::vector<desk::node_view> all;
  for (const auto& it : state.members->all())
    all.push_back(view_of(self, it));
  state.with.book->leader_knows(state.members->orders(), std::move(all));
}

} // namespace vdoc::membership
