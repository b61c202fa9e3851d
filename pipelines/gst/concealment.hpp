#pragma once

#include "pipelines/fragment/access_unit.hpp"

#include <gst/gst.h>

#include <memory>
#include <vector>

namespace vdoc::gst {

/// Makes libavcodec's words about concealed damage heard. Once, after gst_init.
void listen_to_libav();

/// Which pictures a decoder shows though it could read them in part only. Libavcodec fills in what
/// is missing and says so nowhere but in its log ("concealing 12 DC, 12 AC, 12 MV errors", its
/// error_resilience.c: MPEG-1, 2 and 4, H.263 and H.264), which gst-libav hands on as debug
/// messages on the thread that decodes. So the decoder has to run in one thread. Safe from any
/// thread.
class concealment_watch {
public:
  /// Times are those of the buffers that enter `decoder`.
  explicit concealment_watch(GstElement* decoder);

  /// When the concealed pictures are shown that enter in [begin, end), each told once.
  [[nodiscard]] std::vector<fragment::timestamp> take(fragment::timestamp begin,
                                                      fragment::timestamp end);

private:
  struct heard;
  friend void listen_to_libav();
  static void when_said(GstDebugCategory* category, GstDebugLevel, const gchar*, const gchar*, gint,
                        GObject*, GstDebugMessage* message, gpointer);
  static GstPadProbeReturn when_entered(GstPad*, GstPadProbeInfo* info, gpointer user);
  std::shared_ptr<heard> heard_;
};

} // namespace vdoc::gst
