#pragma once

#include "pipelines/fragment/cutter.hpp"

#include <deque>
#include <set>
#include <vector>

namespace vdoc::fragment {

/// How a codec's pictures move between decoding and showing.
enum class reordering : unsigned char {
  none,       ///< shown as they are decoded: VP8, VP9, AV1, H.263, Theora, all-intra codecs
  one_anchor, ///< I and P pictures wait for the next I or P picture, B pictures do not: MPEG-1, -2,
              ///< -4
  free,       ///< any order (H.264, HEVC): only the container can know the pts
};

/// Where a picture stands in a `one_anchor` stream.
enum class picture_kind : unsigned char {
  anchor,        ///< I or P
  bidirectional, ///< B
  absent,        ///< "nothing coded": fills the slot of a picture that came packed with another one
};

/// One picture on its way to the cutter; `ticket` is the caller's, to find its bytes again.
struct picture {
  unit_header header;
  picture_kind kind = picture_kind::anchor;
  std::uint64_t ticket = 0;
};

/// Gives every shown picture a pts of its own.
///
/// - A pts that is missing is made from the codec's reordering: in display order, a picture is
///   shown when the one before it is over. In containers that know decode times only (AVI), the
///   n-th picture shown gets the n-th decode time.
/// - A picture without a pts right behind a hidden one (VP8, VP9) has that one's: two packets had
///   one time, and the parser left it to the first.
/// - A pts that another picture has already is moved a little later.
/// - Where the clock jumps back at a key frame (joined recordings), the rest is moved so that the
///   key frame follows the last picture; a small step is left alone for the cutter to judge.
/// Deterministic: a function of what was put in. Pictures come out in the order they went in.
class display_order {
public:
  /// `only_decode_times`: the container's pts mean nothing.
  display_order(reordering how, bool only_decode_times)
      : how_{how}, only_decode_times_{only_decode_times} {}

  /// What can be said now; pictures may be held back until the next anchor.
  std::vector<picture> put(picture one);
  std::vector<picture> end();

  /// Pictures whose pts was made up or moved.
  [[nodiscard]] std::uint64_t repaired() const noexcept { return repaired_; }

private:
  void show(picture& one);
  void show_anchor();
  void rejoin(picture& one);
  void make_unique(picture& one);
  std::vector<picture> release();

  reordering how_;
  bool only_decode_times_;
  std::deque<picture> held_;    ///< the first is the anchor that waits, the others follow it
  std::deque<timestamp> slots_; ///< decode times not yet given to a picture shown
  timestamp last_slot_ = unknown_time;
  std::set<timestamp> taken_;       ///< pts given lately
  timestamp hidden_ = unknown_time; ///< of a hidden picture right before: it shares its packet's
  timestamp next_ = unknown_time;   ///< end of the picture shown last
  timestamp latest_ = unknown_time; ///< largest pts so far
  timestamp usual_{0};              ///< a picture's duration, as last seen
  timestamp shift_{0};
  std::uint64_t repaired_ = 0;
};

} // namespace vdoc::fragment
