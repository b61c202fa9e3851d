#include "net/blobs/client.hpp"

#include "net/blobs/local_file.hpp"
#include "net/zmq/outbox.hpp"
#include "net/zmq/sockets.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <system_error>
#include <thread>
#include <utility>
#include <zmq.hpp>

namespace vdoc::blobs {

namespace {

using namespace std::chrono_literals;

constexpr std::int64_t longest_frame = chunk_bytes + 1024;
constexpr int most_waiting = 64; ///< more than can be open at a time
constexpr int longest_handshake_ms = 2'000;
constexpr int connect_within_ms = 2'000;
constexpr int between_heartbeats_ms = 1'000;
constexpr int heartbeats_within_ms = 4'000;
constexpr int between_dials_ms = 100;
constexpr int longest_between_dials_ms = 1'000;
constexpr std::size_t most_frames = 2;
constexpr auto between_ticks = 100ms;

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

} // namespace

struct client::inside {
  struct wish {
    transfer_order what;
    std::filesystem::path file;
    std::promise<transfer_end> answer;
  };
  struct moving {
    std::unique_ptr<local_file> file; ///< null: a greeting
    std::promise<transfer_end> answer;
  };

  const client_terms with;
  zmq::context_t context{1};
  zmq::socket_t socket{context, zmq::socket_type::dealer};
  zmq::socket_t events{context, zmq::socket_type::pair}; ///< of the connection
  bool is_connected = false;
  std::function<void()> on_cut;
  net::outbox<wish> wishes;
  net::outbox<std::function<void()>> for_cut; ///< to become `on_cut`
  std::atomic<bool> is_over{false};
  transfer_rules rules;
  std::map<transfer_id, moving> all;
  std::map<std::uint64_t, ask> unsent; ///< by number: there is no connection at the moment
  transfer_id last = 0;
  std::thread thread;

  explicit inside(client_terms terms) : with{std::move(terms)}, rules{with.terms} {}

