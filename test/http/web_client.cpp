#include "test/http/web_client.hpp"

#include <libsoup/soup.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace vdoc::test {

struct web_client::inside {
  std::string address;
  SoupSession* session = nullptr;
};

web_client::web_client(std::string address, const std::string& authority)
    : inside_{std::make_unique<inside>()} {
  inside_->address = std::move(address);
  inside_->session = soup_session_new();
  soup_session_set_timeout(inside_->session, 60);
  if (authority.empty())
    return;
  GTlsDatabase* trusted = g_tls_file_database_new(authority.c_str(), nullptr);
  soup_session_set_tls_database(inside_->session, trusted);
  g_object_unref(trusted);
}

web_client::~web_client() {
  g_object_unref(inside_->session);
}

heard web_client::get(const std::string& path, const headers& with) {
  return send("GET", path, "", with);
}

heard web_client::send(const std::string& method, const std::string& path, const std::string& body,
                       const headers& with) {
  auto* const message = soup_message_new(method.c_str(), (inside_->address + path).c_str());
  if (message == nullptr)
    throw std::runtime_error{"no URL: " + inside_->address + path};
  std::string type = "application/json";
  for (const auto& [name, value] : with)
    if (name == "Content-Type")
      type = value;
    else
      soup_message_headers_append(soup_message_get_request_headers(message), name.c_str(),
                                  value.c_str());
  soup_message_add_flags(message, SOUP_MESSAGE_IDEMPOTENT); // over a connection that is there
  if (!body.empty()) {
    auto* const bytes = g_bytes_new(body.data(), body.size());
    soup_message_set_request_body_from_bytes(message, type.c_str(), bytes);
    g_bytes_unref(bytes);
  }
  heard answer;
  if (auto* const bytes = soup_session_send_and_read(inside_->session, message, nullptr, nullptr)) {
    gsize size = 0;
    const auto* const start = static_cast<const char*>(g_bytes_get_data(bytes, &size));
    answer.body.assign(start == nullptr ? "" : start, size);
    answer.status = soup_message_get_status(message);
    g_bytes_unref(bytes);
  }
  const auto keep = [](const char* name, const char* value, gpointer into) {
    std::string small = name;
    std::ranges::transform(small, small.begin(), [](char c) { return g_ascii_tolower(c); });
    (*static_cast<std::map<std::string, std::string>*>(into))[small] = value;
  };
  soup_message_headers_foreach(soup_message_get_response_headers(message), +keep, &answer.headers);
  g_object_unref(message);
  return answer;
}

raw_client::raw_client(const std::string& address, const std::string& from) {
  const auto colon = address.rfind(':');
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in own{};
  own.sin_family = AF_INET;
  if (::inet_pton(AF_INET, from.c_str(), &own.sin_addr) != 1 ||
      ::bind(socket_, reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0)
    throw std::runtime_error{"cannot connect from " + from};
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
    throw std::runtime_error{"cannot connect to " + address};
}

raw_client::~raw_client() {
  ::close(socket_);
}

void raw_client::say(const std::string& bytes) const {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const auto some = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (some <= 0)
      return;
    sent += static_cast<std::size_t>(some);
  }
}

bool raw_client::is_closed() {
  std::array<char, 65'536> buffer{};
  for (;;) {
    const auto size = ::recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size <= 0)
      return size == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
    heard_.append(buffer.data(), static_cast<std::size_t>(size));
  }
}

std::string raw_client::hear_until(const std::string& text) {
  constexpr int patience_ms = 15'000;
  std::array<char, 65'536> buffer{};
  while (heard_.find(text) == std::string::npos) {
    pollfd ready{socket_, POLLIN, 0};
    if (::poll(&ready, 1, patience_ms) <= 0)
      break;
    const auto size = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (size <= 0)
      break;
    heard_.append(buffer.data(), static_cast<std::size_t>(size));
  }
  return heard_;
}

} // namespace vdoc::test
