#pragma once

#include "net/http/fetch.hpp"

#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <unistd.h>

namespace vdoc::test {

/// A folder to spool into, and the words of the tests.
struct fetching {
  std::filesystem::path folder;
  net::fetch_limits limits;
  std::atomic<bool> cancelled{false};

  fetching() {
    std::string name = (std::filesystem::temp_directory_path() / "vdoc-fetch-XXXXXX").string();
    folder = ::mkdtemp(name.data());
    limits.allowed_networks = {"127.0.0.1"};
  }
  fetching(const fetching&) = delete;
  fetching& operator=(const fetching&) = delete;
  ~fetching() { std::filesystem::remove_all(folder); }

  net::fetched fetch(const std::string& url, const net::on_progress& progress = {}) {
    return net::fetch(url, folder / "source", limits, cancelled, progress);
  }
  /// The error of a fetch that must not succeed; leaves no file behind.
  std::optional<net::fetch_error> error_of(const std::string& url) {
    try {
      fetch(url);
    } catch (const net::fetch_error& wrong) {
      if (std::filesystem::is_empty(folder))
        return wrong;
    }
    return std::nullopt;
  }
  [[nodiscard]] std::string spooled() const {
    std::ifstream file{folder / "source", std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
  }
};

} // namespace vdoc::test
