#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace vdoc::membership {

/// Files in PEM format that say who a node is and whom it believes.
struct identity_files {
  std::filesystem::path authority;
  std::filesystem::path certificate; ///< may be followed by intermediate ones
  std::filesystem::path key;
  std::filesystem::path revoked = {}; ///< list of the authority; empty: there is none
};

/// What a look at these files came to.
struct preflight_result {
  /// One line each, with the file, what is wrong and what to do; empty: they can be used.
  std::vector<std::string> problems;
  /// When the first of authority and certificate ends, as far as they can be read.
  std::optional<std::chrono::system_clock::time_point> ends;

  [[nodiscard]] bool good() const noexcept { return problems.empty(); }
};

/// Looks at everything that CAF and OpenSSL would trip over (CAF aborts the process, or says
/// nothing at all): files that are missing, unreadable, or not PEM; a key that others may read or
/// that is of another certificate; a time that is over or has not begun; another authority;
/// revocation; a use other than that of client and server; and a name that is not the node's.
/// An empty `node`: any name. Reads files, writes none, throws nothing.
preflight_result preflight(const identity_files& files, const std::string& node,
                           std::chrono::system_clock::time_point now);

} // namespace vdoc::membership
