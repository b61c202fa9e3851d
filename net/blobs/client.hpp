#pragma once

#include "net/blobs/transfer_rules.hpp"
#include "net/zmq/key_files.hpp"

#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <string>

namespace vdoc::blobs {

struct client_terms {
  std::string endpoint;   ///< of the leader: "tcp://10.0.0.5:7401"
  std::string server_key; ///< its public key
  net::key_pair mine = net::new_key_pair();
  transfer_terms terms = {};
};

/// A media host's end of the data plane. Has a thread for its socket and for the files that it
/// moves; everything may be called by any thread.
class client {
public:
  /// Throws std::runtime_error when that can be no endpoint.
  explicit client(client_terms terms);
  client(const client&) = delete;
  client& operator=(const client&) = delete;
  ~client(); ///< what is under way ends as unreachable

  /// Answered at the latest `patience_ms` after the leader was last heard of. `file` is the local
  /// one: of a fetch it is written from `have` on, and of what is handed in it is read.
  std::future<transfer_end> begin(transfer_order what, std::filesystem::path file = {});

  /// For a process that cannot dial again: `call` is called once, in the client's thread, when the
  /// connection is found broken, or soon if it is just now. Without it, it is dialled again.
  void on_cut(std::function<void()> call);

private:
  struct inside;
  std::unique_ptr<inside> inside_;
};

} // namespace vdoc::blobs