  void connect();
  void watch_connection();
  void hear_of_connection();
  void take_up(wish one);
  void carry_out(transfer_effects todo);
  void send(const ask& what);
  void send_unsent();
  void write_down(const keep& what);
  void refuse(transfer_id id, const std::exception& why);
  void run();
};

void client::inside::connect() {
  socket.set(zmq::sockopt::maxmsgsize, longest_frame);
  socket.set(zmq::sockopt::rcvhwm, most_waiting);
  socket.set(zmq::sockopt::sndhwm, most_waiting);
  socket.set(zmq::sockopt::handshake_ivl, longest_handshake_ms);
  socket.set(zmq::sockopt::connect_timeout, connect_within_ms);
  socket.set(zmq::sockopt::heartbeat_ivl, between_heartbeats_ms);
  socket.set(zmq::sockopt::heartbeat_timeout, heartbeats_within_ms);
  socket.set(zmq::sockopt::reconnect_ivl, between_dials_ms);
  socket.set(zmq::sockopt::reconnect_ivl_max, longest_between_dials_ms);
  socket.set(zmq::sockopt::ipv6, true);
  // What nobody takes stays here, and each question once: libzmq would keep all repetitions.
  socket.set(zmq::sockopt::immediate, true);
  watch_connection();
  net::connect(socket, with.endpoint, net::key_file{with.mine, with.server_key});
}

void client::inside::watch_connection() {
  constexpr const char* name = "inproc://connection";
  if (zmq_socket_monitor(socket.handle(), name,
                         ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED) != 0)
    throw std::runtime_error{std::string{"the data plane cannot be watched: "} +
                             zmq_strerror(zmq_errno())};
  events.connect(name);
}

/// See zmq_socket_monitor(3): an event's number comes first, as 16 bits of this machine.
void client::inside::hear_of_connection() {
  for (auto frames = net::receive(events, most_frames); !frames.empty();
       frames = net::receive(events, most_frames)) {
    std::uint16_t event = 0;
    if (frames[0].size() >= sizeof event)
      std::memcpy(&event, frames[0].data(), sizeof event);
    is_connected = event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED;
  }
  for (auto& call : for_cut.take())
    on_cut = std::move(call);
  if (on_cut && !is_connected)
    std::exchange(on_cut, nullptr)();
}

/// The disk is ours, not the leader's.
void client::inside::refuse(transfer_id id, const std::exception& why) {
  carry_out(rules.fail_locally(id, why.what(), now_ms()));
}

void client::inside::send(const ask& what) {
  auto asked = what.what;
  if (asked.what == verb::write) {
    const auto& file = all.at(what.of).file;
    asked.bytes = file->read(asked.offset, what.length);
    asked.sum = digest_of(asked.bytes);
  }
  const auto frames = to_frames(asked);
  if (socket.send(zmq::buffer(frames[0]), zmq::send_flags::sndmore | zmq::send_flags::dontwait))
    socket.send(zmq::buffer(frames[1]), zmq::send_flags::dontwait);
  else
    unsent.insert_or_assign(asked.number, what);
}

void client::inside::send_unsent() {
  transfer_effects todo;
  for (auto& [number, what] : std::exchange(unsent, {}))
    todo.emplace_back(std::move(what));
  carry_out(std::move(todo));
}

void client::inside::write_down(const keep& what) {
  all.at(what.of).file->write(what.offset, what.bytes);
}

void client::inside::carry_out(transfer_effects todo) {
  for (auto& each : todo) {
    const auto id = std::visit([](const auto& it) { return it.of; }, each);
    if (!all.contains(id))
      continue; // ended by what came before
    try {
      if (const auto* question = std::get_if<ask>(&each)) {
        send(*question);
      } else if (const auto* bytes = std::get_if<keep>(&each)) {
        write_down(*bytes);
      } else {
        auto ended = all.extract(id);
        ended.mapped().file.reset(); // all of it is there when that is told
        ended.mapped().answer.set_value(std::move(std::get<over>(each).end));
      }
    } catch (const std::system_error& why) {
      refuse(id, why);
    }
  }
}

void client::inside::take_up(wish one) {
  const auto id = ++last;
  moving it{nullptr, std::move(one.answer)};
  try {
    if (std::holds_alternative<fetch_order>(one.what))
      it.file = std::make_unique<local_file>(one.file, O_RDWR | O_CREAT);
    else if (std::holds_alternative<hand_in_order>(one.what))
      it.file = std::make_unique<local_file>(one.file, O_RDONLY);
  } catch (const std::system_error& why) {
    it.answer.set_value({transfer_end::kind::local, verdict::done, why.what()});
    return;
  }
  all.emplace(id, std::move(it));
  carry_out(rules.begin(id, one.what, now_ms()));
}

void client::inside::run() {
  std::array items{zmq::pollitem_t{socket.handle(), 0, ZMQ_POLLIN, 0},
                   zmq::pollitem_t{nullptr, wishes.descriptor(), ZMQ_POLLIN, 0},
                   zmq::pollitem_t{events.handle(), 0, ZMQ_POLLIN, 0},
                   zmq::pollitem_t{nullptr, for_cut.descriptor(), ZMQ_POLLIN, 0}};
  while (!is_over) {
    net::wait(items, all.empty() ? -1ms : std::chrono::milliseconds{between_ticks});
    hear_of_connection();
    for (auto& one : wishes.take())
      take_up(std::move(one));
    for (auto frames = net::receive(socket, most_frames); !frames.empty();
         frames = net::receive(socket, most_frames))
      if (auto came = answer_in(frames))
        carry_out(rules.on(std::move(*came), now_ms()));
    send_unsent();
    carry_out(rules.tick(now_ms()));
  }
  socket.close();
  const transfer_end ended{transfer_end::kind::unreachable, verdict::done, "it was ended"};
  for (auto& [id, one] : all)
    one.answer.set_value(ended);
  for (auto& one : wishes.take())
    one.answer.set_value(ended);
}

client::client(client_terms terms) : inside_{std::make_unique<inside>(std::move(terms))} {
  inside_->connect();
  inside_->thread = std::thread{[all = inside_.get()] { all->run(); }};
}

client::~client() {
  inside_->is_over = true;
  inside_->wishes.wake();
  inside_->thread.join();
}

void client::on_cut(std::function<void()> call) {
  inside_->for_cut.put(std::move(call));
}

std::future<transfer_end> client::begin(transfer_order what, std::filesystem::path file) {
  std::promise<transfer_end> answer;
  auto told = answer.get_future();
  inside_->wishes.put({std::move(what), std::move(file), std::move(answer)});
  return told;
}

} // namespace vdoc::blobs
