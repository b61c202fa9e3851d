#include "net/http/file_reply.hpp"

#include "net/http/exchange.hpp"

#include <string>

namespace vdoc::net {

namespace {

constexpr unsigned whole = 200;
constexpr unsigned partial = 206;
constexpr unsigned not_modified = 304;
constexpr unsigned no_such_range = 416;

/// Results are written anew when a job is done again, under the same names: whoever keeps a copy
/// has to ask whether it still holds.
constexpr const char* keep_but_ask = "private, no-cache";

/// Which part, unless it is of an older file than the one that is here (If-Range).
byte_range range_for(SoupServerMessage* message, const file_facts& about) {
  const auto condition = header_of(message, "If-Range");
  const bool holds =
      condition.empty() || condition == about.etag || condition == about.last_modified;
  return range_in(holds ? header_of(message, "Range") : std::string_view{}, about.size);
}

} // namespace

file_reply reply_to(SoupServerMessage* message, const file_facts& about) {
  if (names_etag(header_of(message, "If-None-Match"), about.etag))
    return {not_modified};
  const auto which = range_for(message, about);
  if (which.how == byte_range::kind::none)
    return {no_such_range};
  return {which.how == byte_range::kind::part ? partial : whole, which.first, which.length,
          method_of(message) != "HEAD" && which.length > 0};
}

void set_reply(SoupServerMessage* message, const file_facts& about, std::string_view name,
               const file_reply& how) {
  auto* const headers = soup_server_message_get_response_headers(message);
  const auto set = [&](const char* field, const std::string& value) {
    soup_message_headers_replace(headers, field, value.c_str());
  };
  set("Content-Type", media_type_of(name));
  set("ETag", about.etag);
  set("Last-Modified", about.last_modified);
  set("Accept-Ranges", "bytes");
  set("Cache-Control", keep_but_ask);
  set("X-Content-Type-Options", "nosniff");
  soup_server_message_set_status(message, how.status, nullptr);
  if (how.status == no_such_range)
    set("Content-Range", "bytes */" + std::to_string(about.size));
  if (how.status == partial)
    soup_message_headers_set_content_range(headers, static_cast<goffset>(how.first),
                                           static_cast<goffset>(how.first + how.length - 1),
                                           static_cast<goffset>(about.size));
  if (how.status == partial || how.status == whole)
    soup_message_headers_set_content_length(headers, static_cast<goffset>(how.length));
  if (how.has_body)
    soup_message_body_set_accumulate(soup_server_message_get_response_body(message), FALSE);
}

} // namespace vdoc::net
