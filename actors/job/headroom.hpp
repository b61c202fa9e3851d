#pragma once

#include <algorithm>
#include <cstdint>

namespace vdoc::job {

/// How many fragments of a job may be cut and not packed: enough to keep all slots of the cluster
/// busy while hosts come and go, and no more, since they lie on the disk. What DEMUX may still cut
/// counts as cut.
class headroom {
public:
  /// 0: twice the slots that there are, and never less than 6.
  explicit headroom(std::uint32_t fixed)
      : most_{fixed == 0 ? least : fixed}, follows_{fixed == 0} {}

  /// So many fragments can be encoded at a time, over all hosts.
  void slots_are(std::uint32_t heavy) noexcept {
    if (follows_)
      most_ = std::max(least, std::min(heavy, most_slots) * 2);
  }
  /// DEMUX begins, and so many fragments are cut and not packed: what it may cut more, at least 1.
  std::uint32_t begins(std::uint32_t outstanding) noexcept {
    taken_ = std::max(outstanding + 1, most_);
    return taken_ - outstanding;
  }
  void packed() noexcept { taken_ -= std::min(taken_, 1U); }
  /// What DEMUX may cut more now, beside what it was told before; 0: nothing.
  std::uint32_t more() noexcept {
    const auto given = most_ - std::min(most_, taken_);
    taken_ += given;
    return given;
  }

private:
  static constexpr std::uint32_t least = 6;
  static constexpr std::uint32_t most_slots = 50'000;

  std::uint32_t most_;
  bool follows_;
  std::uint32_t taken_ = 0;
};

} // namespace vdoc::job
