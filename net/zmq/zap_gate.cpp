#include "net/zmq/zap_gate.hpp"

#include "net/zmq/outbox.hpp"
#include "net/zmq/sockets.hpp"

#include <array>
#include <atomic>
#include <thread>
#include <zmq.hpp>

namespace vdoc::net {

namespace {

constexpr std::size_t most_frames = 8;
constexpr std::size_t raw_key_bytes = 32;
constexpr std::size_t written_key_bytes = 41;

/// version, request id, domain, address, identity, mechanism, public key
bool is_curve_request(const std::vector<std::string>& frames) {
  constexpr std::size_t seven = 7;
  return frames.size() == seven && frames[0] == "1.0" && frames[5] == "CURVE" &&
         frames[6].size() == raw_key_bytes;
}

std::string to_z85(const std::string& raw) {
  std::array<char, written_key_bytes> text{};
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): libzmq wants bytes
  zmq_z85_encode(text.data(), reinterpret_cast<const std::uint8_t*>(raw.data()), raw.size());
  return text.data();
}

} // namespace

struct zap_gate::inside {
  gate_terms with;
  zmq::socket_t socket;
  outbox<int> bell; ///< rung for the end
  std::atomic<bool> over{false};
  std::thread thread;

  inside(zmq::context_t& of, gate_terms terms)
      : with{std::move(terms)}, socket{of, zmq::socket_type::rep} {}

  void answer();
  void run();
};

void zap_gate::inside::answer() {
  const auto asked = receive(socket, most_frames);
  if (asked.empty())
    return;
  std::string code = "400", words = "no CURVE", who;
  if (with.service.public_key.empty()) {
    code = "200";
  } else if (is_curve_request(asked)) {
    who = to_z85(asked[6]);
    const auto ruling = with.judge(who);
    code = ruling == gate_terms::ruling::welcome ? "200"
           : ruling == gate_terms::ruling::later ? "300"
                                                 : "400";
    words = code == "200" ? "welcome" : code == "300" ? "later" : "unknown key";
  }
  if (code == "400")
    with.on_refused(who);
  send(socket,
       {"1.0", asked.size() > 1 ? asked[1] : "", code, words, code == "200" ? who : "", ""});
}

void zap_gate::inside::run() {
  std::array items{zmq::pollitem_t{socket.handle(), 0, ZMQ_POLLIN, 0},
                   zmq::pollitem_t{nullptr, bell.descriptor(), ZMQ_POLLIN, 0}};
  while (!over) {
    wait(items);
    if ((items[0].revents & ZMQ_POLLIN) != 0)
      answer();
  }
  socket.close();
}

zap_gate::zap_gate(zmq::context_t& of, gate_terms with)
    : inside_{std::make_unique<inside>(of, std::move(with))} {
  inside_->socket.set(zmq::sockopt::linger, 0);
  inside_->socket.bind("inproc://zeromq.zap.01");
  inside_->thread = std::thread{[all = inside_.get()] { all->run(); }};
}

zap_gate::~zap_gate() {
  inside_->over = true;
  inside_->bell.wake();
  inside_->thread.join();
}

void zap_gate::guard(zmq::socket_t& socket) const {
  // With a domain libzmq lets nobody in without asking.
  socket.set(zmq::sockopt::zap_domain, "video-doc");
  if (inside_->with.service.public_key.empty())
    return;
  socket.set(zmq::sockopt::curve_server, true);
  socket.set(zmq::sockopt::curve_secretkey, inside_->with.service.secret_key);
}

} // namespace vdoc::net
