#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace vdoc::hls {

/// Appends to bytes, most significant byte first, as MP4 and MPEG-TS have it. Owns nothing: the
/// vector has to outlive it.
class byte_writer {
public:
  explicit byte_writer(std::vector<std::uint8_t>& out) : out_{out} {}

  void u8(std::uint64_t value) { out_.push_back(static_cast<std::uint8_t>(value)); }
  void u16(std::uint64_t value) { put(value, 2); }
  void u24(std::uint64_t value) { put(value, 3); }
  void u32(std::uint64_t value) { put(value, 4); }
  void u64(std::uint64_t value) { put(value, 8); }
  void text(std::string_view value) { out_.insert(out_.end(), value.begin(), value.end()); }
  void put(std::span<const std::uint8_t> value) {
    out_.insert(out_.end(), value.begin(), value.end());
  }
  void zeros(std::size_t count) { out_.insert(out_.end(), count, 0); }

  [[nodiscard]] std::size_t size() const noexcept { return out_.size(); }
  /// Sets four bytes that were written before.
  void set_u32(std::size_t at, std::uint64_t value) {
    for (std::size_t i = 0; i < 4; ++i)
      out_[at + i] = static_cast<std::uint8_t>(value >> (8 * (3 - i)));
  }

private:
  void put(std::uint64_t value, int size) {
    for (int i = size - 1; i >= 0; --i)
      out_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }

  std::vector<std::uint8_t>& out_;
};

/// A box of ISO 14496-12 that is open while this lives: what is written meanwhile is its content.
class box {
public:
  box(byte_writer& out, std::string_view type) : out_{out}, begin_{out.size()} {
    out_.u32(0);
    out_.text(type);
  }
  /// A full box.
  box(byte_writer& out, std::string_view type, int version, std::uint32_t flags) : box{out, type} {
    out_.u8(static_cast<std::uint64_t>(version));
    out_.u24(flags);
  }
  ~box() { out_.set_u32(begin_, out_.size() - begin_); }
  box(const box&) = delete;
  box& operator=(const box&) = delete;

private:
  byte_writer& out_;
  std::size_t begin_;
};

} // namespace vdoc::hls
