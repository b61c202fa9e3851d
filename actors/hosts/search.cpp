#include "actors/hosts/shell.hpp"
#include "conf/offer.hpp"
#include "net/log/log.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

/// HOSTS: what its media hosts can do.
namespace vdoc::hosts {

namespace {

/// Libraries print what they like.
bool is_encoder(const std::string& line) {
  return line.starts_with("encoder:") && conf::is_offer(line);
}

void say_nothing_found(const std::string& cause) {
  log::say(log::level::warning, "it is not known which encoders start, so none is offered",
           {{"cause", cause}});
}

} // namespace

void search(self_pointer self) {
  auto& state = self->state;
  if (!state.with.search)
    return;
  try {
    auto order = state.with.search();
    const auto hosts =
        self->address(); // weak: the thread that watches a process must not keep us alive
    order.on_exit = [hosts](const child_exit& how) {
      if (const auto alive = caf::actor_cast<caf::actor>(hosts))
        caf::anon_send(alive, search_ended{how});
    };
    state.search = state.with.start(std::move(order));
    self->delayed_send(self, state.with.limits.search_within, overdue_atom::value);
  } catch (const std::exception& why) {
    say_nothing_found(why.what());
  }
}

void searched(self_pointer self, const child_exit& how) {
  auto& state = self->state;
  state.search.reset();
  if (how.by_signal || how.code != 0)
    say_nothing_found(how.by_signal
                          ? "what finds out was killed by signal " + std::to_string(how.code)
                          : "what finds out ended with " + std::to_string(how.code));
  else
    std::ranges::copy_if(how.last_lines, std::back_inserter(state.found), is_encoder);
  for (auto& each : std::exchange(state.waiting, {}))
    each.answer.deliver(greet(self, each.said));
}

void search_is_overdue(self_pointer self) {
  if (!self->state.search)
    return;
  log::say(log::level::warning, "finding out which encoders start takes too long");
  self->state.search->kill();
}

caf::result<welcome> greet_when_known(self_pointer self, const hello& said) {
  auto& state = self->state;
  if (!state.search)
    return greet(self, said);
  state.waiting.push_back({said, self->make_response_promise<welcome>()});
  return state.waiting.back().answer;
}

} // namespace vdoc::hosts
