#pragma once

#include "net/http/fetch.hpp"
#include "test/support/temp_folder.hpp"

#include <fstream>
#include <iterator>
#include <optional>
#include <string>

namespace vdoc::test {

/// A folder to spool into, and the words of the tests.
struct fetching {
  temp_folder own;
  std::filesystem::path folder = own.path();
  net::fetch_limits limits;
  std::atomic<bool> cancelled{false};

  fetching() { limits.allowed_networks = {"127.0.0.1"}; }

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
