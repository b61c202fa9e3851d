#pragma once

#include <caf/actor_system.hpp>
#include <caf/error.hpp>
#include <caf/io/middleman_actor.hpp>
#include <caf/node_id.hpp>
#include <caf/openssl/manager.hpp>
#include <caf/result.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

/// Who a peer is. Inside of actors/membership.
namespace vdoc::membership {

/// Whose certificate a peer has shown, given its address and port; empty: nobody is asked.
using peer_name_of = std::function<std::string(const std::string& address, std::uint16_t port)>;

/// Does `work` with what is wrong with the claim to be that node, "" when nothing is, and answers
/// what it answers. CAF has checked that the peer has a certificate of the cluster.
template <class Answer, class Self, class Work>
caf::result<Answer> once_identified(Self self, const peer_name_of& peer_name,
                                    const std::string& node, Work work) {
  const auto sender = self->current_sender(); // the promise takes it along
  auto promise = self->template make_response_promise<Answer>();
  if (!peer_name || !sender) {
    promise.deliver(work(""));
    return promise;
  }
  auto wire = self->system().openssl_manager().actor_handle();
  self->request(wire, std::chrono::seconds{2}, caf::get_atom::value, sender->node())
      .then(
          [=](const caf::node_id&, const std::string& address, std::uint16_t port) mutable {
            const auto name = peer_name(address, port);
            promise.deliver(work(name == node
                                     ? ""
                                     : "it is called " + node + ", but its certificate is for " +
                                           (name.empty() ? "nobody" : name)));
          },
          [=](const caf::error&) mutable {
            promise.deliver(work("its certificate cannot be looked at"));
          });
  return promise;
}

} // namespace vdoc::membership
