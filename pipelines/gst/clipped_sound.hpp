#pragma once

#include "pipelines/fragment/access_unit.hpp"

#include <gst/gst.h>

namespace vdoc::gst {

/// How much of the end of a coded buffer is not to be heard (Opus, whose last packet is filled up).
/// `caps` may be null. `otherwise`, where the buffer does not say.
fragment::timestamp clipped_off(GstBuffer* buffer, const GstCaps* caps,
                                fragment::timestamp otherwise);

} // namespace vdoc::gst
