#include "pipelines/gst/deinterlacer.hpp"
#include "pipelines/gst/demuxer.hpp"
#include "pipelines/gst/scaler.hpp"

#include <climits>
#include <gst/gst.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <malloc.h>
#include <mutex>
#include <sys/mman.h>
#include <unistd.h>

namespace vdoc::gst {

namespace {

/// Pictures are allocated and freed by the thousand, and every fragment brings new encoders. By
/// default malloc gives such blocks back to the kernel, which has to clear the pages when they are
/// asked for again: up to a tenth of a transcode. So: one heap for all threads (each heap of its
/// own would keep its own pictures: a third more memory), which is kept until the process ends,
/// in large pages where the kernel has them (fewer faults, and a motion search that hops all over
/// a picture misses fewer translations). What is reserved costs nothing until it is used.
void keep_big_blocks() {
  constexpr int block = 31 << 20; // the largest that still come from the heap
  constexpr std::size_t reserved_blocks = 24;
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_MMAP_THRESHOLD, block + (1 << 20));
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
  std::array<void*, reserved_blocks> blocks{};
  for (auto& one : blocks)
    one = std::malloc(block);
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  for (auto* one : blocks) {
    if (one == nullptr)
      continue;
    const auto begin = (reinterpret_cast<std::uintptr_t>(one) + page - 1) / page * page;
    madvise(reinterpret_cast<void*>(begin), block - page, MADV_HUGEPAGE);
  }
  for (auto* one : blocks)
    std::free(one);
}

/// What elements have to say comes over the bus; on stderr only what someone asked for.
void be_quiet() {
  if (g_getenv("GST_DEBUG") == nullptr)
    gst_debug_set_default_threshold(GST_LEVEL_NONE);
}

} // namespace

void initialise() {
  static std::once_flag once;
  std::call_once(once, [] {
    keep_big_blocks();
    gst_init(nullptr, nullptr);
    be_quiet();
    register_scaler();
    register_deinterlacer();
  });
}

} // namespace vdoc::gst
