#include "net/dial/reach.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <set>
#include <sys/socket.h>
#include <unistd.h>

namespace vdoc::net {

namespace {

using steady = std::chrono::steady_clock;

/// Others that are about as quick are worth knowing, too.
constexpr std::chrono::milliseconds after_the_first{30};

struct socket_address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};

std::optional<socket_address> numeric(const dial_place& at) {
  socket_address out;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&out.bytes);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&out.bytes);
  if (::inet_pton(AF_INET, at.host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(at.port);
    out.size = sizeof(sockaddr_in);
    return out;
  }
  if (::inet_pton(AF_INET6, at.host.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(at.port);
    out.size = sizeof(sockaddr_in6);
    return out;
  }
  return std::nullopt;
}

/// Connections that are being made. Closed, whatever becomes of them.
class attempts {
public:
  attempts() = default;
  /// Begins to connect to those that were not tried yet; whether there were any.
  bool add(const std::vector<dial_place>& addresses) {
    const auto before = tried_.size();
    for (const auto& each : addresses) {
      if (!tried_.insert(each).second)
        continue;
      const auto to = numeric(each);
      const int fd = to ? ::socket(to->bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
                                   IPPROTO_TCP)
                        : -1;
      if (fd < 0)
        continue;
      const int made = ::connect(fd, reinterpret_cast<const sockaddr*>(&to->bytes), to->size);
      if (made != 0 && errno != EINPROGRESS) {
        ::close(fd);
        continue;
      }
      waiting_.push_back({fd, POLLOUT, 0});
      places_.push_back(each);
    }
    return tried_.size() > before;
  }
  attempts(const attempts&) = delete;
  attempts& operator=(const attempts&) = delete;
  ~attempts() {
    for (const auto& each : waiting_)
      if (each.fd >= 0)
        ::close(each.fd);
  }

  [[nodiscard]] bool all_over() const noexcept { return over_ == waiting_.size(); }

  /// Those that have accepted meanwhile. Returns at once when `bell` can be read; -1: there is
  /// none.
  std::vector<dial_place> wait(std::chrono::milliseconds span, int bell) {
    std::vector<dial_place> fresh;
    auto all = waiting_;
    all.push_back({bell, POLLIN, 0});
    if (::poll(all.data(), all.size(), static_cast<int>(span.count())) <= 0)
      return fresh;
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
      if (waiting_[i].fd < 0 || all[i].revents == 0)
        continue;
      int wrong = 0;
      socklen_t size = sizeof wrong;
      ::getsockopt(waiting_[i].fd, SOL_SOCKET, SO_ERROR, &wrong, &size);
      if (wrong == 0)
        fresh.push_back(places_[i]);
      ::close(waiting_[i].fd);
      waiting_[i].fd = -1; // poll leaves it out
      ++over_;
    }
    return fresh;
  }

private:
  std::set<dial_place> tried_;
  std::vector<pollfd> waiting_;
  std::vector<dial_place> places_;
  std::size_t over_ = 0;
};

} // namespace

std::vector<dial_place> reachable(address_book& book, const std::vector<dial_place>& places,
                                  const reach_limits& limits) {
  std::vector<dial_place> found;
  attempts open;
  const auto begin = steady::now();
  auto accepting_until = begin;
  auto enough = steady::time_point::max();
  book.ask(places);
  while (true) {
    const bool is_asking = book.hear();
    if (open.add(book.known(places)))
      accepting_until = steady::now() + limits.accept;
    const auto pending = std::max(open.all_over() ? begin : accepting_until,
                                  is_asking ? begin + limits.names : begin);
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(std::min(enough, pending) - steady::now());
    if (left.count() <= 0)
      return found;
    for (auto& each : open.wait(left, is_asking ? book.bell() : -1))
      found.push_back(std::move(each));
    if (!found.empty())
      enough = std::min(enough, steady::now() + after_the_first);
  }
}

} // namespace vdoc::net
