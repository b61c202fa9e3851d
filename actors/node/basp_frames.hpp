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
/// Of a message only what a peer of ours says is let through: one value of a type of ours, nothing
/// at all, or, as an answer, an error with such a value in it or with words; of an actor's end,
/// only such an error. An actor that is told an error without having asked would end by it. CAF
/// takes the word of any peer for orders to end an actor and to link actors (and reads the latter
/// through a pointer of another type), and reads messages in messages by recursion, as deep as they
/// are. What is sent to a name instead of a number goes through: nothing is offered by name
/// (configuration.hpp), so CAF throws it away unread.
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
  bool take_payload(std::span<const std::byte> bytes);

  static constexpr std::size_t header_bytes = 32;
  static constexpr std::size_t head_bytes = 512; ///< of a message: enough for its types

  std::array<std::byte, header_bytes> header_{};
  std::size_t header_so_far_ = 0;
  std::uint32_t payload_left_ = 0;
  std::uint32_t introductions_ = 0;
  bool introducing_ = false; ///< the payload is that of the handshake
  bool introduced_ = false;
  std::byte head_is_of_{}; ///< the kind of frame whose types are not known yet; 0: none such
  bool answers_ = false;   ///< the message is the answer to a request
  std::array<std::byte, head_bytes> head_{};
  std::size_t head_so_far_ = 0;
};

} // namespace vdoc::node
