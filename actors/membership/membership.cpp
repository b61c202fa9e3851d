#include "actors/membership/identified.hpp"
#include "actors/membership/shell.hpp"
#include "actors/supervision/supervisor.hpp"
#include "cluster/membership/authority.hpp"
#include "conf/offer.hpp"
#include "net/log/log.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>

#include <algorithm>

namespace vdoc::membership {

namespace {

using namespace std::chrono_literals;

constexpr auto between_looks = 500ms;
constexpr auto patience_with_pings = 5s;
constexpr std::int64_t lately_ms = 2'000;

/// What another node sends is only as long as it has to be.
bool is_short_word(const std::string& text) {
  constexpr std::size_t longest = 80;
  return !text.empty() && text.size() <= longest && std::ranges::all_of(text, [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

bool are_offers(const std::vector<std::string>& words) {
  constexpr std::size_t most = 256;
  return words.size() <= most && std::ranges::all_of(words, conf::is_offer);
}

/// The first setting that differs, for people; "" when none does.
std::string difference(const std::vector<std::string>& ours,
                       const std::vector<std::string>& theirs) {
  for (const auto& mark : ours)
    if (std::ranges::find(theirs, mark) == theirs.end())
      return "its settings differ in what results depend on: here it is " + mark;
  return "";
}

void say_up(self_pointer self, const std::string& name) {
  const auto& host = self->state.hosts.at(name);
  dispatch::host_up up;
  up.host_id = name;
  up.incarnation = host.said.incarnation;
  up.capacity = host.said.capacity;
  // Sources are here, and may be nowhere else. What lasts as long as a job stays here as well, so
  // that a node can go within the time of a fragment. What does nothing does not travel.
  up.capacity.ingest = up.capacity.demux = up.capacity.audio = up.capacity.noop = 0;
  // What reads and writes more than it computes is done where the bytes are.
  if (host.is_far)
    up.capacity.package = up.capacity.document = 0;
  up.place.node = host.node;
  up.place.offers = self->state.members->find(host.node)->what.offers;
  up.place.offers.insert(up.place.offers.end(), host.said.offers.begin(), host.said.offers.end());
  up.stages = host.said.stages;
  up.agent = caf::actor_cast<caf::strong_actor_ptr>(host.said.who); // who tells when we cannot
  self->send(self->state.dispatch, up);
  log::say(log::level::normal, "media host takes work",
           {{"host", name}, {"files", host.is_far ? "moved" : "shared"}});
}

/// Who is known may use the data plane, and nobody else.
void share_keys(self_pointer self) {
  auto& state = self->state;
  if (!state.blobs)
    return;
  std::map<std::string, std::string> hosts;
  for (const auto& [name, host] : state.hosts)
    if (!host.blob_key.empty())
      hosts.emplace(host.blob_key, name);
  state.blobs->let_in(std::move(hosts));
}

/// The only place where DISPATCH hears of visitors.
void carry_out(self_pointer self, const visitor_effects& todo) {
  for (const auto& each : todo) {
    if (const auto* works = std::get_if<visitor_works>(&each)) {
      say_up(self, works->name);
    } else {
      const auto& lost = std::get<visitor_lost>(each);
      self->send(self->state.dispatch, dispatch::host_down{lost.name, lost.incarnation, lost.loss});
      log::say(
          log::level::warning, "media host is lost",
          {{"host", lost.name}, {"how", to_string(lost.loss.how)}, {"cause", lost.loss.cause}});
    }
  }
}

} // namespace

void carry_out(self_pointer self, const member_effects& todo) {
  auto& state = self->state;
  for (const auto& each : todo) {
    if (const auto* gone = std::get_if<lost>(&each)) {
      const auto* it = state.members->find(gone->node);
      carry_out(self, state.visitors.node_lost(gone->node, it == nullptr ? "" : it->reason));
      std::erase_if(state.hosts, [&](const auto& one) { return one.second.node == gone->node; });
      state.nodes.erase(gone->node);
      share_keys(self);
    } else if (const auto* now = std::get_if<changed>(&each)) {
      const auto* it = state.members->find(now->node);
      log::say(now->to == member_state::up ? log::level::normal : log::level::warning,
               "node is " + to_string(now->to),
               {{"member", now->node}, {"cause", it == nullptr ? "" : it->reason}});
    } else if (const auto* over = std::get_if<orders_over>(&each)) {
      write_orders(self, over->node);
    }
  }
  if (!todo.empty())
    tell_how_all_are(self);
}

namespace {

admission let_in(self_pointer self, const announce& said, std::string why) {
  auto& state = self->state;
  const auto& what = said.what;
  if (why.empty() && (!is_node_name(what.node) || !is_short_word(what.incarnation) || !said.who ||
                      !are_offers(what.offers)))
    why = "that is no announcement";
  if (why.empty())
    why = difference(state.with.marks, said.marks);
  if (!why.empty()) {
    log::say(log::level::warning, "node stays out", {{"member", what.node}, {"cause", why}});
    return {0, 0, why};
  }
  const auto todo = state.members->announced(what, now_ms(self));
  carry_out(self, todo);
  for (const auto& each : todo) {
    if (const auto* refusal = std::get_if<refused>(&each)) {
      log::say(log::level::warning, "node stays out",
               {{"member", what.node}, {"cause", refusal->why}});
      return {0, 0, refusal->why};
    }
    if (const auto* welcome = std::get_if<admitted>(&each)) {
      auto& known = state.nodes[what.node];
      if (known.who != said.who)
        self->monitor(said.who);
      if (known.incarnation != what.incarnation)
        known.load.reset();
      known.who = said.who;
      known.incarnation = what.incarnation;
      known.heard_ms = now_ms(self);
      return {welcome->admission, welcome->protocol, "",
              state.members->orders_of(what.node).drain.has_value()};
    }
  }
  return {0, 0, "it is not known"};
}

visit_answer refused(const std::string& why, bool soon = false) {
  visit_answer answer;
  answer.soon = soon;
  answer.why = why;
  return answer;
}

visit_answer greet(self_pointer self, const visit& it, const caf::actor_addr& speaker,
                   const std::string& why) {
  auto& state = self->state;
  const auto& said = it.said;
  if (!why.empty())
    return refused(why);
  const auto node = state.nodes.find(it.node);
  if (node == state.nodes.end() || node->second.incarnation != it.node_incarnation)
    return refused("its node is not here yet", true);
  if (!is_short_word(said.host_id) || !is_short_word(said.incarnation) || !said.who ||
      !are_offers(said.offers))
    return refused("that is no hello");
  const auto name = visitor_name(it.node, said.host_id);
  const bool is_new = !state.visitors.is_here(name, said.incarnation);
  carry_out(self, state.visitors.hello(it.node, said.host_id, said.incarnation, now_ms(self)));
  auto& host = state.hosts[name];
  const bool was_blind = !is_new && host.was_blind;
  host = {it.node, said, speaker, state.files->next_copy(), false, was_blind, it.blob_key, false};
  if (is_new)
    self->monitor(said.who);
  share_keys(self);
  visit_answer answer;
  answer.accepted = true;
  answer.read_from = state.files->original().string();
  answer.write_to = host.copy.string();
  if (state.blobs) {
    answer.blob_port = state.blobs->port();
    answer.blob_key = state.blobs->public_key();
  }
  return answer;
}

files_answer look_for_copy(self_pointer self, const files_seen& said) {
  auto& state = self->state;
  const auto name = visitor_name(said.node, said.host_id);
  const auto at = state.hosts.find(name);
  if (at == state.hosts.end() || at->second.said.incarnation != said.incarnation ||
      at->second.speaker != caf::actor_cast<caf::actor_addr>(self->current_sender()))
    return {false, true, "it has not said hello"};
  if (state.visitors.works(name))
    return {true, false, {}};
  // What is ordered of its node DISPATCH knows.
  if (const auto how = state.members->find(said.node)->state;
      how != member_state::up && how != member_state::cordoned && how != member_state::quarantined)
    return {false, false, "its node is " + to_string(how)};
  at->second.is_far = !said.trouble.empty() && said.reaches_blobs && state.blobs;
  if (at->second.is_far || (said.trouble.empty() && state.files->take(at->second.copy))) {
    carry_out(self, state.visitors.sees_our_files(name, said.incarnation, now_ms(self)));
    return {true, false, {}};
  }
  if (!std::exchange(at->second.was_blind, true))
    log::say(log::level::warning,
             "media host does not share our folder, and cannot fetch files, so it gets no work",
             {{"host", name},
              {"folder", state.with.folder.string()},
              {"cause", said.trouble.empty() ? "its copy is not here" : said.trouble}});
  return {false, false,
          "it does not share the leader's folder, " + state.with.folder.string() +
              ", and the data plane does not answer it"};
}

void ping_all(self_pointer self) {
  auto& state = self->state;
  for (const auto& [name, node] : state.nodes)
    self->request(node.who, patience_with_pings, hosts::ping{++state.pings})
        .then(
            [self, name = name, incarnation = node.incarnation](const hosts::pong&) {
              auto& now = self->state;
              carry_out(self, now.members->heard(name, incarnation, now_ms(self)));
              if (const auto at = now.nodes.find(name);
                  at != now.nodes.end() && at->second.incarnation == incarnation)
                at->second.heard_ms = now_ms(self);
            },
            [](const caf::error&) {}); // the rules count the silence
  for (const auto& [name, host] : state.hosts)
    self->request(host.said.who, patience_with_pings, hosts::ping{++state.pings})
        .then(
            [self, name = name, incarnation = host.said.incarnation](const hosts::pong&) {
              self->state.visitors.answered(name, incarnation, now_ms(self));
            },
            [](const caf::error&) {});
}

/// Its hosts get nothing new. Whether they have nothing left, as far as DISPATCH has said by now.
going_answer let_go(self_pointer self, const going& said) {
  auto& state = self->state;
  carry_out(self,
            state.members->goes(said.node, said.incarnation, "it is being stopped", now_ms(self)));
  bool all_idle = true;
  for (const auto& name : state.visitors.of_node(said.node)) {
    const auto host = state.hosts.find(name);
    if (host == state.hosts.end() || !state.visitors.works(name))
      continue;
    all_idle = all_idle && host->second.idle;
    self->request(state.dispatch, 1s, dispatch::host_drains{name})
        .then(
            [self, name, incarnation = host->second.said.incarnation](const dispatch::drained& it) {
              const auto at = self->state.hosts.find(name);
              if (at != self->state.hosts.end() && at->second.said.incarnation == incarnation)
                at->second.idle = it.idle;
            },
            [](const caf::error&) {}); // asked again
  }
  return {all_idle};
}

void look_around(self_pointer self) {
  auto& state = self->state;
  const auto now = now_ms(self);
  carry_out(self, state.members->tick(now));
  look_for_new_processes(self);
  look_after_quarantines(self);
  carry_out(self, state.visitors.tick(now, [&](const std::string& node) {
    const auto it = state.nodes.find(node);
    return it != state.nodes.end() && now - it->second.heard_ms <= lately_ms;
  }));
  const auto gone = std::erase_if(state.hosts, [&](const auto& each) {
    return !state.visitors.is_here(each.first, each.second.said.incarnation);
  });
  if (gone > 0)
    share_keys(self);
}

void somebody_is_down(self_pointer self, const caf::actor_addr& who) {
  auto& state = self->state;
  for (const auto& [name, host] : state.hosts)
    if (host.said.who.address() == who) {
      state.visitors.connection_broke(name, host.said.incarnation, now_ms(self));
      self->delayed_send(self, std::chrono::milliseconds{terms_of_visitors.cause_ms},
                         caf::ok_atom::value);
    }
  const auto node = std::ranges::find_if(
      state.nodes, [&](const auto& each) { return each.second.who.address() == who; });
  if (node != state.nodes.end()) {
    const auto [name, it] = *node;
    carry_out(self, state.members->connection_broke(name, it.incarnation, now_ms(self)));
  }
}

/// Whether the present message is from the envoy of that node.
bool is_from(self_pointer self, const std::string& node) {
  const auto at = self->state.nodes.find(node);
  return at != self->state.nodes.end() && self->current_sender() &&
         at->second.who.address() == caf::actor_cast<caf::actor_addr>(self->current_sender());
}

front door(self_pointer self) {
  return caf::actor_cast<front>(caf::strong_actor_ptr{self->ctrl()});
}

/// Now others may come: before, nobody would know what is ordered of them.
void open_door(self_pointer self) {
  auto& state = self->state;
  if (!state.with.open_door)
    return;
  state.files.emplace(state.with.folder, state.with.nonce);
  if (state.with.open_blobs)
    state.blobs = state.with.open_blobs();
  state.with.open_door(door(self));
}

inner_actor::behavior_type membership(self_pointer self, dispatch::actor dispatch, means with) {
  auto& state = self->state;
  self->set_exception_handler(
      [](std::exception_ptr& thrown) { return supervision::explain(thrown); });
  self->set_down_handler([self](const caf::down_msg& x) { somebody_is_down(self, x.source); });
  self->set_exit_handler([self](const caf::exit_msg& asked) {
    if (self->state.with.close_door)
      self->state.with.close_door(door(self));
    self->state.blobs.reset();
    self->quit(asked.reason);
  });
  state.with = std::move(with);
  state.dispatch = std::move(dispatch);
  state.members.emplace(state.with.speaks, member_terms{}, first_admission(state.with.epoch));
  self->send(self, ledger::load_atom::value, std::string{});
  self->delayed_send(self, between_looks, caf::tick_atom::value);
  return {
      [self](const announce& said) {
        return once_identified<admission>(
            self, self->state.with.peer_name, said.what.node,
            [self, said](const std::string& why) { return let_in(self, said, why); });
      },
      [self](const visit& said) {
        const auto speaker = caf::actor_cast<caf::actor_addr>(self->current_sender());
        return once_identified<visit_answer>(
            self, self->state.with.peer_name, said.node,
            [=](const std::string& why) { return greet(self, said, speaker, why); });
      },
      [self](const files_seen& said) { return look_for_copy(self, said); },
      [self](const going& said) {
        return is_from(self, said.node) ? let_go(self, said) : going_answer{true};
      },
      [self](const host_ended& it) {
        if (is_from(self, it.node))
          carry_out(self, self->state.visitors.ended(visitor_name(it.node, it.host_id),
                                                     it.incarnation, it.loss));
      },
      [self](const farewell& it) {
        if (is_from(self, it.node))
          carry_out(self, self->state.members->leaves(it.node, it.incarnation, now_ms(self)));
      },
      [self](const how_loaded& it) {
        if (is_from(self, it.node))
          take_load(self, it);
      },
      [self](const order_node& asked) { return take_order(self, asked); },
      [self](caf::tick_atom) {
        look_around(self);
        if (++self->state.looks % 2 == 0) {
          ping_all(self);
          tell_new_loads(self);
          if (self->state.with.look_after)
            self->state.with.look_after();
        }
        self->delayed_send(self, between_looks, caf::tick_atom::value);
      },
      [self](caf::ok_atom) { look_around(self); },
      [self](ledger::load_atom, const std::string& after_key) {
        if (!self->state.orders_known)
          read_orders(self, after_key, [self] { open_door(self); });
      },
      [self](const end_process&) { self->state.with.end_process(); },
  };
}

} // namespace

actor spawn(caf::actor_system& system, dispatch::actor dispatch, means with) {
  return with.detached
             ? system.spawn<caf::detached>(membership, std::move(dispatch), std::move(with))
             : system.spawn(membership, std::move(dispatch), std::move(with));
}

} // namespace vdoc::membership
