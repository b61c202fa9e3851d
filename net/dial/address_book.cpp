#include "net/dial/address_book.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstdint>
#include <mutex>
#include <netdb.h>
#include <string>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

namespace vdoc::net {

namespace {

bool is_address(const std::string& host) {
  in6_addr bytes{};
  return ::inet_pton(AF_INET, host.c_str(), &bytes) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), &bytes) == 1;
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

} // namespace

/// Outlives the book while somebody may ring.
struct address_book::chime {
  int fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  chime() {
    if (fd < 0)
      throw std::system_error{errno, std::generic_category(), "eventfd"};
  }
  chime(const chime&) = delete;
  chime& operator=(const chime&) = delete;
  ~chime() { ::close(fd); }
  void ring() const noexcept { ::eventfd_write(fd, 1); }
  void hush() const noexcept {
    eventfd_t times = 0;
    ::eventfd_read(fd, &times);
  }
};

struct address_book::question {
  std::mutex mutex;
  bool answered = false;
  std::vector<dial_place> found;
};

address_book::address_book(resolver ask)
    : ask_{ask ? std::move(ask) : ask_names}, chime_{std::make_shared<chime>()} {}
address_book::~address_book() = default;

void address_book::ask(const std::vector<dial_place>& places) {
  for (const auto& each : places) {
    if (is_address(each.host)) {
      known_[each] = {each};
      continue;
    }
    auto& asked = open_[each];
    if (asked)
      continue;
    asked = std::make_shared<question>();
    std::thread{[each, asked, ask = ask_, bell = chime_] { // outlives us when nobody answers
      auto found = ask(each);
      {
        const std::lock_guard lock{asked->mutex};
        asked->found = std::move(found);
        asked->answered = true;
      }
      bell->ring();
    }}
        .detach();
  }
}

bool address_book::hear() {
  chime_->hush(); // first: whoever answers from here on rings again
  std::erase_if(open_, [&](auto& each) {
    const std::lock_guard lock{each.second->mutex};
    if (each.second->answered && !each.second->found.empty())
      known_[each.first] = each.second->found;
    return each.second->answered;
  });
  return !open_.empty();
}

int address_book::bell() const noexcept {
  return chime_->fd;
}

std::vector<dial_place> address_book::known(const std::vector<dial_place>& places) const {
  std::vector<dial_place> all;
  for (const auto& each : places)
    if (const auto known = known_.find(each); known != known_.end())
      for (const auto& one : known->second)
        if (std::ranges::find(all, one) == all.end())
          all.push_back(one);
  return all;
}

} // namespace vdoc::net
