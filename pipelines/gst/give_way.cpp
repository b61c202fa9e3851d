#include "pipelines/gst/give_way.hpp"

#include <sys/resource.h>

namespace vdoc::gst {

void give_way() noexcept {
  thread_local bool done = false;
  constexpr int nicer = 5;
  if (!done)
    ::setpriority(PRIO_PROCESS, 0, nicer); // of the thread, on Linux
  done = true;
}

} // namespace vdoc::gst
