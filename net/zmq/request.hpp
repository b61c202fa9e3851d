#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vdoc::net {

/// One request over ZeroMQ (docs/protocol.md), as far as its frames go.
struct request {
  bool delimited = false; ///< an empty frame came first (REQ), and so does the answer's
  std::string protocol;   ///< "VDOC1"
  std::string id;         ///< of the client's choice
  std::string verb;
  std::string body;
};

constexpr std::string_view protocol_name = "VDOC1";
constexpr int protocol_version = 1;

/// The frames behind the client's address. Nothing when they are no request of any version: there
/// is nobody to be told.
std::optional<request> read_request(std::vector<std::string> frames);

/// The frames of an answer, without the client's address.
std::vector<std::string> write_answer(const request& to, std::string code, std::string body);

} // namespace vdoc::net
