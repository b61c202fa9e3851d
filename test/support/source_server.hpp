#pragma once

#include "test/support/command.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace vdoc::test {

/// An HTTP server on this machine that serves a folder, and misbehaves on request: see
/// source_server.mjs for its paths. Ends with the object.
class source_server {
public:
  /// Throws std::runtime_error when it does not come up within 10 s.
  explicit source_server(const std::filesystem::path& folder);
  /// The same over TLS, with that key and certificate (PEM).
  source_server(const std::filesystem::path& folder, const std::filesystem::path& key,
                const std::filesystem::path& certificate);
  /// `url("files", "talk.mp4")` is http://127.0.0.1:PORT/files/talk.mp4.
  [[nodiscard]] std::string url(const std::string& how, const std::string& name = "") const;
  /// The same by another name of this machine.
  [[nodiscard]] std::string url_at(const std::string& host, const std::string& how,
                                   const std::string& name = "") const;

private:
  source_server(const std::filesystem::path& folder, const std::vector<std::string>& more);

  running_command server_;
  std::string start_;
  std::string port_;
};

} // namespace vdoc::test
