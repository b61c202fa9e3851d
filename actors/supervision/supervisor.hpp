#pragma once

#include "actors/supervision/protocol.hpp"
#include "actors/supervision/rules.hpp"

#include <caf/actor.hpp>
#include <caf/fwd.hpp>

#include <exception>
#include <functional>
#include <string>
#include <vector>

namespace vdoc::supervision {

/// Finds a child of the same supervisor that was started before; null when it is down.
using find_sibling = std::function<caf::strong_actor_ptr(const std::string& name)>;

/// Spawns a child and returns at once. What it throws counts as a crash of the child.
using start_function = std::function<caf::actor(caf::actor_system&, const find_sibling&)>;

struct child_plan {
  child_terms terms;
  start_function start;
  bool supervises = false; ///< it is a SUPERVISOR itself
};

struct plan {
  std::string name;
  strategy how = strategy::one_for_one;
  restart_budget budget;
  std::vector<child_plan> children;
  std::uint32_t seed = 1; ///< of the jitter
};

/// Starts a SUPERVISOR. It monitors its children and never links to them: `kill` crosses links in
/// CAF and cannot be trapped. Ends, after its children, when it gets an exit message; with
/// `caf::sec::runtime_error` and the cause when a child's budget is spent. If it is killed itself,
/// its children are killed too.
actor spawn_supervisor(caf::actor_system& system, plan what);

/// For `set_exception_handler`: an exit reason that carries what the exception said.
caf::error explain(const std::exception_ptr& thrown);

/// An exit reason as a person reads it.
std::string to_cause(const caf::error& reason);

} // namespace vdoc::supervision
