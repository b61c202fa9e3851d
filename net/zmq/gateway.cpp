#include "net/zmq/gateway.hpp"

#include "net/zmq/outbox.hpp"
#include "net/zmq/verbs.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <span>
#include <thread>
#include <zmq.hpp>

namespace vdoc::net {

namespace {

constexpr std::int64_t longest_frame = 4LL * 1024 * 1024;
constexpr int most_waiting = 4'096; ///< messages for one client, each way
constexpr int most_in_a_row = 256;  ///< requests, before answers have their turn
constexpr std::size_t most_frames = 8;

/// All frames of the next message; those beyond `most_frames` are not kept.
std::vector<std::string> receive(zmq::socket_t& from) {
  std::vector<std::string> frames;
  zmq::message_t part;
  do {
    if (!from.recv(part, zmq::recv_flags::dontwait))
      return {};
    if (frames.size() < most_frames)
      frames.push_back(part.to_string());
  } while (part.more());
  return frames;
}

/// To a client that is gone, or does not read, nothing is sent.
void send(zmq::socket_t& to, const std::vector<std::string>& frames) {
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const auto more = i + 1 < frames.size() ? zmq::send_flags::sndmore : zmq::send_flags::none;
    if (!to.send(zmq::buffer(frames[i]), more | zmq::send_flags::dontwait))
      return;
  }
}

} // namespace

bool is_local(const std::string& endpoint) {
  constexpr std::array local{"tcp://127.", "tcp://localhost:", "tcp://[::1]:", "ipc://",
                             "inproc://"};
  for (const char* one : local)
    if (endpoint.starts_with(one))
      return true;
  return false;
}

struct zmq_gateway::inside {
  desk::desk& of;
  zmq::context_t context{1};
  zmq::socket_t socket{context, zmq::socket_type::router};
  std::shared_ptr<outbox> answers = std::make_shared<outbox>();
  std::string address;
  std::atomic<bool> over{false};
  std::thread thread;
  const desk::caller everybody{"local", "*", desk::role::admin};

  explicit inside(desk::desk& whose) : of{whose} {}

  void bind(const gateway_terms& terms);
  void wait(std::span<zmq::pollitem_t> items) const;
  bool take_request();
  void run();
};

void zmq_gateway::inside::bind(const gateway_terms& terms) {
  if (!terms.exposed && !is_local(terms.endpoint))
    throw cannot_listen{terms.endpoint + " can be reached from other machines, and there are no "
                                         "keys yet; service.exposed allows it"};
  socket.set(zmq::sockopt::maxmsgsize, longest_frame);
  socket.set(zmq::sockopt::rcvhwm, most_waiting);
  socket.set(zmq::sockopt::sndhwm, most_waiting);
  constexpr int linger_ms = 500; // the last answers
  socket.set(zmq::sockopt::linger, linger_ms);
  try {
    socket.bind(terms.endpoint);
  } catch (const zmq::error_t& why) {
    throw cannot_listen{"cannot listen on " + terms.endpoint + ": " + why.what()};
  }
  address = socket.get(zmq::sockopt::last_endpoint);
}

void zmq_gateway::inside::wait(std::span<zmq::pollitem_t> items) const {
  for (auto& one : items)
    one.revents = 0;
  try {
    zmq::poll(items.data(), items.size(), std::chrono::milliseconds{-1});
  } catch (const zmq::error_t& why) {
    if (why.num() != EINTR)
      throw;
  }
}

/// False when there is none.
bool zmq_gateway::inside::take_request() {
  auto frames = receive(socket);
  if (frames.empty())
    return false;
  const auto client = std::move(frames.front());
  frames.erase(frames.begin());
  const auto what = read_request(std::move(frames));
  if (!what)
    return true;
  carry(*what, of, everybody, [to = answers, client, what = request{*what}](auto code, auto body) {
    auto answer = write_answer(what, std::move(code), std::move(body));
    answer.insert(answer.begin(), client);
    to->put(std::move(answer));
  });
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

zmq_gateway::zmq_gateway(desk::desk& of, const gateway_terms& terms)
    : inside_{std::make_unique<inside>(of)} {
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
