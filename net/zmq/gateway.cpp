#include "net/zmq/gateway.hpp"

#include "net/zmq/doorkeeper.hpp"
#include "net/zmq/listening.hpp"
#include "net/zmq/outbox.hpp"
#include "net/zmq/sockets.hpp"
#include "net/zmq/verbs.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <thread>
#include <zmq.hpp>

namespace vdoc::net {

namespace {

constexpr std::int64_t longest_frame = 4LL * 1024 * 1024;
constexpr int most_waiting = 4'096; ///< messages for one client, each way
constexpr int most_in_a_row = 256;  ///< requests, before answers have their turn
constexpr std::size_t most_frames = 8;
constexpr int longest_handshake_ms = 5'000; ///< who connects and says nothing is put out
constexpr int most_arriving = 1'024;        ///< connections that wait to be accepted

using answer_frames = std::vector<std::string>;

} // namespace

struct zmq_gateway::inside {
  const offices to;
  std::shared_ptr<doorkeeper> keys;
  std::shared_ptr<desk::poison_desk> poison;
  zmq::context_t context{1};
  zap_gate gate{context, keys ? keys->gate(false) : gate_terms{}};
  zmq::socket_t socket{context, zmq::socket_type::router};
  std::shared_ptr<outbox<answer_frames>> answers = std::make_shared<outbox<answer_frames>>();
  std::string address;
  std::atomic<bool> over{false};
  std::thread thread;
  const std::optional<desk::caller> everybody =
      desk::caller{"local", "*", desk::role::admin, "zmq"};

  inside(const offices& whose, const gateway_terms& terms)
      : to{whose}, keys{terms.keys}, poison{terms.poison} {}

  void bind(const gateway_terms& terms);
  bool take_request();
  void run();
};

void zmq_gateway::inside::bind(const gateway_terms& terms) {
  socket.set(zmq::sockopt::maxmsgsize, longest_frame);
  socket.set(zmq::sockopt::rcvhwm, most_waiting);
  socket.set(zmq::sockopt::sndhwm, most_waiting);
  constexpr int linger_ms = 500; // the last answers
  socket.set(zmq::sockopt::linger, linger_ms);
  socket.set(zmq::sockopt::handshake_ivl, longest_handshake_ms);
  socket.set(zmq::sockopt::backlog, most_arriving);
  gate.guard(socket);
  address = net::bind(socket, terms);
}

/// False when there is none.
bool zmq_gateway::inside::take_request() {
  std::string key;
  auto frames = receive(socket, most_frames, &key);
  if (frames.empty())
    return false;
  const auto client = std::move(frames.front());
  frames.erase(frames.begin());
  const auto what = read_request(std::move(frames));
  if (!what)
    return true;
  const answerer answer = [to = answers, client, what = request{*what}](auto code, auto body) {
    auto answer = write_answer(what, std::move(code), std::move(body));
    answer.insert(answer.begin(), client);
    to->put(std::move(answer));
  };
  // Asked each time: who was let in may have lost the key since.
  const auto who = keys ? keys->find(key) : everybody;
  if (who)
    carry(*what, to, *who, answer);
  else
    refuse(answer, {desk::refusal::forbidden, "this key was taken away", "ask for another one", 0});
  return true;
}

void zmq_gateway::inside::run() {
  std::array items{zmq::pollitem_t{socket.handle(), 0, ZMQ_POLLIN, 0},
                   zmq::pollitem_t{nullptr, answers->descriptor(), ZMQ_POLLIN, 0}};
  while (!over) {
    wait(items);
    if ((items[1].revents & ZMQ_POLLIN) != 0)
      for (const auto& answer : answers->take())
        send(socket, answer);
    if ((items[0].revents & ZMQ_POLLIN) != 0)
      for (int i = 0; i < most_in_a_row && take_request(); ++i) {
      }
  }
  for (const auto& answer : answers->take())
    send(socket, answer);
}

zmq_gateway::zmq_gateway(desk::desk& of, const gateway_terms& terms, desk::gatekeeper* keeper)
    : inside_{std::make_unique<inside>(offices{of, keeper, terms.poison.get()}, terms)} {
  inside_->bind(terms);
  inside_->thread = std::thread{[all = inside_.get()] { all->run(); }};
}

zmq_gateway::~zmq_gateway() {
  inside_->over = true;
  inside_->answers->wake();
  inside_->thread.join();
}

const std::string& zmq_gateway::address() const noexcept {
  return inside_->address;
}

} // namespace vdoc::net
