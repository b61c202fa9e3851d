#include "net/dial/reach.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <condition_variable>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <thread>
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

std::string text_of(const sockaddr& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* from =
      address.sa_family == AF_INET6
          ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in6*>(&address)->sin6_addr)
          : static_cast<const void*>(&reinterpret_cast<const sockaddr_in*>(&address)->sin_addr);
  return ::inet_ntop(address.sa_family, from, text.data(), text.size()) != nullptr ? text.data()
                                                                                   : "";
}

std::vector<dial_place> ask_names(const dial_place& what) {
  addrinfo wish{};
  wish.ai_socktype = SOCK_STREAM;
  wish.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  std::vector<dial_place> all;
  if (::getaddrinfo(what.host.c_str(), nullptr, &wish, &found) != 0)
    return all;
  for (const auto* each = found; each != nullptr; each = each->ai_next)
    if (auto host = text_of(*each->ai_addr); !host.empty())
      all.push_back({std::move(host), what.port});
  ::freeaddrinfo(found);
  return all;
}

/// Connections that are being made. Closed, whatever becomes of them.
class attempts {
public:
  explicit attempts(const std::vector<dial_place>& addresses) {
    for (const auto& each : addresses) {
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
  }
  attempts(const attempts&) = delete;
  attempts& operator=(const attempts&) = delete;
  ~attempts() {
    for (const auto& each : waiting_)
      if (each.fd >= 0)
        ::close(each.fd);
  }

  [[nodiscard]] bool all_over() const noexcept { return over_ == waiting_.size(); }

  /// Those that have accepted meanwhile.
  std::vector<dial_place> wait(std::chrono::milliseconds span) {
    std::vector<dial_place> fresh;
    if (::poll(waiting_.data(), waiting_.size(), static_cast<int>(span.count())) <= 0)
      return fresh;
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
      if (waiting_[i].fd < 0 || waiting_[i].revents == 0)
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
  std::vector<pollfd> waiting_;
  std::vector<dial_place> places_;
  std::size_t over_ = 0;
};

} // namespace

std::string dial_place::text() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::optional<dial_place> dial_place_from(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return std::nullopt;
  auto host = text.substr(0, colon);
  const auto number = text.substr(colon + 1);
  const bool bracketed = host.size() > 2 && host.starts_with('[') && host.ends_with(']');
  if (bracketed)
    host = host.substr(1, host.size() - 2);
  dial_place at{std::string{host}, 0};
  const auto* end = number.data() + number.size();
  const auto read = std::from_chars(number.data(), end, at.port);
  if (host.empty() || number.empty() || read.ec != std::errc{} || read.ptr != end ||
      (!bracketed && host.find_first_of("[]:") != std::string_view::npos))
    return std::nullopt;
  return at;
}

std::vector<dial_place> reachable(const std::vector<dial_place>& addresses,
                                  std::chrono::milliseconds limit) {
  std::vector<dial_place> found;
  attempts open{addresses};
  auto until = steady::now() + limit;
  while (!open.all_over()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady::now());
    if (left.count() <= 0)
      break;
    const bool first = found.empty();
    for (auto& each : open.wait(left))
      found.push_back(std::move(each));
    if (first && !found.empty())
      until = std::min(until, steady::now() + after_the_first);
  }
  return found;
}

struct address_book::question {
  std::mutex mutex;
  std::condition_variable changed;
  bool answered = false;
  std::vector<dial_place> found;
};

address_book::address_book() = default;
address_book::~address_book() = default;

std::vector<dial_place> address_book::addresses_of(const std::vector<dial_place>& places,
                                                   std::chrono::milliseconds limit) {
  for (const auto& each : places) {
    if (numeric(each)) {
      known_[each] = {each};
    } else if (auto& asked = open_[each]; !asked) {
      asked = std::make_shared<question>();
      std::thread{[each, asked] { // outlives us when no name server answers
        auto found = ask_names(each);
        const std::lock_guard lock{asked->mutex};
        asked->found = std::move(found);
        asked->answered = true;
        asked->changed.notify_all();
      }}
          .detach();
    }
  }
  const auto until = steady::now() + limit;
  std::erase_if(open_, [&](auto& each) {
    std::unique_lock lock{each.second->mutex};
    if (!each.second->changed.wait_until(lock, until, [&] { return each.second->answered; }))
      return false;
    if (!each.second->found.empty())
      known_[each.first] = each.second->found;
    return true;
  });
  std::vector<dial_place> all;
  for (const auto& each : places)
    for (const auto& one : known_[each])
      if (std::ranges::find(all, one) == all.end())
        all.push_back(one);
  return all;
}

} // namespace vdoc::net
