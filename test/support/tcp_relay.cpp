#include "test/support/tcp_relay.hpp"

#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <cstddef>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace vdoc::test {

namespace {

using clock = std::chrono::steady_clock;

constexpr std::size_t most_held = std::size_t{64} * 1024; ///< bytes, each way

int tcp_socket() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    throw std::runtime_error{"no socket"};
  return fd;
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return at;
}

/// Closed without a farewell: the peer sees the connection break.
void break_off(int fd) {
  const linger now{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ::close(fd);
}

struct pair_of_ends {
  int client = -1;
  int server = -1;
  std::string to_server;
  std::string to_client;
  bool over = false;
};

} // namespace

struct tcp_relay::inside {
  int listening = tcp_socket();
  std::vector<pair_of_ends> all;
  double allowance = 0;
  clock::time_point refilled = clock::now();

  void accept_one(std::uint16_t server_port) {
    pair_of_ends made;
    made.client = ::accept4(listening, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (made.client < 0)
      return;
    made.server = tcp_socket();
    const auto at = loopback(server_port);
    if (::connect(made.server, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0)
      made.over = true;
    all.push_back(std::move(made));
  }
  /// So many bytes may be passed on now.
  std::size_t may_pass(std::uint64_t rate) {
    const auto now = clock::now();
    const std::chrono::duration<double> since = now - refilled;
    refilled = now;
    if (rate == 0)
      return most_held;
    allowance = std::min(allowance + since.count() * static_cast<double>(rate),
                         static_cast<double>(rate) / 20);
    return static_cast<std::size_t>(std::max(allowance, 0.0));
  }
  static void take(int from, std::string& into, bool& over) {
    if (into.size() >= most_held)
      return;
    std::array<char, std::size_t{16} * 1024> part{};
    const auto got = ::recv(from, part.data(), part.size(), MSG_DONTWAIT);
    if (got > 0)
      into.append(part.data(), static_cast<std::size_t>(got));
    else if (got == 0 || (errno != EAGAIN && errno != EINTR))
      over = true;
  }
  void give(int to, std::string& from, std::size_t most, std::atomic<std::uint64_t>& count,
            bool& over) {
    const auto size = std::min(most, from.size());
    if (size == 0)
      return;
    const auto sent = ::send(to, from.data(), size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) {
      from.erase(0, static_cast<std::size_t>(sent));
      count += static_cast<std::uint64_t>(sent);
      allowance -= static_cast<double>(sent);
    } else if (sent < 0 && errno != EAGAIN && errno != EINTR) {
      over = true;
    }
  }
  void drop_those_over(bool all_of_them) {
    std::erase_if(all, [&](const pair_of_ends& one) {
      if (!one.over && !all_of_them)
        return false;
      break_off(one.client);
      break_off(one.server);
      return true;
    });
  }
};

tcp_relay::tcp_relay(std::uint16_t server_port) : tcp_relay{"127.0.0.1", 0, server_port} {}

tcp_relay::tcp_relay(const std::string& host, std::uint16_t port, std::uint16_t server_port)
    : inside_{std::make_unique<inside>()}, server_port_{server_port} {
  auto at = loopback(port);
  ::inet_pton(AF_INET, host.c_str(), &at.sin_addr);
  socklen_t size = sizeof at;
  if (::bind(inside_->listening, reinterpret_cast<sockaddr*>(&at), size) != 0 ||
      ::listen(inside_->listening, 16) != 0)
    throw std::runtime_error{"the relay cannot listen"};
  ::getsockname(inside_->listening, reinterpret_cast<sockaddr*>(&at), &size);
  port_ = ntohs(at.sin_port);
  thread_ = std::thread{[this] { run(); }};
}

tcp_relay::~tcp_relay() {
  over_ = true;
  thread_.join();
  inside_->drop_those_over(true);
  ::close(inside_->listening);
}

void tcp_relay::run() {
  auto& in = *inside_;
  while (!over_) {
    std::vector<pollfd> watched{{in.listening, POLLIN, 0}};
    if (!swallows_)
      for (const auto& one : in.all) {
        if (one.to_server.size() < most_held)
          watched.push_back({one.client, POLLIN, 0});
        if (one.to_client.size() < most_held)
          watched.push_back({one.server, POLLIN, 0});
      }
    ::poll(watched.data(), watched.size(), 2);
    if ((watched.front().revents & POLLIN) != 0) {
      in.accept_one(server_port_);
      ++connections_;
    }
    if (is_cut_)
      in.drop_those_over(true);
    if (swallows_)
      continue;
    for (auto& one : in.all) {
      if (one.over)
        continue;
      inside::take(one.client, one.to_server, one.over);
      inside::take(one.server, one.to_client, one.over);
      in.give(one.server, one.to_server, in.may_pass(rate_), to_server_, one.over);
      in.give(one.client, one.to_client, in.may_pass(rate_), to_clients_, one.over);
    }
    in.drop_those_over(false);
  }
}

} // namespace vdoc::test
