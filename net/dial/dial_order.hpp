#pragma once

#include "net/dial/dial_place.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace vdoc::net {

/// In which order those that accept connections are spoken to: an operating system accepts for a
/// process that hangs, and whoever is spoken to first and says nothing costs the others time.
class dial_order {
public:
  void answered(const dial_place& who) { last_[who] = ++times_; }
  void was_of_no_use(const dial_place& who) { last_[who] = -++times_; }

  /// First who answered, the one who did so last before the others; then those of whom nothing is
  /// known, as they are given; then those that were of no use, the latest of them last.
  void sort(std::vector<dial_place>& all) const;

private:
  std::map<dial_place, std::int64_t> last_; ///< when; negative: in vain
  std::int64_t times_ = 0;
};

} // namespace vdoc::net
