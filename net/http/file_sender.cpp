#include "net/http/file_sender.hpp"

#include "net/http/exchange.hpp"

#include <algorithm>
#include <cerrno>
#include <string>

namespace vdoc::net {

void file_sender::send(SoupServerMessage* message, artefact what, std::string_view name) {
  const auto how = reply_to(message, what.facts);
  set_reply(message, what.facts, name, how);
  if (how.has_body)
    begin(message, std::move(what.file), how);
  soup_server_message_unpause(message);
}

void file_sender::begin(SoupServerMessage* message, open_file file, const file_reply& how) {
  g_signal_connect(message, "wrote-chunk", G_CALLBACK(wrote_chunk), this);
  auto& what = sendings_.insert_or_assign(message, sending{std::move(file), how.first, how.length})
                   .first->second;
  feed(message, what);
}

void file_sender::wrote_chunk(SoupServerMessage* message, gpointer self) {
  auto* const my = static_cast<file_sender*>(self);
  my->hungry_.push_back(message);
  my->next_.ring();
}

/// A file that is shorter than it was cannot be sent as promised: the connection ends.
void file_sender::feed(SoupServerMessage* message, sending& what) const {
  const auto size = std::min(piece_bytes, what.left);
  auto* const piece = static_cast<guchar*>(g_malloc(size));
  ssize_t got = 0;
  do
    got = ::pread(what.file.descriptor(), piece, size, static_cast<off_t>(what.at));
  while (got < 0 && errno == EINTR);
  if (got <= 0) {
    g_free(piece);
    cut_off(message);
    return;
  }
  what.at += static_cast<std::uint64_t>(got);
  what.left -= static_cast<std::uint64_t>(got);
  soup_message_body_append_take(soup_server_message_get_response_body(message), piece,
                                static_cast<gsize>(got));
}

void file_sender::feed_all() {
  for (auto* const message : std::exchange(hungry_, {})) {
    const auto found = sendings_.find(message);
    if (found == sendings_.end() || found->second.left == 0)
      continue;
    feed(message, found->second);
    soup_server_message_unpause(message);
  }
}

} // namespace vdoc::net
