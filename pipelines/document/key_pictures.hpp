#pragma once

#include "pipelines/document/source.hpp"

#include <span>
#include <vector>

namespace vdoc::document {

/// When a picture counts as a new one. Distances are measured against the last chosen picture, so
/// that slow drift adds up; brightness alone (a fade, a cloud) is no change.
struct change_limits {
  int far_bits = 12;           ///< of the 64 of the hash: not the same picture any more ...
  double far_cells = 0.08;     ///< ... if this share of the 16 x 16 cells changed as well
  double sure_cells = 0.40;    ///< changed cells that are enough alone
  int near_bits = 8;           ///< at most: still the same picture; less than far: hysteresis ...
  double calm_cells = 0.12;    ///< ... if no more than these cells changed
  double near_cells = 0.05;    ///< at most: still the same picture, whatever the hash says
  double settled_share = 0.35; ///< of the change itself: motion within the new scene may be so much
  double cell_change = 12;     ///< of 255: the brightness by which a cell counts as changed
  std::chrono::milliseconds closest{2000};  ///< from one chosen picture to the next
  std::chrono::milliseconds patience{4000}; ///< for motion to settle; then any picture will do
  std::size_t most_per_minute = 6;
  std::size_t most = 400; ///< in one document
};

/// A picture worth showing, and from when on it, or something very like it, was on the screen.
struct key_picture {
  std::size_t index = 0; ///< in the pictures that were given
  timestamp begin{0};
  double change = 0; ///< against the one before: 0 (none) to 2
};

/// Black, white, or any other single tone: nothing to see.
bool is_blank(const picture& one);

/// How much there is to see: the spread of the brightness, 0 to about 127.
double detail(const picture& one);

/// The pictures at which the scene really changes: cuts and slides, not the moving head of who is
/// talking, not noise, not blank frames. A slide that comes back later counts again. `pictures`
/// are in order of time. Where there are too many, those with the least change are left out.
std::vector<key_picture> choose_key_pictures(std::span<const picture> pictures,
                                             const change_limits& limits = {});

} // namespace vdoc::document
