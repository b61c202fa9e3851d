// Loaded in front of libx264 (LD_PRELOAD): one call in all processes hangs, as a codec with a bug
// does, in the middle of a pipeline that runs.
//
//     VDOC_STALL_AT    which call of a process hangs, counted from 1
//     VDOC_STALL_ONCE  a file that is made then, with the process id in it; where it lies already,
//                      nothing hangs

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <unistd.h>

namespace {

/// Longer than any test waits, and still an end.
constexpr int for_ms = 180'000;

using encode = int(void*, void**, int*, void*, void*);

bool is_the_one() {
  static std::atomic<long> calls{0};
  const char* at = std::getenv("VDOC_STALL_AT");       // NOLINT(concurrency-mt-unsafe)
  const char* marker = std::getenv("VDOC_STALL_ONCE"); // NOLINT(concurrency-mt-unsafe)
  if (at == nullptr || marker == nullptr || ++calls != std::atol(at))
    return false;
  const int file = open(marker, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0)
    return false;
  dprintf(file, "%d\n", getpid());
  close(file);
  return true;
}

/// The function that we stand in front of. A plugin has loaded it for itself alone, so RTLD_NEXT
/// does not find it.
encode* find_real() {
  std::string path;
  dl_iterate_phdr(
      [](auto* seen, std::size_t /*size*/, void* found) {
        const std::string_view name{seen->dlpi_name};
        if (name.find("/libx264.so") == std::string_view::npos)
          return 0;
        *static_cast<std::string*>(found) = name;
        return 1;
      },
      &path);
  void* library = path.empty() ? nullptr : dlopen(path.c_str(), RTLD_LAZY | RTLD_NOLOAD);
  if (library == nullptr)
    std::abort();
  return reinterpret_cast<encode*>(dlsym(library, "x264_encoder_encode"));
}

} // namespace

extern "C" __attribute__((visibility("default"))) int
x264_encoder_encode(void* encoder, void** units, int* count, void* in, void* out) {
  static auto* const real = find_real();
  if (is_the_one())
    poll(nullptr, 0, for_ms);
  return real(encoder, units, count, in, out);
}
