#include "actors/ledger/spawn.hpp"
#include "actors/supervision/supervisor.hpp"
#include "cluster/ledger/store.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <variant>

namespace vdoc::ledger {

namespace {

using flush_atom = caf::atom_constant<caf::atom("flush")>;
using inner_actor = actor::extend<caf::reacts_to<flush_atom>>;
using answer =
    std::variant<caf::typed_response_promise<submitted>, caf::typed_response_promise<recorded>>;

struct ledger_state {
  static inline const char* name = "LEDGER";
  means with;
  std::unique_ptr<store> where;
  std::vector<entry> batch;
  std::vector<answer> answers; ///< one per entry of the batch
};

using self_pointer = inner_actor::stateful_pointer<ledger_state>;

void flush(self_pointer self) {
  auto& state = self->state;
  if (state.batch.empty())
    return;
  const auto batch = std::exchange(state.batch, {});
  auto answers = std::exchange(state.answers, {});
  const auto done = state.where->write(batch, state.with.unix_ms());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto& each = done.each.at(i);
    if (auto* job_known = std::get_if<0>(&answers[i]))
      job_known->deliver(submitted{each.result, each.job_id, done.trouble});
    else
      std::get<1>(answers[i]).deliver(recorded{each.result, each.sequence, done.trouble});
  }
}

template <class Answer> caf::result<Answer> enqueue(self_pointer self, entry what) {
  auto& state = self->state;
  auto promise = self->template make_response_promise<Answer>();
  state.batch.push_back(std::move(what));
  state.answers.emplace_back(promise);
  if (state.batch.size() >= state.with.batches.most)
    flush(self);
  else if (state.batch.size() == 1)
    self->delayed_send(self, state.with.batches.wait, flush_atom::value);
  return promise;
}

inner_actor::behavior_type ledger(self_pointer self, means with) {
  self->set_exception_handler(
      [](std::exception_ptr& thrown) { return supervision::explain(thrown); });
  self->set_exit_handler([self](const caf::exit_msg& asked) {
    flush(self);
    self->quit(asked.reason);
  });
  self->state.with = std::move(with);
  self->state.where = self->state.with.open();
  return {
      [self](const submit& asked) { return enqueue<submitted>(self, asked.what); },
      [self](const record& asked) { return enqueue<recorded>(self, asked.what); },
      [self](const find_last& asked) {
        flush(self);
        return self->state.where->find_last(asked.source, asked.output);
      },
      [self](const history_of& asked) {
        flush(self);
        return self->state.where->history_of(asked.job_id);
      },
      [self](flush_atom) { flush(self); },
  };
}

} // namespace

actor spawn(caf::actor_system& system, means with) {
  return with.detached ? system.spawn<caf::detached>(ledger, std::move(with))
                       : system.spawn(ledger, std::move(with));
}

} // namespace vdoc::ledger
