#include "actors/ledger/spawn.hpp"
#include "actors/supervision/supervisor.hpp"
#include "cluster/ledger/lazy_store.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <algorithm>
#include <deque>
#include <vector>

namespace vdoc::ledger {

namespace {

// --- one connection ---------------------------------------------------------------------------

struct hand_state {
  static inline const char* name = "READER'S HAND";
  std::unique_ptr<lazy_store> where;
};

/// Blocks in the database, one question at a time.
reader::behavior_type read(reader::stateful_pointer<hand_state> self, const store_opener& open) {
  self->set_exception_handler(
      [](std::exception_ptr& thrown) { return supervision::explain(thrown); });
  self->state.where = std::make_unique<lazy_store>(open);
  auto* where = self->state.where.get();
  return {
      [where](const find_job& asked) {
        return where->ask<found>([&](store& known) { return known.find(asked.id); });
      },
      [where](const read_history& asked) {
        return where->ask<history>([&](store& known) { return known.history_of(asked.job_id); });
      },
      [where](const list_jobs& asked) {
        return where->ask<job_page>(
            [&](store& known) { return known.list(asked.which, asked.cursor, asked.most); });
      },
      [where](const list_open_jobs& asked) {
        return where->ask<job_page>(
            [&](store& known) { return known.open_jobs(asked.after_id, asked.most); });
      },
      [where](const count_jobs&) {
        return where->ask<counts>([](store& known) { return known.count(); });
      },
      [where](const read_documents& asked) {
        return where->ask<documents>(
            [&](store& known) { return known.read(asked.kind, asked.after_key, asked.most); });
      },
  };
}

// --- all of them ------------------------------------------------------------------------------

/// Asks a hand the question that it is made of.
using errand = std::function<void(const reader& hand)>;

struct reader_state {
  static inline const char* name = "READER";
  store_opener open;
  reader_terms on;
  std::vector<reader> hands; ///< opened when they are first needed
  std::vector<reader> idle;  ///< of them
  std::size_t at_lists = 0;  ///< of them
  std::deque<errand> lists;  ///< that wait
  std::deque<errand> others; ///< that wait

  reader_state() = default;
  reader_state(const reader_state&) = delete;
  reader_state& operator=(const reader_state&) = delete;
  ~reader_state() {
    for (const auto& hand : hands)
      caf::anon_send_exit(caf::actor_cast<caf::actor>(hand), caf::exit_reason::user_shutdown);
  }

  /// Lists may take long: one connection is left for what does not, if there are two.
  [[nodiscard]] bool may_list() const { return at_lists + 1 < std::max<std::size_t>(on.most, 2); }
};

using self_pointer = reader::stateful_pointer<reader_state>;

/// The one that was used last: as few connections are opened as there are questions at a time.
reader take_hand(self_pointer self) {
  auto& state = self->state;
  if (!state.idle.empty()) {
    auto hand = state.idle.back();
    state.idle.pop_back();
    return hand;
  }
  if (state.hands.size() >= state.on.most)
    return {};
  auto hand = state.on.detached ? self->system().spawn<caf::detached>(read, state.open)
                                : self->system().spawn(read, state.open);
  self->monitor(hand);
  state.hands.push_back(hand);
  return hand;
}

/// Begins with what waits, as far as there are hands.
void go_on(self_pointer self) {
  auto& state = self->state;
  for (;;) {
    const bool list = !state.lists.empty() && state.may_list();
    auto& line = list ? state.lists : state.others;
    if (line.empty())
      return;
    const auto hand = take_hand(self);
    if (!hand)
      return;
    const auto next = std::move(line.front());
    line.pop_front();
    state.at_lists += list ? 1 : 0;
    next(hand);
  }
}

/// A question is answered, or its hand is no more.
void answered(self_pointer self, const reader& hand, bool list) {
  auto& state = self->state;
  state.at_lists -= list ? 1 : 0;
  if (std::ranges::find(state.hands, hand) != state.hands.end())
    state.idle.push_back(hand);
  go_on(self);
}

void hand_is_down(self_pointer self, const caf::actor_addr& who) {
  const auto is_it = [&](const reader& hand) { return hand.address() == who; };
  std::erase_if(self->state.hands, is_it);
  std::erase_if(self->state.idle, is_it);
  go_on(self);
}

template <class Answer, class Question>
caf::result<Answer> ask(self_pointer self, const Question& what, bool list) {
  auto& state = self->state;
  auto promise = self->template make_response_promise<Answer>();
  (list ? state.lists : state.others).push_back([=](const reader& hand) {
    self->request(hand, caf::infinite, what)
        .then(
            [=](Answer& answer) mutable {
              promise.deliver(std::move(answer));
              answered(self, hand, list);
            },
            [=](caf::error& why) mutable {
              promise.deliver(std::move(why));
              answered(self, hand, list);
            });
  });
  go_on(self);
  return promise;
}

reader::behavior_type share(self_pointer self, store_opener open, const reader_terms& on) {
  self->set_exception_handler(
      [](std::exception_ptr& thrown) { return supervision::explain(thrown); });
  self->set_down_handler([self](const caf::down_msg& down) { hand_is_down(self, down.source); });
  self->state.open = std::move(open);
  self->state.on = on;
  return {
      [self](const find_job& asked) { return ask<found>(self, asked, false); },
      [self](const read_history& asked) { return ask<history>(self, asked, false); },
      [self](const list_jobs& asked) { return ask<job_page>(self, asked, true); },
      [self](const list_open_jobs& asked) { return ask<job_page>(self, asked, true); },
      [self](const count_jobs& asked) { return ask<counts>(self, asked, true); },
      [self](const read_documents& asked) { return ask<documents>(self, asked, false); },
  };
}

} // namespace

reader spawn_reader(caf::actor_system& system, store_opener open, reader_terms on) {
  return system.spawn(share, std::move(open), on);
}

} // namespace vdoc::ledger
