// A call that hangs: see x264_front.hpp.

#include "test/engine/x264_front.hpp"

#include <poll.h>

using namespace vdoc::test;

extern "C" __attribute__((visibility("default"))) int
x264_encoder_encode(void* encoder, void** units, int* count, void* in, void* out) {
  static auto* const real = x264_front::find_real();
  constexpr int for_ms = 180'000; // longer than any test waits, and still an end
  if (x264_front::is_the_one())
    poll(nullptr, 0, for_ms);
  return real(encoder, units, count, in, out);
}
