#pragma once

#include "net/http/fetch_error.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace vdoc::net {

/// What a fetch may cost and where it may lead.
struct fetch_limits {
  std::vector<std::string> schemes{"http", "https"}; ///< of the URL and of every redirect
  bool allow_private_addresses = false;
  std::vector<std::string> allowed_networks;        ///< exceptions, private or not: "10.1.2.0/24"
  std::filesystem::path authorities;                ///< PEM; whom to trust instead of the system's
  std::chrono::milliseconds connect_timeout{5'000}; ///< name, connection and TLS, of each hop
  std::chrono::milliseconds answer_timeout{12'000}; ///< until the first byte, redirects included
  std::chrono::milliseconds idle_timeout{10'000};   ///< without a byte
  int redirects = 5;
  std::uint64_t largest_bytes = 50'000'000'000;
};

struct fetch_progress {
  std::uint64_t received_bytes = 0;
  std::uint64_t total_bytes = 0; ///< 0 unknown
};

/// Called in the fetching thread, after every piece.
using on_progress = std::function<void(const fetch_progress&)>;

/// What was fetched.
struct fetched {
  std::uint64_t bytes = 0;
  std::string url; ///< after redirects, without user, password and query
  std::string content_type;
};

/// Fetches an http or https source into the file `into`, which appears only when it is whole.
/// Follows redirects itself: each hop's scheme and the address it really connects to are checked
/// (no DNS-rebinding gap); certificates are checked; proxies of the environment are not used, since
/// behind one nobody knows what it connects to. A body shorter than announced is an error.
///
/// Blocks the calling thread, in which it runs a main context of its own. `cancelled` is looked at
/// ten times a second. `on_whole` is called when all of it came, before the file is synced, which
/// may take minutes. Throws fetch_error or fetch_cancelled.
fetched fetch(const std::string& url, const std::filesystem::path& into, const fetch_limits& limits,
              const std::atomic<bool>& cancelled, const on_progress& progress = {},
              const std::function<void()>& on_whole = {});

/// What is posted, and with which headers.
struct letter {
  std::string body;
  std::string content_type;
  std::vector<std::pair<std::string, std::string>> headers;
};

/// Posts to an http or https URL under the same rules as `fetch`; a redirect is not followed. The
/// status of the answer, whatever it is; its body is not read. Throws fetch_error when there is
/// none, or fetch_cancelled.
unsigned post(const std::string& url, const letter& what, const fetch_limits& limits,
              const std::atomic<bool>& cancelled);

} // namespace vdoc::net
