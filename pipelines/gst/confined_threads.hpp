#pragma once

#include "pipelines/confinement/confinement.hpp"

#include <gst/gst.h>

namespace vdoc::gst {

/// From now on the threads of the pipeline that this bus belongs to are made for it alone, and each
/// is confined before it touches media (see pipelines/confinement). GStreamer's own pool hands a
/// thread from one pipeline to the next.
void confine_threads(GstBus* bus, const confinement::reach& files);

} // namespace vdoc::gst
