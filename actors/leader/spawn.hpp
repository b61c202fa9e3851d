#pragma once

#include "actors/leader/protocol.hpp"
#include "actors/leader/stance.hpp"
#include "cluster/membership/lease_rules.hpp"

#include <caf/actor.hpp>
#include <caf/fwd.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace vdoc::leader {

/// Which lease it is that a leader of the engine holds.
constexpr const char* lease_name = "leader";

/// What LEADER needs of the world.
struct means {
  std::function<std::unique_ptr<ledger::lease_store>()> open; ///< on a thread that may block
  std::string me;                                             ///< incarnation of this process
  std::string said;                                           ///< see lease_rules
  std::filesystem::path mark; ///< file with the epoch, in the folder that all nodes share
  /// Whether the process that had this lease is dead for sure. On a thread that may block.
  std::function<bool(const ledger::lease& of)> is_dead;
  /// Starts the work of this epoch, told by `refused` of a write that came too late; any thread.
  std::function<caf::actor(std::uint64_t epoch, std::function<void()> refused)> begin;
  /// The work is killed: what works for it is to be ended as well. Before anything else is begun.
  std::function<void()> ended;
  /// Somebody leads from now on (incarnation, or empty), and whether it is this process.
  std::function<void(const ledger::lease& who, bool is_me)> told;
  bool stands = true; ///< false: it only sees who leads
  /// Work that was killed is given so long to be gone. Then LEADER ends with an error, as nothing
  /// can be begun beside it: some part of it hangs.
  std::chrono::milliseconds work_goes_within{60'000};
  membership::lease_terms lease = {};
  stance_terms terms = {};
  std::uint32_t seed = 1;
};

/// Starts LEADER, with a thread of its own for what blocks and another one for its clock.
actor spawn(caf::actor_system& system, means with);

} // namespace vdoc::leader
