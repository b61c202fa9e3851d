#include "actors/membership/shell.hpp"
#include "conf/offer.hpp"

#include <algorithm>
#include <utility>

namespace vdoc::membership {

void take_load(self_pointer self, const how_loaded& said) {
  constexpr std::size_t most_hosts = 1'000;
  const auto at = self->state.nodes.find(said.node);
  const auto& hosts = said.load.hosts;
  if (at == self->state.nodes.end() || at->second.incarnation != said.incarnation ||
      hosts.size() > most_hosts ||
      !std::ranges::all_of(hosts, conf::is_offer, &resources::host_use::host))
    return;
  at->second.load = said.load;
  self->state.loads_are_new = true;
}

void tell_new_loads(self_pointer self) {
  if (std::exchange(self->state.loads_are_new, false))
    tell_how_all_are(self);
}

} // namespace vdoc::membership
