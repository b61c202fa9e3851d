#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace vdoc::net {

/// Where a source is, of which a user wrote a path or a URL.
struct source_place {
  std::string scheme;         ///< "file", "http" or "https"
  std::filesystem::path path; ///< of a local source
  std::string url;            ///< of a remote one

  [[nodiscard]] bool remote() const noexcept { return scheme != "file"; }
  friend bool operator==(const source_place&, const source_place&) = default;
};

/// Reads what the user wrote. A name without "scheme://" is a path, "file:/x" one too. Throws
/// fetch_error (the user's fault) for a scheme that is not in `allowed`, and for a URL that is
/// none.
source_place place_of(std::string_view source, const std::vector<std::string>& allowed);

} // namespace vdoc::net
