#include "actors/leader/keeper.hpp"

#include "actors/supervision/supervisor.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <charconv>
#include <cstdint>
#include <fcntl.h>
#include <unistd.h>

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

/// Written in place: over NFS a file that is opened is looked at anew, the name of one that was
/// renamed may not be for a while.
constexpr int longest = 20;

std::uint64_t read_epoch(const std::filesystem::path& file) {
  const int from = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (from < 0)
    return 0;
  char digits[longest];
  const auto count = ::pread(from, digits, sizeof digits, 0);
  ::close(from);
  std::uint64_t epoch = 0;
  if (count == longest) // not half of one
    std::from_chars(digits, digits + count, epoch);
  return epoch;
}

/// What cannot be written is no reason to stop: the ledger's fence holds without it.
void write_epoch(const std::filesystem::path& file, std::uint64_t epoch) {
  const int into = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  if (into < 0)
    return;
  auto digits = std::to_string(epoch);
  digits.resize(longest, '\n');
  if (::pwrite(into, digits.data(), digits.size(), 0) == longest)
    ::fdatasync(into);
  ::close(into);
}

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
        const auto there = read_epoch(self->state.mark);
        if (asked.write > there)
          write_epoch(self->state.mark, asked.write);
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
