#pragma once

#include <caf/meta/type_name.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace vdoc::supervision {

/// Asks for a child by name. Handles do not survive a restart: monitor what you depend on, and
/// ask again when it went down.
struct whereis {
  std::string name; ///< children of children too: "engine/dispatch"
};
struct whereabouts {
  caf::strong_actor_ptr child; ///< null: no such child, or it is down just now
};

/// Asks for the tree below this supervisor.
struct look {};

/// One line of the supervision tree, in depth-first order.
struct branch {
  std::uint32_t depth = 0;
  std::string name;
  std::string strategy; ///< "one_for_one", "all_for_one"; empty for a worker
  bool up = false;
  std::uint32_t restarts = 0;
  std::string last_cause; ///< why it ended last; empty when it never did
};
struct tree {
  std::vector<branch> branches;
};

/// SUPERVISOR: starts its children left to right, ends them right to left, and brings crashed ones
/// back as far as its budget goes. When the budget is spent it ends with an error, which is for
/// the supervisor above to judge.
using actor = caf::typed_actor<caf::replies_to<whereis>::with<whereabouts>,
                               caf::replies_to<look>::with<tree>>;

/// The tree as indented lines, for people.
std::string to_string(const tree& what);

template <class Inspector> typename Inspector::result_type inspect(Inspector& f, whereis& x) {
  return f(caf::meta::type_name("vdoc::supervision::whereis"), x.name);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, whereabouts& x) {
  return f(caf::meta::type_name("vdoc::supervision::whereabouts"), x.child);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, look& /*x*/) {
  return f(caf::meta::type_name("vdoc::supervision::look"));
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, branch& x) {
  return f(caf::meta::type_name("vdoc::supervision::branch"), x.depth, x.name, x.strategy, x.up,
           x.restarts, x.last_cause);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, tree& x) {
  return f(caf::meta::type_name("vdoc::supervision::tree"), x.branches);
}

} // namespace vdoc::supervision
