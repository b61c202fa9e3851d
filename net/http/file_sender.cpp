#include "net/http/file_sender.hpp"

#include "net/http/exchange.hpp"

#include <cerrno>
#include <string>

namespace vdoc::net {

namespace {

constexpr std::uint64_t piece_bytes = 256UL * 1024;
constexpr unsigned whole = 200;
constexpr unsigned partial = 206;
constexpr unsigned not_modified = 304;
constexpr unsigned no_such_range = 416;

/// Results are written anew when a job is done again, under the same names: whoever keeps a copy
/// has to ask whether it still holds.
constexpr const char* keep_but_ask = "private, no-cache";

void set_headers(SoupServerMessage* message, const artefact& what, std::string_view name) {
  auto* const headers = soup_server_message_get_response_headers(message);
  const auto set = [&](const char* field, const std::string& value) {
    soup_message_headers_replace(headers, field, value.c_str());
  };
  set("Content-Type", media_type_of(name));
  set("ETag", what.etag);
  set("Last-Modified", what.last_modified);
  set("Accept-Ranges", "bytes");
  set("Cache-Control", keep_but_ask);
  set("X-Content-Type-Options", "nosniff");
}

/// Which part, unless it is of an older file than the one that is here (If-Range).
byte_range range_for(SoupServerMessage* message, const artefact& what) {
  const auto condition = header_of(message, "If-Range");
  const bool holds = condition.empty() || condition == what.etag || condition == what.last_modified;
  return range_in(holds ? header_of(message, "Range") : std::string_view{}, what.size);
}

} // namespace

void file_sender::send(SoupServerMessage* message, artefact what, std::string_view name) {
  set_headers(message, what, name);
  auto* const headers = soup_server_message_get_response_headers(message);
  const auto finish = [&](unsigned status) {
    soup_server_message_set_status(message, status, nullptr);
    soup_server_message_unpause(message);
  };
  if (names_etag(header_of(message, "If-None-Match"), what.etag))
    return finish(not_modified);
  const auto which = range_for(message, what);
  if (which.how == byte_range::kind::none) {
    const auto all = "bytes */" + std::to_string(what.size);
    soup_message_headers_replace(headers, "Content-Range", all.c_str());
    return finish(no_such_range);
  }
  const bool is_part = which.how == byte_range::kind::part;
  if (is_part)
    soup_message_headers_set_content_range(headers, static_cast<goffset>(which.first),
                                           static_cast<goffset>(which.first + which.length - 1),
                                           static_cast<goffset>(what.size));
  soup_message_headers_set_content_length(headers, static_cast<goffset>(which.length));
  if (method_of(message) != "HEAD" && which.length > 0)
    begin(message, std::move(what.file), which);
  finish(is_part ? partial : whole);
}

void file_sender::begin(SoupServerMessage* message, open_file file, const byte_range& which) {
  soup_message_body_set_accumulate(soup_server_message_get_response_body(message), FALSE);
  g_signal_connect(message, "wrote-chunk", G_CALLBACK(wrote_chunk), this);
  auto& what =
      sendings_.insert_or_assign(message, sending{std::move(file), which.first, which.length})
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
