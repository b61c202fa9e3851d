#include "pipelines/hls/sequence_set.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

namespace vdoc::hls {

namespace {

constexpr std::uint32_t largest_dpb = 16; ///< pictures, in any level (A.3.1)

/// Thrown at the end of the bits; never leaves this file.
struct cut_short {};

/// The bits of a NAL unit, without the bytes that keep start codes out of it (7.4.1).
class bit_reader {
public:
  explicit bit_reader(std::span<const std::uint8_t> unit) {
    int zeros = 0;
    for (const auto byte : unit) {
      if (zeros >= 2 && byte == 3) {
        zeros = 0;
        continue;
      }
      zeros = byte == 0 ? zeros + 1 : 0;
      bytes_.push_back(byte);
    }
  }
  std::uint32_t take(unsigned count) {
    std::uint32_t value = 0;
    for (; count > 0; --count, ++at_) {
      if (at_ / 8 >= bytes_.size())
        throw cut_short{};
      value = value << 1U | (bytes_[at_ / 8] >> (7 - at_ % 8) & 1U);
    }
    return value;
  }
  bool flag() { return take(1) != 0; }
  /// Exp-Golomb code (9.1); a signed one is as long.
  std::uint32_t code() {
    unsigned zeros = 0;
    while (!flag())
      if (++zeros > 31)
        throw cut_short{};
    return (std::uint32_t{1} << zeros) - 1 + (zeros > 0 ? take(zeros) : 0);
  }
  int signed_code() {
    const auto value = code();
    const auto half = static_cast<int>(value / 2);
    return value % 2 != 0 ? half + 1 : -half;
  }
  void skip_codes(std::uint32_t count) {
    for (; count > 0; --count)
      code();
  }

private:
  std::vector<std::uint8_t> bytes_;
  std::size_t at_ = 0;
};

void skip_scaling_list(bit_reader& in, int size) {
  int last = 8, next = 8;
  for (int i = 0; i < size; ++i) {
    if (next != 0)
      next = (last + in.signed_code() + 256) % 256;
    last = next == 0 ? last : next;
  }
}

void skip_chroma(bit_reader& in) {
  const auto format = in.code();
  if (format == 3)
    in.flag();
  in.skip_codes(2); // bit depths
  in.flag();
  if (!in.flag())
    return;
  for (int i = 0; i < (format == 3 ? 12 : 8); ++i)
    if (in.flag())
      skip_scaling_list(in, i < 6 ? 16 : 64);
}

void skip_buffer_model(bit_reader& in) {
  const auto schedules = in.code() + 1;
  in.take(8);
  for (std::uint32_t i = 0; i < schedules; ++i) {
    in.skip_codes(2);
    in.flag();
  }
  in.take(20);
}

void skip_looks(bit_reader& in) {
  constexpr std::uint32_t extended_aspect = 255;
  if (in.flag() && in.take(8) == extended_aspect)
    in.take(32);
  if (in.flag())
    in.flag(); // overscan
  if (in.flag()) {
    in.take(4); // video format, range
    if (in.flag())
      in.take(24); // colour
  }
  if (in.flag())
    in.skip_codes(2); // chroma location
}

/// annex E.1.1
void read_usability(bit_reader& in, picture_order& order) {
  skip_looks(in);
  if (in.flag()) {
    const std::int64_t units = in.take(32), scale = in.take(32);
    in.flag();
    if (units > 0 && scale > 0) // a tick is a field
      order.picture_duration = fragment::timestamp{2 * units * 1'000'000'000 / scale};
  }
  const bool nal_model = in.flag();
  if (nal_model)
    skip_buffer_model(in);
  const bool vcl_model = in.flag();
  if (vcl_model)
    skip_buffer_model(in);
  if (nal_model || vcl_model)
    in.flag();
  in.flag();
  if (!in.flag())
    return;
  in.flag();
  in.skip_codes(4);
  if (const auto reordered = in.code(); reordered <= largest_dpb)
    order.reordered = static_cast<int>(reordered);
}

void read_set(bit_reader& in, picture_order& order) {
  constexpr auto with_chroma =
      std::to_array<std::uint32_t>({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135});
  constexpr std::uint32_t baseline = 66;
  in.take(8); // header of the NAL unit
  const auto profile = in.take(8);
  in.take(16);
  in.code();
  if (std::ranges::find(with_chroma, profile) != with_chroma.end())
    skip_chroma(in);
  in.code();
  const auto order_type = in.code();
  if (order_type == 0)
    in.code();
  if (order_type == 1) {
    in.flag();
    in.skip_codes(2);
    in.skip_codes(in.code());
  }
  if (order_type == 2 || profile == baseline) // shown as decoded (7.4.2.1.1, A.2.1)
    order.reordered = 0;
  in.code();
  in.flag();
  in.skip_codes(2); // size
  if (!in.flag())
    in.flag();
  in.flag();
  if (in.flag())
    in.skip_codes(4); // cropping
  if (in.flag())
    read_usability(in, order);
}

} // namespace

picture_order read_picture_order(std::span<const std::uint8_t> set) {
  picture_order order;
  try {
    bit_reader in{set};
    read_set(in, order);
  } catch (const cut_short&) { // what came before holds
  }
  return order;
}

} // namespace vdoc::hls
