#include "actors/node/basp_frames.hpp"

#include <algorithm>
#include <cstring>

namespace vdoc::node {

namespace {

/// caf::io::basp::message_type
enum class frame : std::uint8_t {
  server_handshake,
  client_handshake,
  direct_message,
  routed_message,
  monitor_message,
  down_message,
  heartbeat
};

constexpr std::uint32_t longest_introduction = 64U << 10U;
/// A client may say it again, to have this one of two connections used.
constexpr std::uint32_t most_introductions = 2;
constexpr std::uint32_t longest_payload = 64U << 20U;
constexpr std::size_t place_of_length = 4;

/// Big-endian, as the network has it.
std::uint32_t length_in(std::span<const std::byte> header) {
  std::uint32_t length = 0;
  for (std::size_t i = 0; i < sizeof length; ++i)
    length = length << 8U | std::to_integer<std::uint32_t>(header[place_of_length + i]);
  return length;
}

} // namespace

bool basp_frames::begin_frame() {
  payload_left_ = length_in(header_);
  header_so_far_ = 0;
  const auto kind = static_cast<frame>(header_[0]);
  introducing_ = kind == frame::client_handshake;
  if (introducing_)
    return ++introductions_ <= most_introductions && payload_left_ > 0 &&
           payload_left_ <= longest_introduction;
  if (!introduced_)
    return false;
  switch (kind) {
  case frame::direct_message:
  case frame::monitor_message:
  case frame::down_message:
    return payload_left_ > 0 && payload_left_ <= longest_payload;
  case frame::heartbeat:
    return payload_left_ == 0;
  default:
    return false;
  }
}

bool basp_frames::take(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    if (payload_left_ > 0) {
      const auto part = std::min<std::size_t>(payload_left_, bytes.size());
      payload_left_ -= static_cast<std::uint32_t>(part);
      bytes = bytes.subspan(part);
    } else {
      const auto part = std::min(header_bytes - header_so_far_, bytes.size());
      std::memcpy(header_.data() + header_so_far_, bytes.data(), part);
      header_so_far_ += part;
      bytes = bytes.subspan(part);
      if (header_so_far_ == header_bytes && !begin_frame())
        return false;
    }
    introduced_ = introduced_ || (introducing_ && payload_left_ == 0);
  }
  return true;
}

} // namespace vdoc::node
