#pragma once

#include <libsoup/soup.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace vdoc::test {

/// Answers one request; `path` is the URL's.
using answer = std::function<void(SoupServerMessage* message, const std::string& path)>;

/// A web server on one loopback address, in a thread of its own.
class web_server {
public:
  explicit web_server(answer how, const char* address = "127.0.0.1",
                      GTlsCertificate* certificate = nullptr);
  ~web_server();

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] std::string url(const std::string& path,
                                const std::string& host = "127.0.0.1") const;
  [[nodiscard]] int requests() const noexcept { return requests_; }

private:
  static void called(SoupServer* server, SoupServerMessage* message, const char* path,
                     GHashTable* query, gpointer self);

  answer how_;
  bool tls_;
  std::atomic<int> requests_{0};
  GMainContext* context_;
  GMainLoop* loop_;
  SoupServer* server_ = nullptr;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

void answer_with(SoupServerMessage* message, const std::string& body,
                 const char* type = "video/mp4");
void redirect_to(SoupServerMessage* message, const std::string& where);

/// Speaks no HTTP: says `words` to whoever connects, then closes or stays silent.
class blunt_server {
public:
  enum class then { closes, stays_silent };
  blunt_server(std::string words, then what);
  ~blunt_server();
  [[nodiscard]] std::string url() const;

private:
  void serve();

  std::string words_;
  then what_;
  GSocketListener* listener_;
  GCancellable* stop_;
  std::uint16_t port_;
  std::thread thread_;
};

} // namespace vdoc::test
