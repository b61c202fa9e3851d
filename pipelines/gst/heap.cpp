#include "pipelines/gst/heap.hpp"

#include <climits>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

namespace vdoc::gst {

void keep_big_blocks() {
  constexpr int block = 31 << 20; // the largest that still come from the heap
  constexpr std::size_t reserved_blocks = 24;
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_MMAP_THRESHOLD, block + (1 << 20));
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
  std::array<void*, reserved_blocks> blocks{}; // costs nothing until it is used
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

} // namespace vdoc::gst
