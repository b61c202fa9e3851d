#include "test/net/web_server.hpp"

#include <stdexcept>
#include <vector>

namespace vdoc::test {

web_server::web_server(answer how, const char* address, GTlsCertificate* certificate)
    : how_{std::move(how)}, tls_{certificate != nullptr}, context_{g_main_context_new()},
      loop_{g_main_loop_new(context_, FALSE)} {
  g_main_context_push_thread_default(context_);
  server_ = soup_server_new(nullptr, nullptr);
  if (tls_)
    soup_server_set_tls_certificate(server_, certificate);
  soup_server_add_handler(server_, nullptr, called, this, nullptr);
  GSocketAddress* where = g_inet_socket_address_new_from_string(address, 0);
  GError* error = nullptr;
  soup_server_listen(server_, where, tls_ ? SOUP_SERVER_LISTEN_HTTPS : SoupServerListenOptions{},
                     &error);
  g_object_unref(where);
  g_main_context_pop_thread_default(context_);
  if (error != nullptr)
    throw std::runtime_error{error->message};
  GSList* listening = soup_server_get_uris(server_);
  port_ = static_cast<std::uint16_t>(g_uri_get_port(static_cast<GUri*>(listening->data)));
  g_slist_free_full(listening, reinterpret_cast<GDestroyNotify>(g_uri_unref));
  thread_ = std::thread{[this] {
    g_main_context_push_thread_default(context_);
    g_main_loop_run(loop_);
    g_main_context_pop_thread_default(context_);
  }};
}

web_server::~web_server() {
  GSource* last = g_idle_source_new();
  g_source_set_callback(
      last,
      [](gpointer loop) {
        g_main_loop_quit(static_cast<GMainLoop*>(loop));
        return G_SOURCE_REMOVE;
      },
      loop_, nullptr);
  g_source_attach(last, context_);
  g_source_unref(last);
  thread_.join();
  soup_server_disconnect(server_);
  g_object_unref(server_);
  g_main_loop_unref(loop_);
  g_main_context_unref(context_);
}

std::string web_server::url(const std::string& path, const std::string& host) const {
  return (tls_ ? "https://" : "http://") + host + ":" + std::to_string(port_) + path;
}

void web_server::called(SoupServer* /*server*/, SoupServerMessage* message, const char* path,
                        GHashTable* /*query*/, gpointer self) {
  auto* my = static_cast<web_server*>(self);
  ++my->requests_;
  my->how_(message, path);
}

void answer_with(SoupServerMessage* message, const std::string& body, const char* type) {
  soup_server_message_set_status(message, SOUP_STATUS_OK, nullptr);
  soup_server_message_set_response(message, type, SOUP_MEMORY_COPY, body.data(), body.size());
}

void redirect_to(SoupServerMessage* message, const std::string& where) {
  soup_server_message_set_status(message, SOUP_STATUS_FOUND, nullptr);
  soup_message_headers_replace(soup_server_message_get_response_headers(message), "Location",
                               where.c_str());
}

blunt_server::blunt_server(std::string words, then what)
    : words_{std::move(words)}, what_{what}, listener_{g_socket_listener_new()},
      stop_{g_cancellable_new()} {
  GSocketAddress* any = g_inet_socket_address_new_from_string("127.0.0.1", 0);
  GSocketAddress* taken = nullptr;
  g_socket_listener_add_address(listener_, any, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP,
                                nullptr, &taken, nullptr);
  port_ = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(taken));
  g_object_unref(any);
  g_object_unref(taken);
  thread_ = std::thread{[this] { serve(); }};
}

blunt_server::~blunt_server() {
  g_cancellable_cancel(stop_);
  thread_.join();
  g_socket_listener_close(listener_);
  g_object_unref(listener_);
  g_object_unref(stop_);
}

std::string blunt_server::url() const {
  return "http://127.0.0.1:" + std::to_string(port_) + "/talk.mp4";
}

void blunt_server::serve() {
  std::vector<GSocketConnection*> silent;
  while (auto* caller = g_socket_listener_accept(listener_, nullptr, stop_, nullptr)) {
    if (!words_.empty()) {
      char request[4096];
      auto* in = g_io_stream_get_input_stream(G_IO_STREAM(caller));
      g_input_stream_read(in, request, sizeof request, stop_, nullptr);
      auto* out = g_io_stream_get_output_stream(G_IO_STREAM(caller));
      g_output_stream_write_all(out, words_.data(), words_.size(), nullptr, stop_, nullptr);
    }
    if (what_ == then::stays_silent)
      silent.push_back(caller);
    else
      g_object_unref(caller);
  }
  for (auto* caller : silent)
    g_object_unref(caller);
}

} // namespace vdoc::test
