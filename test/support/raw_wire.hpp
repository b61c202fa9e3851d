#pragma once

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstdint>
#include <netinet/in.h>
#include <random>
#include <stdexcept>
#include <string>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace vdoc::test {

/// A TCP connection to a port of ours on 127.0.0.1, on which anything can be said.
class raw_wire {
public:
  /// Throws when nobody accepts.
  explicit raw_wire(std::uint16_t port) : fd_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): so is the C interface
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0)
      throw std::runtime_error{"port " + std::to_string(port) + " does not accept"};
  }
  raw_wire(raw_wire&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
  raw_wire(const raw_wire&) = delete;
  raw_wire& operator=(const raw_wire&) = delete;
  ~raw_wire() {
    if (fd_ >= 0)
      ::close(fd_);
  }
  /// What the other side does not take at once is dropped.
  void say(const std::string& bytes) const {
    [[maybe_unused]] const auto sent =
        ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }
  /// Whether the other side has ended it, as far as can be seen without waiting.
  [[nodiscard]] bool is_ended() const {
    std::array<char, 4'096> bytes{};
    for (;;) {
      const auto read = ::recv(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT);
      if (read == 0 || (read < 0 && errno != EAGAIN && errno != EINTR))
        return true;
      if (read < 0)
        return false;
    }
  }
  [[nodiscard]] int fd() const noexcept { return fd_; }

private:
  int fd_;
};

/// 1 to `most` bytes of anything.
inline std::string noise(std::mt19937& chance, std::size_t most) {
  std::string bytes(1 + chance() % most, '\0');
  for (auto& one : bytes)
    one = static_cast<char>(chance());
  return bytes;
}

/// As many connections as this process may have at all. A service sees to its own.
inline void allow_many_wires() {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

} // namespace vdoc::test
