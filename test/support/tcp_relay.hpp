#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

namespace vdoc::test {

/// Stands between clients and a server on loopback, and can be cut. Has a thread of its own.
class tcp_relay {
public:
  explicit tcp_relay(std::uint16_t server_port);
  /// Listens at `host`, an address of this machine, and that port.
  tcp_relay(const std::string& host, std::uint16_t port, std::uint16_t server_port);
  tcp_relay(const tcp_relay&) = delete;
  tcp_relay& operator=(const tcp_relay&) = delete;
  ~tcp_relay();

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  /// All connections break, and new ones break at once, until it is mended.
  void cut() { is_cut_ = true; }
  /// Nothing is passed on, and nobody is told, until it is mended.
  void swallow() { swallows_ = true; }
  void mend() { is_cut_ = swallows_ = false; }
  /// Both directions together; 0: as fast as it goes.
  void limit(std::uint64_t bytes_per_s) { rate_ = bytes_per_s; }

  [[nodiscard]] std::uint64_t bytes_to_clients() const noexcept { return to_clients_; }
  [[nodiscard]] std::uint64_t bytes_to_server() const noexcept { return to_server_; }
  [[nodiscard]] std::uint64_t connections() const noexcept { return connections_; }

private:
  struct inside;
  void run();

  std::unique_ptr<inside> inside_;
  std::uint16_t server_port_;
  std::uint16_t port_ = 0;
  std::atomic<bool> is_cut_{false}, swallows_{false}, over_{false};
  std::atomic<std::uint64_t> rate_{0}, to_clients_{0}, to_server_{0}, connections_{0};
  std::thread thread_;
};

} // namespace vdoc::test
