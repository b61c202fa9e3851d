#include "actors/leader/keeper.hpp"

#include "actors/supervision/supervisor.hpp"
#include "cluster/membership/epoch_mark.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>

namespace vdoc::leader {

namespace {

struct keeper_state {
  static inline const char* name = "KEEPER";
  std::function<std::unique_ptr<ledger::lease_store>()> open;
  std::unique_ptr<ledger::lease_store> store;

  /// A database that cannot be opened looks like one that is away.
  lease_reply answer(const lease_question& asked) {
    try {
      if (!store)
        store = open();
      return {asked.ask(*store)};
    } catch (const std::exception& why) {
      return {{ledger::lease_outcome::store_down, {}, why.what()}};
    }
  }
};

struct folder_state {
  static inline const char* name = "FOLDER'S KEEPER";
  std::filesystem::path mark;
  std::function<bool(const ledger::lease&)> is_dead;
};

keeper::behavior_type keep(keeper::stateful_pointer<keeper_state> self,
                           std::function<std::unique_ptr<ledger::lease_store>()> open) {
  self->set_exception_handler(
      [](std::exception_ptr& thrown) { return supervision::explain(thrown); });
  self->state.open = std::move(open);
  return {[self](const lease_question& asked) { return self->state.answer(asked); }};
}

folder_keeper::behavior_type keep_folder(folder_keeper::stateful_pointer<folder_state> self,
                                         std::filesystem::path mark,
                                         std::function<bool(const ledger::lease&)> is_dead) {
  self->set_exception_handler(
      [](std::exception_ptr& thrown) { return supervision::explain(thrown); });
  self->state.mark = std::move(mark);
  self->state.is_dead = std::move(is_dead);
  return {
      [self](const mark_question& asked) {
        const auto there = membership::read_epoch(self->state.mark);
        if (asked.write > there)
          membership::write_epoch(self->state.mark, asked.write);
        return mark_reply{std::max(there, asked.write)};
      },
      [self](const death_question& asked) { return death_reply{self->state.is_dead(asked.of)}; },
  };
}

} // namespace

keeper spawn_keeper(caf::actor_system& system, const means& with) {
  return system.spawn<caf::detached>(keep, with.open);
}

folder_keeper spawn_folder_keeper(caf::actor_system& system, const means& with) {
  return system.spawn<caf::detached>(keep_folder, with.mark, with.is_dead);
}

} // namespace vdoc::leader
