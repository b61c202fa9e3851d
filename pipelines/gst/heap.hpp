#pragma once

namespace vdoc::gst {

/// Sets malloc up for pictures, which are allocated and freed by the thousand: every fragment
/// brings new encoders. By default, malloc gives such blocks back to the kernel, which has to clear
/// the pages when they are asked for again, and every thread has a heap of its own, with pictures
/// that have long left the cache. After this there is one heap for all threads, kept until the
/// process ends. Call it first thing in a process that works on media: threads that began before
/// keep the heaps they have.
void keep_big_blocks();

} // namespace vdoc::gst
