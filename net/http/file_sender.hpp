#pragma once

#include "net/http/bell.hpp"
#include "net/http/file_reply.hpp"

#include <libsoup/soup.h>

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace vdoc::net {

/// Sends files piece by piece: one piece of each in memory, each in its turn, so that one large
/// file holds up nobody. On the server's thread.
class file_sender {
public:
  explicit file_sender(GMainContext* context) : next_{context, [this] { feed_all(); }} {}
  file_sender(const file_sender&) = delete;
  file_sender& operator=(const file_sender&) = delete;

  /// Answers with the file, or a part of it, or that it has not changed, as the request's headers
  /// ask for. The message is paused, and goes on by itself.
  void send(SoupServerMessage* message, artefact what, std::string_view name);
  /// Its connection has ended, or everything is sent.
  void forget(SoupServerMessage* message) { sendings_.erase(message); }

private:
  struct sending {
    open_file file;
    std::uint64_t at = 0;
    std::uint64_t left = 0;
  };
  void begin(SoupServerMessage* message, open_file file, const file_reply& how);
  static void wrote_chunk(SoupServerMessage* message, gpointer self);
  void feed(SoupServerMessage* message, sending& what) const;
  void feed_all();

  std::unordered_map<SoupServerMessage*, sending> sendings_;
  std::vector<SoupServerMessage*> hungry_;
  bell next_;
};

} // namespace vdoc::net
