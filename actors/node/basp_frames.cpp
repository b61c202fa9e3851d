#include "actors/node/basp_frames.hpp"

#include <caf/node_id.hpp>

#include <algorithm>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

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
/// Why an actor has ended: an error, which may have another one in it, and so on.
constexpr std::uint32_t longest_obituary = 16U << 10U;
constexpr std::size_t place_of_flags = 3, place_of_length = 4, place_of_number = 8;
/// caf::message_id::response_flag_mask, in the highest byte of a message's number
constexpr std::byte answers{0x80};
/// caf::io::basp::header::named_receiver_flag
constexpr std::byte to_a_name{0x01};

/// Big-endian, as the network has it.
std::uint32_t length_in(std::span<const std::byte> header) {
  std::uint32_t length = 0;
  for (std::size_t i = 0; i < sizeof length; ++i)
    length = length << 8U | std::to_integer<std::uint32_t>(header[place_of_length + i]);
  return length;
}

/// Reads what CAF's binary_serializer has written; nothing once the bytes are over.
class reader {
public:
  explicit reader(std::span<const std::byte> bytes) : bytes_{bytes} {}

  bool skip(std::size_t size) {
    if (size > bytes_.size())
      return false;
    bytes_ = bytes_.subspan(size);
    return true;
  }
  /// A node's id, of the kind that nodes of ours have: a number of the process and a digest.
  bool node() {
    constexpr auto kind = static_cast<std::uint64_t>(caf::node_id::default_data::class_id);
    constexpr std::size_t process_and_digest = 4 + caf::node_id::default_data::host_id_size;
    std::uint64_t said = 0;
    if (bytes_.size() < sizeof said)
      return false;
    for (const auto each : bytes_.first(sizeof said))
      said = said << 8U | std::to_integer<std::uint64_t>(each);
    return said == kind && skip(sizeof said + process_and_digest);
  }
  /// Seven bits a byte, the lowest first.
  std::optional<std::uint64_t> size() {
    std::uint64_t all = 0;
    constexpr unsigned most_bits = 63, bits = 7;
    for (unsigned shift = 0; shift < most_bits && !bytes_.empty(); shift += bits) {
      const auto next = std::to_integer<std::uint64_t>(bytes_.front());
      bytes_ = bytes_.subspan(1);
      all |= (next & 0x7FU) << shift;
      if ((next & 0x80U) == 0)
        return all;
    }
    return std::nullopt;
  }
  /// What is in a message that begins here: the names of its types.
  std::optional<std::string_view> types() {
    constexpr std::string_view begin{"@<>"};
    constexpr std::size_t number_of_type = 2; // 0: a name follows
    if (bytes_.size() < number_of_type || bytes_[0] != std::byte{0} || bytes_[1] != std::byte{0})
      return std::nullopt;
    bytes_ = bytes_.subspan(number_of_type);
    const auto length = size();
    if (!length || *length > bytes_.size())
      return std::nullopt;
    const std::string_view name{reinterpret_cast<const char*>(bytes_.data()),
                                static_cast<std::size_t>(*length)};
    bytes_ = bytes_.subspan(name.size());
    return name.starts_with(begin) ? std::optional{name.substr(begin.size())} : std::nullopt;
  }

private:
  std::span<const std::byte> bytes_;
};

bool is_one_of_ours(std::string_view types) {
  return types.starts_with("+vdoc::") && types.find('+', 1) == std::string_view::npos;
}

/// One string or several.
bool is_words(std::string_view types) {
  constexpr std::string_view text{"+@str"};
  while (types.starts_with(text))
    types.remove_prefix(text.size());
  return types.empty();
}

/// An error is its number, its category, and a message.
bool is_plain_error(reader& from) {
  constexpr std::size_t code_and_category = 1 + 8;
  if (!from.skip(code_and_category))
    return false;
  const auto within = from.types();
  return within && (is_one_of_ours(*within) || is_words(*within));
}

/// From the beginning of a message's payload: for whom it goes on to, and then the message itself.
/// An actor that is told an error without having asked ends by it.
bool may_be_read(reader from, bool is_answer) {
  if (from.size() != 0U) // actors that it would be passed on to
    return false;
  const auto types = from.types();
  if (!types)
    return false;
  if (types->empty() || is_one_of_ours(*types))
    return true;
  return is_answer && *types == "+@error" && is_plain_error(from);
}

/// From the beginning of what tells why somebody has ended: from which node, for which, the error.
bool may_be_mourned(reader from) {
  return from.node() && from.node() && is_plain_error(from);
}

} // namespace

bool basp_frames::begin_frame() {
  payload_left_ = length_in(header_);
  header_so_far_ = 0;
  const auto kind = static_cast<frame>(header_[0]);
  introducing_ = kind == frame::client_handshake;
  // Nobody has a name here, so what is sent to one is thrown away unread. CAF greets so each time.
  const bool named = (header_[place_of_flags] & to_a_name) == to_a_name;
  const bool looked_into = (kind == frame::direct_message && !named) || kind == frame::down_message;
  head_is_of_ = looked_into ? header_[0] : std::byte{};
  head_so_far_ = 0;
  answers_ = (header_[place_of_number] & answers) == answers;
  if (introducing_)
    return ++introductions_ <= most_introductions && payload_left_ > 0 &&
           payload_left_ <= longest_introduction;
  if (!introduced_)
    return false;
  switch (kind) {
  case frame::direct_message:
    return payload_left_ > 0 && payload_left_ <= longest_payload;
  case frame::monitor_message:
  case frame::down_message:
    return payload_left_ > 0 && payload_left_ <= longest_obituary;
  case frame::heartbeat:
    return payload_left_ == 0;
  default:
    return false;
  }
}

/// CAF reads a frame when it has all of it, so its types are known before that.
bool basp_frames::take_payload(std::span<const std::byte> bytes) {
  payload_left_ -= static_cast<std::uint32_t>(bytes.size());
  if (head_is_of_ == std::byte{})
    return true;
  const auto part = std::min(head_.size() - head_so_far_, bytes.size());
  std::memcpy(head_.data() + head_so_far_, bytes.data(), part);
  head_so_far_ += part;
  if (head_so_far_ < head_.size() && payload_left_ > 0)
    return true;
  const auto kind = static_cast<frame>(std::exchange(head_is_of_, {}));
  const reader from{std::span{head_}.first(head_so_far_)};
  return kind == frame::down_message ? may_be_mourned(from) : may_be_read(from, answers_);
}

bool basp_frames::take(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    if (payload_left_ > 0) {
      const auto part = std::min<std::size_t>(payload_left_, bytes.size());
      if (!take_payload(bytes.first(part)))
        return false;
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
