#include "net/http/exchange.hpp"

#include <memory>
#include <string>

namespace vdoc::net {

namespace {

std::string_view view_of(const char* text) {
  return text == nullptr ? std::string_view{} : std::string_view{text};
}

GBytes* bytes_of(std::string text) {
  auto kept = std::make_unique<std::string>(std::move(text));
  auto* const whose = kept.get();
  return g_bytes_new_with_free_func(
      whose->data(), whose->size(),
      [](gpointer one) { std::default_delete<std::string>{}(static_cast<std::string*>(one)); },
      kept.release());
}

std::string_view body_of(SoupServerMessage* message) {
  auto* const body = soup_server_message_get_request_body(message);
  if (body->length == 0)
    return {};
  g_bytes_unref(soup_message_body_flatten(body)); // the body keeps one of its own
  return {body->data, static_cast<std::size_t>(body->length)};
}

constexpr unsigned no_content = 204;

/// libsoup 3.2 takes the body of a 204 for one that lasts to the end of the connection, and ends
/// it: it looks once the headers are written.
void keep_open_after(SoupServerMessage* message) {
  const auto wrote = +[](SoupServerMessage* which, gpointer) {
    soup_message_headers_set_encoding(soup_server_message_get_response_headers(which),
                                      SOUP_ENCODING_NONE);
  };
  g_signal_connect(message, "wrote-headers", G_CALLBACK(wrote), nullptr);
}

} // namespace

std::string_view header_of(SoupServerMessage* message, const char* name) {
  return view_of(
      soup_message_headers_get_list(soup_server_message_get_request_headers(message), name));
}

std::string_view method_of(SoupServerMessage* message) {
  return view_of(soup_server_message_get_method(message));
}

std::string_view query_of(SoupServerMessage* message) {
  return view_of(g_uri_get_query(soup_server_message_get_uri(message)));
}

provenance provenance_of(SoupServerMessage* message) {
  return {header_of(message, "Host"), header_of(message, "Origin"),
          header_of(message, "Sec-Fetch-Site")};
}

client_address address_of(SoupServerMessage* message) {
  auto* const end = soup_server_message_get_remote_address(message);
  if (end == nullptr || !G_IS_INET_SOCKET_ADDRESS(end))
    return {};
  auto* const address = g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(end));
  return client_address_from(
      {g_inet_address_to_bytes(address), g_inet_address_get_native_size(address)});
}

web_request request_of(SoupServerMessage* message, const char* path) {
  const auto method = method_of(message);
  return {method == "HEAD" ? "GET" : method,
          path,
          query_of(message),
          body_of(message),
          header_of(message, "Content-Type"),
          header_of(message, "Idempotency-Key"),
          header_of(message, "traceparent")};
}

void set_answer(SoupServerMessage* message, web_answer what) {
  auto* const headers = soup_server_message_get_response_headers(message);
  soup_server_message_set_status(message, what.status, nullptr);
  soup_message_headers_replace(headers, "Content-Type", what.type.c_str());
  soup_message_headers_replace(headers, "Cache-Control", "no-store");
  soup_message_headers_replace(headers, "X-Content-Type-Options", "nosniff");
  for (const auto& [name, value] : what.headers)
    soup_message_headers_replace(headers, name, value.c_str());
  if (what.status == no_content)
    keep_open_after(message);
  if (what.body.empty())
    return;
  auto* const bytes = bytes_of(std::move(what.body));
  soup_message_body_append_bytes(soup_server_message_get_response_body(message), bytes);
  g_bytes_unref(bytes);
}

void close_after(SoupServerMessage* message) {
  soup_message_headers_replace(soup_server_message_get_response_headers(message), "Connection",
                               "close");
}

void cut_off(SoupServerMessage* message) {
  if (auto* const socket = soup_server_message_get_socket(message))
    g_socket_shutdown(socket, TRUE, TRUE, nullptr);
}

} // namespace vdoc::net
