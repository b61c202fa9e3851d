#pragma once

#include <cstdint>
#include <string>

/// What two ZeroMQ sockets say to each other on a wire: RFC 23/ZMTP 3.0.
namespace vdoc::test::zmtp {

inline std::string greeting(const std::string& mechanism) {
  std::string bytes = "\xff";
  bytes += std::string(8, '\0') + "\x7f\x03";
  bytes += '\0';
  bytes += mechanism + std::string(20 - mechanism.size(), '\0');
  return bytes + std::string(32, '\0');
}

inline std::string ready_command() {
  const std::string body =
      std::string{"\x05READY\x0bSocket-Type"} + std::string("\0\0\0\x06", 4) + "DEALER";
  return std::string{"\x04"} + static_cast<char>(body.size()) + body;
}

inline std::string frame(char flags, const std::string& body) {
  return std::string{flags} + static_cast<char>(body.size()) + body;
}

/// A frame that says it is as long as that, and is not.
inline std::string huge_frame(std::uint64_t size, char flags = '\x02') {
  std::string bytes{flags};
  for (int shift = 56; shift >= 0; shift -= 8)
    bytes += static_cast<char>((size >> shift) & 0xff);
  return bytes + std::string(1'000, 'x');
}

} // namespace vdoc::test::zmtp
