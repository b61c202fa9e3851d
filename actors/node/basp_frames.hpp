#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace vdoc::node {

/// What a peer that dials us may say in CAF's protocol (BASP of 0.17.6), looked at frame by frame
/// before CAF sees it. CAF itself reads a handshake without payload through a null pointer, and
/// sets aside as much memory as a header says, 4 GiB at most.
///
/// A client introduces itself first of all, and once more to have this connection used; then it
/// sends messages, monitors and heartbeats. It routes nothing: nodes dial each other. No frame has
/// more than 64 MiB: what is sent has some hundred bytes mostly, and a few MiB at most (the words
/// of a day of speech).
class basp_frames {
public:
  /// The bytes that came next; false: the peer breaks the rules, and the connection has to end.
  bool take(std::span<const std::byte> bytes);
  /// Whether the peer has introduced itself.
  [[nodiscard]] bool introduced() const noexcept { return introduced_; }

private:
  bool begin_frame();

  static constexpr std::size_t header_bytes = 32;

  std::array<std::byte, header_bytes> header_{};
  std::size_t header_so_far_ = 0;
  std::uint32_t payload_left_ = 0;
  std::uint32_t introductions_ = 0;
  bool introducing_ = false; ///< the payload is that of the handshake
  bool introduced_ = false;
};

} // namespace vdoc::node
