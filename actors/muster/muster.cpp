#include "actors/muster/spawn.hpp"
#include "actors/supervision/supervisor.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <utility>

namespace vdoc::muster {

namespace {

using namespace std::chrono_literals;

using beat_atom = caf::atom_constant<caf::atom("beat")>;
using muster_actor = caf::typed_actor<caf::reacts_to<beat_atom>>;

constexpr auto within = 5s;
constexpr std::chrono::milliseconds between_looks_at_doors = 50ms;
constexpr std::uint32_t most_nodes = 1'000;
constexpr const char* folder_kind = "folder";
constexpr const char* folder_key = "results";

struct muster_state {
  static inline const char* name = "MUSTER";
  means with;
  bool said_folder = false;
  bool is_ending = false;
  std::uint64_t beats = 0;
};
using self_pointer = muster_actor::stateful_pointer<muster_state>;

void read_folder(self_pointer self) {
  const auto reader = self->state.with.find_reader();
  if (!reader)
    return;
  self->request(reader, within, ledger::read_documents{folder_kind, "", 1})
      .then(
          [self](const ledger::documents& it) {
            auto& state = self->state;
            if (it.result != ledger::outcome::done || it.all.empty() ||
                std::exchange(state.said_folder, true))
              return;
            state.with.sees_folder(it.all.front().body == state.with.folder_id);
          },
          [](const caf::error&) {});
}

void read_nodes(self_pointer self) {
  const auto reader = self->state.with.find_reader();
  if (!reader)
    return;
  self->request(reader, within, ledger::read_documents{membership::node_kind, "", most_nodes})
      .then(
          [self](const ledger::documents& it) {
            if (it.result == ledger::outcome::done)
              self->state.with.book->read(it.all, self->clock().now());
          },
          [](const caf::error&) {});
}

void read_orders(self_pointer self) {
  const auto reader = self->state.with.find_reader();
  if (!reader)
    return;
  self->request(reader, within, ledger::read_documents{membership::order_kind, "", most_nodes})
      .then(
          [self](const ledger::documents& it) {
            auto& state = self->state;
            if (it.result != ledger::outcome::done)
              return;
            state.with.book->read_orders(it.all);
            if (state.with.end_process && state.with.book->is_to_go() &&
                !std::exchange(state.is_ending, true))
              state.with.end_process();
          },
          [](const caf::error&) {});
}

/// Who hears of this node wants to know where its doors are. What cannot be written or read is so
/// the next time.
void beat(self_pointer self) {
  auto& state = self->state;
  const bool is_open = state.with.book->is_open();
  self->delayed_send(self, is_open ? state.with.every : between_looks_at_doors, beat_atom::value);
  const auto ledger = state.with.find_ledger();
  if (!ledger || !is_open)
    return;
  if (state.with.load)
    state.with.book->is_loaded(state.with.load());
  ledger::write order;
  order.documents.push_back(state.with.book->announcement(state.with.unix_ms()));
  for (auto& gone : state.with.book->forgotten(self->clock().now()))
    order.documents.push_back(std::move(gone));
  if (!state.said_folder) // of nobody so far, or it is refused
    order.documents.push_back({folder_kind, folder_key, state.with.folder_id, 0});
  self->request(ledger, within, std::move(order))
      .then(
          [self](const ledger::all_written& how) {
            if (!how.trouble.empty())
              return;
            read_nodes(self);
            if (++self->state.beats % 2 == 1 && !self->state.with.book->is_working())
              read_orders(self); // who leads knows them better
            if (!self->state.said_folder)
              read_folder(self);
          },
          [](const caf::error&) {});
}

muster_actor::behavior_type muster(self_pointer self, means with) {
  self->set_exception_handler(
      [](std::exception_ptr& thrown) { return supervision::explain(thrown); });
  self->state.with = std::move(with);
  self->send(self, beat_atom::value);
  return {[self](beat_atom) { beat(self); }};
}

} // namespace

caf::actor spawn(caf::actor_system& system, means with) {
  return caf::actor_cast<caf::actor>(system.spawn(muster, std::move(with)));
}

} // namespace vdoc::muster
