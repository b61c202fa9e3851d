#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace vdoc::net {

/// Where a service answers HTTP, and what its client shows there.
struct web_site {
  std::string url;         ///< "https://video.example", without a path
  std::string token;       ///< empty: none
  std::string authorities; ///< PEM file of those to trust; empty: those of the system
};

/// The bytes of a file from there to its end, as a body.
struct file_tail {
  std::filesystem::path file;
  std::uint64_t from = 0;
  std::uint64_t length = 0;     ///< of the file
  std::uint64_t most_per_s = 0; ///< bytes; 0: as fast as it goes
};

struct site_question {
  std::string method;
  std::string path; ///< "/api/v1/jobs"
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  std::optional<file_tail> file = {}; ///< instead of `body`
};

struct site_answer {
  unsigned status = 0; ///< 0: there is none, and `body` says why
  std::string body;
  std::map<std::string, std::string> headers; ///< names in small letters
  bool curable = true;                        ///< where there is none: asking again may help

  [[nodiscard]] bool ok() const noexcept { return status / 100 == 2; }
  [[nodiscard]] std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
};

/// "message; advice" of an answer that is no success.
std::string words_of(const site_answer& what);

/// Asks a service over HTTP, one question at a time. One thread; blocks.
class site_client {
public:
  /// A connection that brings nothing for `patience` is given up.
  site_client(web_site where, std::chrono::milliseconds patience);
  site_client(const site_client&) = delete;
  site_client& operator=(const site_client&) = delete;
  ~site_client();

  /// `sent` hears how many bytes of a file are on their way, some times a second.
  site_answer ask(const site_question& what, const std::function<void(std::uint64_t)>& sent = {});
  [[nodiscard]] const std::string& url() const noexcept { return where_.url; }
  /// To another node of the same service.
  void turn_to(std::string url) { where_.url = std::move(url); }

private:
  struct inside;
  web_site where_;
  std::chrono::milliseconds patience_;
  std::unique_ptr<inside> inside_;
};

} // namespace vdoc::net
