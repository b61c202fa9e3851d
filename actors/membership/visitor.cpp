#include "actors/membership/dialler.hpp"
#include "actors/membership/shared_files.hpp"
#include "actors/membership/spawn_visitor.hpp"
#include "cluster/membership/dial_pause.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>

#include <iostream>
#include <random>

namespace vdoc::membership {

namespace {

using namespace std::chrono_literals;

constexpr auto dial_limit = 30s;
constexpr auto answer_limit = 5s;
constexpr auto between_questions = 2s; ///< whether the leader still knows us
constexpr auto until_our_node_is_there = 150ms;
constexpr auto blobs_limit = 3s;
constexpr auto between_copies = 5s; ///< when it was not its folder that we saw

struct visitor_state {
  static inline const char* name = "VISITOR";
  visitor_means with;
  dialler dialler_;
  front leader;
  std::string at;
  visit_answer told;                        ///< by the leader
  net::key_pair keys = net::new_key_pair(); ///< on the data plane, of this process
  std::shared_ptr<blobs::client> blobs;     ///< null while files are shared
  bool connected = false;                   ///< it was said; there will be no other connections
  bool works = false;
  dial_pause pause;
  std::minstd_rand chance;
  bool in_vain = false; ///< the leader that was found last was none for us
  std::string said;     ///< last, of why it does not work
};
using self_pointer = caf::stateful_actor<visitor_state>*;

void say_once(self_pointer self, const std::string& words) {
  if (std::exchange(self->state.said, words) != words)
    std::cout << "media host: " << words << std::endl;
}

void dial_later(self_pointer self) {
  auto& state = self->state;
  state.leader = nullptr;
  std::uniform_real_distribution<double> even{0, 1};
  self->delayed_send(self, state.pause.next(even(state.chance)), caf::connect_atom::value);
}

/// Whether the data plane answers; what is wrong goes to `trouble`. Waits for a thread of its own
/// that has the socket.
bool reach_blobs(self_pointer self, std::string& trouble) {
  auto& state = self->state;
  const auto at = net::dial_place_from(state.at);
  if (state.told.blob_port == 0 || !at || !state.with.move_files)
    return false;
  const net::dial_place there{at->host, state.told.blob_port};
  try {
    blobs::client_terms terms;
    terms.endpoint = "tcp://" + there.text();
    terms.server_key = state.told.blob_key;
    terms.mine = state.keys;
    auto client = std::make_shared<blobs::client>(std::move(terms));
    auto told = client->begin(blobs::greet_order{});
    if (told.wait_for(blobs_limit) != std::future_status::ready) {
      trouble += "; and " + there.text() + ", where files could be fetched, does not answer";
      return false;
    }
    state.with.move_files(client);
    state.blobs = std::move(client);
    return true;
  } catch (const std::runtime_error& why) {
    trouble += std::string{"; and files cannot be fetched: "} + why.what();
    return false;
  }
}

/// Copies the leader's file if that is still to be shown, and asks how we stand.
void ask(self_pointer self) {
  auto& state = self->state;
  if (!state.leader)
    return;
  files_seen seen{state.with.node, state.with.said.host_id, state.with.said.incarnation, {}};
  if (!state.works) {
    seen.trouble = copy_shared_file(state.told.read_from, state.told.write_to);
    if (!seen.trouble.empty())
      seen.reaches_blobs = state.blobs || reach_blobs(self, seen.trouble);
    // Before the leader knows: with its answer there may be work already.
    if ((seen.trouble.empty() || seen.reaches_blobs) && !std::exchange(state.connected, true))
      state.with.on_connected(state.blobs);
  }
  self->request(state.leader, answer_limit, seen)
      .then(
          [self](const files_answer& answer) {
            auto& now = self->state;
            if (answer.unknown)
              return now.with.on_lost();
            if (answer.works && !std::exchange(now.works, true))
              say_once(self, "works for the leader at " + now.at +
                                 (now.blobs ? ", and fetches files" : ""));
            else if (!answer.works)
              say_once(self, "gets no work of the leader at " + now.at + ": " + answer.why);
            self->delayed_send(self, now.works ? between_questions : between_copies,
                               caf::tick_atom::value);
          },
          [self](const caf::error&) { self->state.with.on_lost(); });
}

void say_hello(self_pointer self) {
  auto& state = self->state;
  auto said = state.with.said;
  if (state.with.more_offers)
    for (auto& word : state.with.more_offers())
      said.offers.push_back(std::move(word));
  self->request(state.leader, answer_limit,
                visit{state.with.node, state.with.node_incarnation, std::move(said),
                      state.keys.public_key})
      .then(
          [self](const visit_answer& answer) {
            auto& now = self->state;
            if (answer.soon) {
              self->delayed_send(self, until_our_node_is_there, caf::connect_atom::value);
              return;
            }
            if (!answer.accepted) {
              say_once(self, "the leader at " + now.at + " refuses: " + answer.why);
              now.in_vain = true;
              return dial_later(self);
            }
            now.told = answer;
            self->monitor(now.leader);
            ask(self);
          },
          [self](const caf::error& why) {
            say_once(self, "the leader does not answer: " + self->system().render(why));
            self->state.in_vain = true;
            dial_later(self);
          });
}

void look_for_leader(self_pointer self) {
  self->request(self->state.dialler_, dial_limit,
                find_leader{std::exchange(self->state.in_vain, false)})
      .then(
          [self](const leader_found& found) {
            if (!found.who)
              return dial_later(self); // our node says so already
            self->state.leader = found.who;
            self->state.at = found.at;
            say_hello(self);
          },
          [self](const caf::error&) { dial_later(self); });
}

caf::behavior behave(self_pointer self, visitor_means with) {
  auto& state = self->state;
  self->set_down_handler([self](const caf::down_msg& x) {
    if (self->state.leader && self->state.leader.address() == x.source)
      self->state.with.on_lost();
  });
  state.chance.seed(with.seed);
  state.dialler_ = spawn_dialler(self->system(), with.seeds);
  state.with = std::move(with);
  self->send(self, caf::connect_atom::value);
  return {
      [self](caf::connect_atom) { look_for_leader(self); },
      [self](caf::tick_atom) { ask(self); },
  };
}

} // namespace

caf::actor spawn_visitor(caf::actor_system& system, visitor_means with) {
  return system.spawn<caf::detached>(behave, std::move(with));
}

} // namespace vdoc::membership
