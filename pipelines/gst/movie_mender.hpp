#pragma once

#include "pipelines/fragment/access_unit.hpp"

#include <gst/gst.h>

#include <atomic>
#include <cstdint>
#include <span>

namespace vdoc::gst {

/// Changes the `moov` box on its way into qtdemux (GStreamer 1.22), so that two of its mistakes do
/// not matter:
///
/// - It ends a track once a sample's time in its *media* reaches the length of the *movie*
///   (gst_qtdemux_loop_state_movie). A track whose edit list begins late in its media (21 ms where
///   AAC's priming is skipped, seconds where a film was cut without encoding) loses as much at its
///   end, and a track of less than a fifth of the movie is left out. So it is told that the length
///   is not known; then each track's own edits end it.
/// - It gives no times to PCM that QuickTime marks as variable, which it is not, once that lies in
///   chunks of more than one length (qtdemux_merge_sample_table, a check added by Debian 12's
///   security patches). So the mark is taken away.
class movie_mender {
public:
  /// `demuxer` is a qtdemux that pulls; it must not outlive this.
  void watch(GstElement* demuxer);
  /// What the movie says, 0 when it does not, or is not read yet.
  [[nodiscard]] fragment::timestamp length() const noexcept {
    return fragment::timestamp{length_ns_};
  }

private:
  static GstPadProbeReturn when_pulled(GstPad* pad, GstPadProbeInfo* info, gpointer self);

  bool seen_ = false;
  std::atomic<std::int64_t> length_ns_{0};
};

/// Of the bytes of a whole `moov` box (ISO/IEC 14496-12, 8.2.2 and 8.8.2): sets its length, and
/// that of its fragments, to unknown. Returns what it was, 0 when it was unknown.
fragment::timestamp forget_movie_length(std::span<std::uint8_t> moov);

/// Of the same: takes the compression id -2 from PCM (QuickTime File Format, "Sound Sample
/// Descriptions").
void mark_pcm_as_constant(std::span<std::uint8_t> moov);

} // namespace vdoc::gst
