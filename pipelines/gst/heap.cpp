#include "pipelines/gst/heap.hpp"

#include <climits>

#include <array>
#include <cstdlib>
#include <malloc.h>
#include <memory>
#include <sys/mman.h>
#include <unistd.h>

namespace vdoc::gst {

void keep_big_blocks() {
  constexpr int block = 31 << 20; // the largest that still come from the heap
  constexpr std::size_t reserved_blocks = 24;
  // NOLINTBEGIN(concurrency-mt-unsafe): the process has one thread so far
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_MMAP_THRESHOLD, block + (1 << 20));
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
  // NOLINTEND(concurrency-mt-unsafe)
  std::array<void*, reserved_blocks> blocks{}; // costs nothing until it is used
  for (auto& one : blocks)
    one = std::malloc(block);
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  for (auto* begin : blocks) {
    std::size_t size = block;
    if (begin != nullptr && std::align(page, page, begin, size) != nullptr)
      madvise(begin, size, MADV_HUGEPAGE);
  }
  for (auto* one : blocks)
    std::free(one);
}

} // namespace vdoc::gst
