#include "actors/supervision/supervisor.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <deque>
#include <optional>

namespace vdoc::supervision {

namespace {

using woke_atom = caf::atom_constant<caf::atom("woke")>;

/// What only a supervisor says to itself, on top of its interface.
using inner_actor = actor::extend<caf::reacts_to<woke_atom, std::uint64_t>>;

struct supervisor_state {
  static inline const char* name = "SUPERVISOR";
  plan what;
  std::optional<rules> thinking;
  std::vector<caf::actor> handles; ///< null while a child is down

  supervisor_state() = default;
  supervisor_state(const supervisor_state&) = delete;
  supervisor_state& operator=(const supervisor_state&) = delete;
  ~supervisor_state() { // also when this supervisor is killed: nobody stays behind
    for (auto it = handles.rbegin(); it != handles.rend(); ++it)
      if (*it)
        caf::anon_send_exit(*it, caf::exit_reason::kill);
  }

  [[nodiscard]] caf::actor find(const std::string& child) const {
    for (std::size_t i = 0; i < handles.size(); ++i)
      if (what.children[i].terms.name == child)
        return handles[i];
    return {};
  }
};

using self_pointer = inner_actor::stateful_pointer<supervisor_state>;

/// Starts one child. An exception is its crash.
effects start(self_pointer self, std::size_t which) {
  auto& state = self->state;
  try {
    const auto sibling = [self](const std::string& name) {
      return caf::actor_cast<caf::strong_actor_ptr>(self->state.find(name));
    };
    state.handles[which] = state.what.children[which].start(self->system(), sibling);
    self->monitor(state.handles[which]);
    return {};
  } catch (const std::exception& why) {
    return state.thinking->ended(which, true, why.what(), self->clock().now());
  }
}

/// The only place where a supervisor touches the world.
void carry_out(self_pointer self, const effects& first) {
  auto& state = self->state;
  std::deque<effect> todo{first.begin(), first.end()};
  while (!todo.empty()) {
    const auto next = todo.front();
    todo.pop_front();
    if (const auto* child = std::get_if<start_child>(&next)) {
      const auto more = start(self, child->which);
      todo.insert(todo.end(), more.begin(), more.end());
    } else if (const auto* victim = std::get_if<end_child>(&next)) {
      caf::anon_send_exit(state.handles[victim->which], victim->by_force
                                                            ? caf::exit_reason::kill
                                                            : caf::exit_reason::user_shutdown);
    } else if (const auto* wake = std::get_if<wake_me>(&next)) {
      self->delayed_send(self, wake->after, woke_atom::value, wake->ticket);
    } else {
      const auto& end = std::get<finish>(next);
      state.handles.clear();
      self->quit(end.failed ? caf::make_error(caf::sec::runtime_error, end.why)
                            : caf::error{caf::exit_reason::user_shutdown});
    }
  }
}

void child_down(self_pointer self, const caf::down_msg& down) {
  auto& state = self->state;
  const auto at = std::find_if(state.handles.begin(), state.handles.end(), [&](const auto& each) {
    return each && each.address() == down.source;
  });
  if (at == state.handles.end())
    return;
  *at = nullptr;
  const auto which = static_cast<std::size_t>(std::distance(state.handles.begin(), at));
  const auto crashed = down.reason && down.reason != caf::exit_reason::user_shutdown;
  carry_out(self,
            state.thinking->ended(which, crashed, to_cause(down.reason), self->clock().now()));
}

branch line_of(const supervisor_state& state, std::size_t which) {
  const auto& child = state.what.children[which];
  branch line;
  line.depth = 1;
  line.name = child.terms.name;
  line.up = state.thinking->up(which);
  line.restarts = state.thinking->restarts(which);
  line.last_cause = state.thinking->last_cause(which);
  return line;
}

/// Collects the tree child by child; supervisors below are asked, within a second each.
void collect(self_pointer self, std::size_t which, tree so_far,
             caf::typed_response_promise<tree> answer) {
  const auto& state = self->state;
  if (which == state.what.children.size()) {
    answer.deliver(std::move(so_far));
    return;
  }
  so_far.branches.push_back(line_of(state, which));
  if (!state.what.children[which].supervises || which >= state.handles.size() ||
      !state.handles[which]) {
    collect(self, which + 1, std::move(so_far), answer);
    return;
  }
  const auto below = caf::actor_cast<actor>(state.handles[which]);
  self->request(below, std::chrono::seconds{1}, look{})
      .then(
          [self, which, so_far, answer](const tree& part) {
            auto more = so_far;
            more.branches.back().strategy = part.branches.front().strategy;
            for (auto i = part.branches.begin() + 1; i != part.branches.end(); ++i) {
              more.branches.push_back(*i);
              ++more.branches.back().depth;
            }
            collect(self, which + 1, std::move(more), answer);
          },
          [self, which, so_far, answer](const caf::error&) {
            collect(self, which + 1, so_far, answer);
          });
}

caf::result<whereabouts> find(self_pointer self, const whereis& asked) {
  const auto slash = asked.name.find('/');
  const auto child = self->state.find(asked.name.substr(0, slash));
  if (slash == std::string::npos)
    return whereabouts{caf::actor_cast<caf::strong_actor_ptr>(child)};
  if (!child)
    return whereabouts{};
  return self->delegate(caf::actor_cast<actor>(child), whereis{asked.name.substr(slash + 1)});
}

inner_actor::behavior_type supervisor(self_pointer self, plan what) {
  auto& state = self->state;
  std::vector<child_terms> terms;
  for (const auto& child : what.children)
    terms.push_back(child.terms);
  state.thinking.emplace(what.how, what.budget, std::move(terms), what.seed);
  state.handles.resize(what.children.size());
  state.what = std::move(what);

  self->set_exception_handler([](std::exception_ptr& thrown) { return explain(thrown); });
  self->set_down_handler([self](const caf::down_msg& down) { child_down(self, down); });
  self->set_exit_handler([self](const caf::exit_msg& asked) {
    carry_out(self, self->state.thinking->stop(to_cause(asked.reason)));
  });
  carry_out(self, state.thinking->begin(self->clock().now()));
  return {
      [self](const whereis& asked) { return find(self, asked); },
      [self](const look&) -> caf::result<tree> {
        auto answer = self->make_response_promise<tree>();
        branch root;
        root.name = self->state.what.name;
        root.strategy = to_string(self->state.what.how);
        root.up = true;
        collect(self, 0, tree{{root}}, answer);
        return answer;
      },
      [self](woke_atom, std::uint64_t ticket) {
        carry_out(self, self->state.thinking->woke(ticket, self->clock().now()));
      },
  };
}

} // namespace

actor spawn_supervisor(caf::actor_system& system, plan what) {
  return system.spawn(supervisor, std::move(what));
}

caf::error explain(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& why) {
    return caf::make_error(caf::sec::runtime_error, std::string{why.what()});
  } catch (...) {
    return caf::make_error(caf::sec::runtime_error, std::string{"an exception without words"});
  }
}

std::string to_cause(const caf::error& reason) {
  if (!reason)
    return {};
  const auto& context = reason.context();
  if (context.match_elements<std::string>())
    return context.get_as<std::string>(0);
  return reason == caf::exit_reason::kill ? "killed" : caf::to_string(reason);
}

std::string to_string(const tree& what) {
  constexpr std::uint32_t deepest_drawn = 100; // a message may say that one is 2^32 deep
  std::string text;
  for (const auto& each : what.branches) {
    text.append(std::size_t{2} * std::min(each.depth, deepest_drawn), ' ').append(each.name);
    if (!each.strategy.empty())
      text.append(" (").append(each.strategy).append(")");
    text.append(each.up ? ", up" : ", down").append(", restarts ");
    text.append(std::to_string(each.restarts));
    if (!each.last_cause.empty())
      text.append(", last: ").append(each.last_cause);
    text += '\n';
  }
  return text;
}

} // namespace vdoc::supervision
