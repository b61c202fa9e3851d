#include "pipelines/gst/heap.hpp"

#include <climits>

#include <malloc.h>

namespace vdoc::gst {

void keep_big_blocks() {
  constexpr int largest_of_the_heap = 32 << 20;
  // NOLINTBEGIN(concurrency-mt-unsafe): the process has one thread so far
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_MMAP_THRESHOLD, largest_of_the_heap);
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
  // NOLINTEND(concurrency-mt-unsafe)
}

} // namespace vdoc::gst
