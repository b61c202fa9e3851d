#include "pipelines/fragment/h264_reordering.hpp"

#include <array>
#include <vector>

namespace vdoc::fragment {

namespace {

/// Bits of a NAL unit, most significant first; beyond the end they are 0 and `over` is set.
class bits {
public:
  explicit bits(std::span<const std::uint8_t> nal) {
    unsigned zeros = 0;
    for (const auto byte : nal) {
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
      over_ = over_ || at_ / 8 >= bytes_.size();
      const auto bit = over_ ? 0U : bytes_[at_ / 8] >> (7 - at_ % 8) & 1U;
      value = value << 1U | bit;
    }
    return value;
  }
  bool flag() { return take(1) != 0; }
  /// ue(v); se(v) takes the same bits.
  std::uint32_t golomb() {
    unsigned zeros = 0;
    while (!over_ && zeros < 32 && !flag())
      ++zeros;
    return zeros == 0 ? 0 : (1U << (zeros & 31U)) - 1 + take(zeros);
  }
  [[nodiscard]] bool over() const noexcept { return over_; }

private:
  std::vector<std::uint8_t> bytes_;
  std::size_t at_ = 0;
  bool over_ = false;
};

void skip_scaling_lists(bits& in, unsigned lists) {
  for (unsigned i = 0; i < lists; ++i) {
    if (!in.flag())
      continue;
    int last = 8;
    int next = 8;
    for (unsigned j = 0; j < (i < 6 ? 16U : 64U) && !in.over(); ++j) {
      if (next != 0) {
        const auto code = static_cast<int>(in.golomb());
        next = (last + (code % 2 != 0 ? (code + 1) / 2 : -(code / 2)) + 256) % 256;
      }
      last = next == 0 ? last : next;
    }
  }
}

void skip_hrd(bits& in) {
  const auto count = in.golomb() + 1;
  in.take(8);
  for (std::uint32_t i = 0; i < count && !in.over(); ++i) {
    in.golomb();
    in.golomb();
    in.take(1);
  }
  in.take(20);
}

/// max_num_reorder_frames of the VUI, -1 when it is not there.
int reorder_frames_in_vui(bits& in) {
  if (in.flag() && in.take(8) == 255)
    in.take(32);
  if (in.flag())
    in.take(1);
  if (in.flag()) {
    in.take(4);
    if (in.flag())
      in.take(24);
  }
  if (in.flag()) {
    in.golomb();
    in.golomb();
  }
  if (in.flag())
    in.take(65);
  const auto nal_hrd = in.flag();
  if (nal_hrd)
    skip_hrd(in);
  const auto vcl_hrd = in.flag();
  if (vcl_hrd)
    skip_hrd(in);
  if (nal_hrd || vcl_hrd)
    in.take(1);
  in.take(1);
  if (!in.flag() || in.over())
    return -1;
  in.take(1);
  for (int i = 0; i < 4; ++i)
    in.golomb();
  const auto frames = static_cast<int>(in.golomb());
  return in.over() ? -1 : frames;
}

bool has_chroma_fields(std::uint32_t profile) {
  for (const auto one : std::array{100U, 110U, 122U, 244U, 44U, 83U, 86U, 118U, 128U})
    if (profile == one)
      return true;
  return false;
}

bool may_reorder(bits in) {
  in.take(8);
  const auto profile = in.take(8);
  in.take(16);
  in.golomb();
  if (has_chroma_fields(profile)) {
    const auto chroma = in.golomb();
    if (chroma == 3)
      in.take(1);
    in.golomb();
    in.golomb();
    in.take(1);
    if (in.flag())
      skip_scaling_lists(in, chroma == 3 ? 12 : 8);
  }
  in.golomb();
  const auto order_type = in.golomb();
  if (order_type == 2 || profile == 66)
    return in.over();
  if (order_type == 0) {
    in.golomb();
  } else {
    in.take(1);
    in.golomb();
    in.golomb();
    const auto cycle = in.golomb();
    for (std::uint32_t i = 0; i < cycle && !in.over(); ++i)
      in.golomb();
  }
  in.golomb();
  in.take(1);
  in.golomb();
  in.golomb();
  if (!in.flag())
    in.take(1);
  in.take(1);
  if (in.flag())
    for (int i = 0; i < 4; ++i)
      in.golomb();
  return !in.flag() || reorder_frames_in_vui(in) != 0;
}

} // namespace

bool may_reorder_h264(std::span<const std::uint8_t> configuration) {
  constexpr std::size_t first_set = 8;
  if (configuration.size() <= first_set || (configuration[5] & 0x1fU) == 0)
    return true;
  const auto length = static_cast<std::size_t>(configuration[6]) << 8U | configuration[7];
  const auto rest = configuration.subspan(first_set);
  return may_reorder(bits{rest.first(std::min(length, rest.size()))});
}

} // namespace vdoc::fragment
