#include "actors/digest/spawn.hpp"
#include "actors/supervision/supervisor.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <list>
#include <system_error>

namespace vdoc::digest {

namespace {

using slice_atom = caf::atom_constant<caf::atom("slice")>;
using inner_actor = actor::extend<caf::reacts_to<slice_atom>>;

struct reading {
  content::source_digest of;
  caf::typed_response_promise<taken> promise;
  caf::actor_addr asker;
};

struct digest_state {
  static inline const char* name = "DIGEST";
  terms by;
  std::list<reading> open; ///< whose turn is next comes first
};
using self_pointer = inner_actor::stateful_pointer<digest_state>;

caf::result<taken> begin(self_pointer self, const take& asked) {
  auto& open = self->state.open;
  const auto& asker = self->current_sender();
  if (asker)
    self->monitor(asker);
  auto promise = self->make_response_promise<taken>();
  open.push_back(
      {content::source_digest{asked.parts}, promise, caf::actor_cast<caf::actor_addr>(asker)});
  if (open.size() == 1)
    self->send(self, slice_atom::value);
  return promise;
}

/// True when the answer is given.
bool read_on(reading& it, std::size_t most_bytes) {
  try {
    if (!it.of.read(most_bytes))
      return false;
    it.promise.deliver(taken{it.of.hex(), it.of.identity(), {}});
  } catch (const std::system_error& why) {
    it.promise.deliver(taken{{}, {}, why.what()});
  }
  return true;
}

void read_a_slice(self_pointer self) {
  auto& open = self->state.open;
  if (open.empty())
    return;
  if (read_on(open.front(), self->state.by.slice_bytes))
    open.pop_front();
  else
    open.splice(open.end(), open, open.begin());
  if (!open.empty())
    self->send(self, slice_atom::value);
}

inner_actor::behavior_type digest(self_pointer self, const terms& by) {
  self->set_exception_handler(
      [](std::exception_ptr& thrown) { return supervision::explain(thrown); });
  self->set_down_handler([self](const caf::down_msg& down) {
    std::erase_if(self->state.open, [&](const auto& it) { return it.asker == down.source; });
  });
  self->state.by = by;
  return {
      [self](const take& asked) { return begin(self, asked); },
      [self](slice_atom) { read_a_slice(self); },
  };
}

} // namespace

actor spawn(caf::actor_system& system, const terms& by) {
  return caf::actor_cast<actor>(by.detached ? system.spawn<caf::detached>(digest, by)
                                            : system.spawn(digest, by));
}

} // namespace vdoc::digest
