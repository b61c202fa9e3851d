#pragma once

#include "actors/demux/protocol.hpp"

namespace vdoc::transcode {

/// Asks for some renditions of one fragment.
struct encode_fragment {
  std::string job;
  fragment::fragment piece;
  std::string work;
  std::string pass; ///< for files of the work folder, where it is not shared
  std::string call; ///< by which it can be cancelled (see CANCELLER)
  probe::video_stream source;
  std::vector<ladder::rendition> ladder;
  std::vector<std::string> wanted; ///< names out of `ladder`
  gst::encode_options options;
  std::uint32_t picture_every_ms = 0; ///< 0: no pictures
  std::uint32_t stall_s = 10;
  std::uint32_t attempt = 1; ///< how often this was tried, this time included
  bool bridge = false;       ///< black instead of the source, which kills hosts here
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, encode_fragment& x) {
  return f(x.job, x.piece, x.work, x.pass, x.call, x.source, x.ladder, x.wanted, x.options,
           x.picture_every_ms, x.stall_s, x.attempt, x.bridge);
}

/// What an order's result depends on, as 64 hexadecimal digits: everything but who asks, where the
/// folder is, how often it was tried and how long it may stand still. Fields that are added to
/// orders count.
std::string key_of(encode_fragment order);

/// TRANSCODE: one fragment at a time, blocking on its own thread. The result is a function of the
/// message alone, whichever media host it runs in. One that is cancelled is free for the next one
/// within about 0.1 s.
using actor = caf::typed_actor<
    // Replies when the encoded fragment lies in the work folder; an error carries a fault. A
    // cancelled one leaves nothing there that was not whole before. Where the same was finished
    // for a leader that is gone, it is handed in instead of made again.
    caf::replies_to<encode_fragment>::with<gst::transcode_result>>;

} // namespace vdoc::transcode
