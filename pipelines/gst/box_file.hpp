#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

namespace vdoc::gst {

/// A file of ISO base media boxes (ISO/IEC 14496-12, 4.2), read piece by piece: what lies beyond
/// its end reads as zeros, and it shows a bounded number of boxes, however broken they are.
class box_file {
public:
  /// A box's payload, as offsets into the file.
  struct box {
    std::string kind;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
  };

  explicit box_file(const std::filesystem::path& source);

  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  /// Whether a file may have such a box at its top: any other means that it is no such file.
  static bool stands_at_the_top(const std::string& kind);
  /// Big-endian, of at most 8 bytes.
  std::uint64_t number(std::uint64_t at, std::size_t bytes);
  std::string text(std::uint64_t at, std::size_t bytes);

  /// Calls `see(box, says_more)` for the boxes from `begin` to `end`; it returns whether to go on.
  /// `says_more`: the box claims to be longer than what it lies in.
  template <class See> void each(std::uint64_t begin, std::uint64_t end, See see) {
    for (box one; next(begin, end, one); begin = one.end) {
      const bool more = one.end > end;
      if (more)
        one.end = end;
      if (!see(std::as_const(one), more) || more)
        return;
    }
  }

private:
  /// Reads the head of the box at `begin`; its end may lie beyond `end`.
  bool next(std::uint64_t begin, std::uint64_t end, box& out);

  std::ifstream in_;
  std::uint64_t size_ = 0;
  int seen_ = 0;
};

} // namespace vdoc::gst
