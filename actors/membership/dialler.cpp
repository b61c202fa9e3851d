#include "actors/membership/dialler.hpp"

#include "actors/membership/usher.hpp"
#include "net/dial/dial_order.hpp"
#include "net/dial/reach.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/io/middleman_actor.hpp>
#include <caf/openssl/manager.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <memory>
#include <optional>
#include <set>
#include <utility>

namespace vdoc::membership {

namespace {

using namespace std::chrono_literals;

constexpr auto handshake_limit = 2s;
constexpr std::size_t most_tried = 6;

struct dialler_state {
  static inline const char* name = "DIALLER";
  std::vector<net::dial_place> seeds;
  std::unique_ptr<net::address_book> book = std::make_unique<net::address_book>();
  net::dial_order order;
  std::optional<net::dial_place> found; ///< the last time
  caf::actor usher;

  ~dialler_state() {
    if (usher)
      caf::anon_send_exit(usher, caf::exit_reason::user_shutdown);
  }
};
using self_pointer = dialler::stateful_pointer<dialler_state>;
using promise = caf::typed_response_promise<leader_found>;

std::string nobody(const std::vector<net::dial_place>& known) {
  return known.empty() ? "none of the names has an address"
                       : "nobody listens at " + known.front().text() +
                             (known.size() > 1 ? " and the others" : "");
}

/// One after the other, from `at` on.
void connect(self_pointer self, std::vector<net::dial_place> places, std::size_t at, promise answer,
             const std::string& why) {
  if (at == places.size() || at == most_tried) {
    answer.deliver(leader_found{front{}, {}, why});
    return;
  }
  auto wire = self->system().openssl_manager().actor_handle();
  const auto to = places[at];
  const auto go_on = [=](const std::string& because) {
    self->state.order.was_of_no_use(to);
    connect(self, places, at + 1, answer, because);
  };
  caf::anon_send(self->state.usher, caf::connect_atom::value);
  self->request(wire, handshake_limit, caf::connect_atom::value, to.host, to.port)
      .then(
          [=](const caf::node_id&, const caf::strong_actor_ptr& found,
              const std::set<std::string>&) mutable {
            if (!found)
              return go_on(to.text() + " is no cluster's port");
            auto& now = self->state;
            now.order.answered(to);
            now.found = to;
            answer.deliver(leader_found{caf::actor_cast<front>(found), to.text(), {}});
          },
          [=](const caf::error& error) mutable {
            go_on(to.text() + " does not speak to us: " + self->system().render(error));
          });
}

dialler::behavior_type dial(self_pointer self, std::vector<net::dial_place> seeds) {
  self->state.seeds = std::move(seeds);
  self->state.usher = spawn_usher(self->system());
  return {[self](const find_leader& asked) -> caf::result<leader_found> {
    auto& state = self->state;
    auto answer = self->make_response_promise<leader_found>();
    if (const auto before = std::exchange(state.found, std::nullopt); before && asked.in_vain)
      state.order.was_of_no_use(*before);
    auto open = net::reachable(*state.book, state.seeds);
    if (open.empty()) {
      answer.deliver(leader_found{front{}, {}, nobody(state.book->known(state.seeds))});
      return answer;
    }
    state.order.sort(open);
    connect(self, std::move(open), 0, answer, {});
    return answer;
  }};
}

} // namespace

dialler spawn_dialler(caf::actor_system& system, std::vector<net::dial_place> seeds) {
  return system.spawn<caf::detached>(dial, std::move(seeds));
}

} // namespace vdoc::membership
