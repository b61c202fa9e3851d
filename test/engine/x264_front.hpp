#pragma once

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <string>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/// For libraries that are loaded in front of libx264 (LD_PRELOAD) and do in one call of all
/// processes what a codec with a bug would do, in the middle of a pipeline that runs.
///
///     VDOC_FRONT_AT    which call of a process it is, counted from 1
///     VDOC_FRONT_ONCE  a file that gets the process id then; where something stands in it, all
///                      calls are as ever
namespace vdoc::test::x264_front {

using encode = int(void*, void**, int*, void*, void*);

/// Opened before there are pipelines: their threads may open nothing.
inline const int marker = [] {
  const char* name = std::getenv("VDOC_FRONT_ONCE"); // NOLINT(concurrency-mt-unsafe)
  return name == nullptr ? -1 : open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
}();

inline bool is_the_one() {
  static std::atomic<long> calls{0};
  const char* at = std::getenv("VDOC_FRONT_AT"); // NOLINT(concurrency-mt-unsafe)
  struct stat is {};
  if (at == nullptr || marker < 0 || ++calls != std::atol(at) ||
      flock(marker, LOCK_EX | LOCK_NB) != 0 || fstat(marker, &is) != 0 || is.st_size > 0)
    return false;
  dprintf(marker, "%d\n", getpid());
  return true;
}

/// The function that we stand in front of. A plugin has loaded it for itself alone, so RTLD_NEXT
/// does not find it.
inline encode* find_real() {
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

} // namespace vdoc::test::x264_front
