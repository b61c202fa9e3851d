#pragma once

#include "pipelines/gst/video_lane.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace vdoc::gst {

/// Holds the first units of all streams back until it is known where the job's timeline begins: at
/// the first picture or sound that is shown, whichever comes first. Recordings begin at any time;
/// what lies between their streams is kept exactly.
///
/// A function of what was put in, in its order: the same source begins at the same place every
/// time.
class origin_gate {
public:
  struct waiting {
    std::size_t stream = 0;
    std::shared_ptr<const video_format> format; ///< for sound, only what is stored counts
    parsed_unit one;
  };

  /// A stream that counts; others (subtitles) wait but do not decide.
  void expect(std::size_t stream, bool is_video);
  /// Where `one` is first shown: its pts, or the edit's begin for sound that reaches over it.
  void put(waiting one, std::optional<fragment::timestamp> shown_at);
  /// True once the origin is known or waiting longer would take too much.
  [[nodiscard]] bool ready() const;
  [[nodiscard]] fragment::timestamp origin() const;
  [[nodiscard]] std::deque<waiting>& held() { return held_; }

private:
  struct stream_start {
    bool is_video = false;
    std::uint64_t units = 0;
    std::optional<fragment::timestamp> first;
    std::optional<fragment::timestamp> last;
    std::optional<fragment::timestamp>
        not_before; ///< an open first key frame: what it leads is lost
    bool key_seen = false;
  };
  std::map<std::size_t, stream_start> starts_;
  std::deque<waiting> held_;
  std::size_t bytes_ = 0;
};

} // namespace vdoc::gst
