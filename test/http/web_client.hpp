#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace vdoc::test {

/// What came back. The names of headers in small letters.
struct heard {
  unsigned status = 0; ///< 0: nothing came
  std::string body;
  std::map<std::string, std::string> headers;

  [[nodiscard]] std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
};

/// Asks a web server over libsoup, one question at a time.
class web_client {
public:
  using headers = std::vector<std::pair<std::string, std::string>>;

  explicit web_client(std::string address, const std::string& authority = "");
  web_client(const web_client&) = delete;
  web_client& operator=(const web_client&) = delete;
  ~web_client();

  heard get(const std::string& path, const headers& with = {});
  /// JSON, unless `with` says another Content-Type.
  heard send(const std::string& method, const std::string& path, const std::string& body,
             const headers& with = {});

private:
  struct inside;
  std::unique_ptr<inside> inside_;
};

/// A TCP connection for what no decent client sends.
class raw_client {
public:
  /// To "http://127.0.0.1:1234", from that address of this machine, such as "127.0.0.2".
  explicit raw_client(const std::string& address, const std::string& from = "127.0.0.1");
  raw_client(raw_client&& other) noexcept
      : socket_{std::exchange(other.socket_, -1)}, heard_{std::move(other.heard_)} {}
  raw_client& operator=(raw_client&& other) noexcept {
    std::swap(socket_, other.socket_);
    std::swap(heard_, other.heard_);
    return *this;
  }
  ~raw_client();

  void say(const std::string& bytes) const;
  /// Until the text is in what came, or the other side has closed; at most 15 s without a word.
  std::string hear_until(const std::string& text);
  /// Whether the other side has closed; what came before that is heard.
  bool is_closed();
  std::string hear_all() { return hear_until("nobody says this"); }

private:
  int socket_ = -1;
  std::string heard_;
};

} // namespace vdoc::test
