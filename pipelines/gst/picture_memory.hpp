#pragma once

#include <gst/gst.h>

namespace vdoc::gst {

/// Memory for decoded pictures whose copies are the memory itself, for reading only.
///
/// gst-libav lets libavcodec decode into buffers of the pipeline, and keeps them mapped for writing
/// as long as libavcodec leans on them. GstVideoDecoder wants a buffer of its own to put times on,
/// and of memory that is being written a buffer's copy is deep: 3 MB for every picture of 1080p.
/// But nobody writes into a picture that came out of a decoder. Who tries, fails. Borrowed; lives
/// as long as the process. Any thread.
GstAllocator* picture_allocator();

/// A pool for buffers of such memory: what is still being looked at does not come back.
GstBufferPool* new_picture_pool();

} // namespace vdoc::gst
