#include "pipelines/gst/concealment.hpp"
#include "pipelines/gst/deinterlacer.hpp"
#include "pipelines/gst/demuxer.hpp"
#include "pipelines/gst/growing_source.hpp"
#include "pipelines/gst/scaler.hpp"

#include <gst/gst.h>

#include <mutex>

namespace vdoc::gst {

namespace {

/// What elements have to say comes over the bus; on stderr only what someone asked for.
void be_quiet() {
  if (g_getenv("GST_DEBUG") != nullptr)
    return;
  gst_debug_set_default_threshold(GST_LEVEL_NONE);
  gst_debug_remove_log_function(gst_debug_log_default);
}

} // namespace

void initialise() {
  static std::once_flag once;
  std::call_once(once, [] {
    gst_init(nullptr, nullptr);
    be_quiet();
    listen_to_libav();
    register_scaler();
    register_deinterlacer();
    register_growing_source();
  });
}

} // namespace vdoc::gst
