#include "net/blobs/server.hpp"

#include "net/blobs/shelf.hpp"
#include "net/zmq/outbox.hpp"
#include "net/zmq/sockets.hpp"
#include "net/zmq/zap_gate.hpp"

#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <mutex>
#include <span>
#include <thread>
#include <zmq.hpp>

namespace vdoc::blobs {

namespace {

using namespace std::chrono_literals;

constexpr std::int64_t longest_frame = chunk_bytes + 1024;
constexpr int most_waiting = 64; ///< messages for one host, each way; it has 16 under way at most
constexpr int longest_handshake_ms = 2'000;
constexpr int between_heartbeats_ms = 1'000;
constexpr int heartbeats_within_ms = 4'000;
constexpr int most_in_a_row = 64;
constexpr std::size_t most_frames = 3;
constexpr auto between_tidying = 1'000ms;

std::uint16_t port_in(const std::string& endpoint) {
  std::uint16_t port = 0;
  const auto colon = endpoint.rfind(':');
  if (colon != std::string::npos)
    std::from_chars(endpoint.data() + colon + 1, endpoint.data() + endpoint.size(), port);
  return port;
}

} // namespace

struct server::inside {
  const server_terms with;
  const net::key_pair keys = net::new_key_pair();
  std::mutex mutex;
  std::map<std::string, std::string> hosts; ///< by key
  shelf files;
  zmq::context_t context{1};
  net::zap_gate gate{context,
                     {keys,
                      [this](const std::string& key) {
                        return host_of(key).empty() ? net::gate_terms::ruling::refused
                                                    : net::gate_terms::ruling::welcome;
                      },
                      [](const std::string&) {}}};
  zmq::socket_t socket{context, zmq::socket_type::router};
  net::outbox<int> bell; ///< rung for the end
  std::uint16_t port = 0;
  std::atomic<bool> over{false};
  std::thread thread;

  explicit inside(server_terms terms)
      : with{std::move(terms)}, files{with.lent, with.still_leads} {}

  std::string host_of(const std::string& key) {
    const std::scoped_lock lock{mutex};
    const auto found = hosts.find(key);
    return found == hosts.end() ? "" : found->second;
  }
  void bind();
  bool serve_one();
  void run();
};

void server::inside::bind() {
  socket.set(zmq::sockopt::maxmsgsize, longest_frame);
  socket.set(zmq::sockopt::rcvhwm, most_waiting);
  socket.set(zmq::sockopt::sndhwm, most_waiting);
  socket.set(zmq::sockopt::linger, 0);
  socket.set(zmq::sockopt::handshake_ivl, longest_handshake_ms);
  socket.set(zmq::sockopt::heartbeat_ivl, between_heartbeats_ms);
  socket.set(zmq::sockopt::heartbeat_timeout, heartbeats_within_ms);
  socket.set(zmq::sockopt::ipv6, true);
  gate.guard(socket);
  try {
    socket.bind(with.endpoint);
  } catch (const zmq::error_t& why) {
    throw std::runtime_error{"cannot move files at " + with.endpoint + ": " + why.what()};
  }
  port = port_in(socket.get(zmq::sockopt::last_endpoint));
}

/// False when nothing is asked.
bool server::inside::serve_one() {
  std::string key;
  auto frames = net::receive(socket, most_frames, &key);
  if (frames.empty())
    return false;
  const auto whom = std::move(frames.front());
  const auto asked = request_in(std::span{frames}.subspan(1));
  const auto host = host_of(key);
  if (!asked || host.empty())
    return true;
  auto reply = to_frames(files.reply_to(*asked, host));
  if (with.moved)
    with.moved(asked->what == verb::read ? reply.back().size() : 0, asked->bytes.size());
  reply.insert(reply.begin(), whom);
  net::send(socket, reply);
  return true;
}

void server::inside::run() {
  std::array items{zmq::pollitem_t{socket.handle(), 0, ZMQ_POLLIN, 0},
                   zmq::pollitem_t{nullptr, bell.descriptor(), ZMQ_POLLIN, 0}};
  auto tidied = std::chrono::steady_clock::now();
  while (!over) {
    net::wait(items, between_tidying);
    for (int i = 0; i < most_in_a_row && serve_one(); ++i) {
    }
    if (const auto now = std::chrono::steady_clock::now(); now - tidied >= between_tidying) {
      tidied = now;
      files.tidy();
    }
  }
  socket.close();
}

server::server(server_terms terms) : inside_{std::make_unique<inside>(std::move(terms))} {
  inside_->bind();
  inside_->thread = std::thread{[all = inside_.get()] { all->run(); }};
}

server::~server() {
  inside_->over = true;
  inside_->bell.wake();
  inside_->thread.join();
}

void server::let_in(std::map<std::string, std::string> hosts) {
  const std::scoped_lock lock{inside_->mutex};
  inside_->hosts = std::move(hosts);
}

std::uint16_t server::port() const noexcept {
  return inside_->port;
}

const std::string& server::public_key() const noexcept {
  return inside_->keys.public_key;
}

} // namespace vdoc::blobs
