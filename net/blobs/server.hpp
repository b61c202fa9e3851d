#pragma once

#include "net/blobs/loan_book.hpp"
#include "net/zmq/key_files.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace vdoc::blobs {

/// What the leader's end of the data plane needs.
struct server_terms {
  std::string endpoint; ///< "tcp://10.0.0.5:7401"; port 0: any that is free
  std::shared_ptr<const loan_book> lent;
  std::function<bool()> still_leads; ///< on its thread; may be empty
  /// So many bytes of files went out or came in; on its thread; may be empty.
  std::function<void(std::uint64_t out, std::uint64_t in)> moved;
};

/// Lends files out and takes results in, over ZeroMQ with CURVE, with keys of its own. Only hosts
/// whose keys it was told may come in, and each is who it was told to be. Has a thread for its
/// socket and its files; holds at most 64 chunks for each host.
class server {
public:
  /// Throws std::runtime_error when it cannot listen there.
  explicit server(server_terms terms);
  server(const server&) = delete;
  server& operator=(const server&) = delete;
  ~server();

  /// From now on these may come in, and nobody else: names of hosts by their public keys. Any
  /// thread.
  void let_in(std::map<std::string, std::string> hosts);
  [[nodiscard]] std::uint16_t port() const noexcept;
  [[nodiscard]] const std::string& public_key() const noexcept;

private:
  struct inside;
  std::unique_ptr<inside> inside_;
};

} // namespace vdoc::blobs
