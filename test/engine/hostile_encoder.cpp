// A codec that has been taken over: see x264_front.hpp. It tries what it must not do, and adds a
// line "what: how it ended" for each to the file VDOC_FRONT_ONCE. VDOC_FRONT_SECRET is a file of
// somebody else, which could be read when the library was loaded.

#include "test/engine/x264_front.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

using namespace vdoc::test;

namespace {

const char* secret() {
  const char* name = std::getenv("VDOC_FRONT_SECRET"); // NOLINT(concurrency-mt-unsafe)
  return name == nullptr ? "" : name;
}

template <class Try> void attempt(const char* what, Try&& it) {
  errno = 0;
  const bool done = it() >= 0;
  dprintf(x264_front::marker, "%s: %s\n", what, done ? "done" : strerrorname_np(errno));
}

const bool could_read = access(secret(), R_OK) == 0;

int start_process() {
  const auto child = fork();
  if (child == 0)
    _exit(0);
  return child < 0 ? child : waitpid(child, nullptr, 0);
}

rlim_t most(int what) {
  rlimit limit{};
  getrlimit(static_cast<__rlimit_resource>(what), &limit);
  return limit.rlim_max;
}

void misbehave() {
  attempt("read before", [] { return could_read ? 0 : -1; });
  attempt("read", [] { return open(secret(), O_RDONLY | O_CLOEXEC); });
  attempt("write", [] { return open(secret(), O_WRONLY | O_CLOEXEC); });
  attempt("remove", [] { return unlink(secret()); });
  attempt("internet", [] { return socket(AF_INET, SOCK_STREAM, 0); });
  attempt("machine", [] { return socket(AF_UNIX, SOCK_STREAM, 0); });
  attempt("fork", start_process);
  attempt("run", [] { return execl("/bin/true", "true", nullptr); });
  attempt("end node", [] { return kill(getppid(), SIGTERM); });
  attempt("trace node",
          [] { return ptrace(PTRACE_ATTACH, getppid(), nullptr, nullptr) < 0 ? -1 : 0; });
  attempt("no privileges", [] { return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : -1; });
  dprintf(x264_front::marker, "descriptors: %lu\ncore: %lu\n", most(RLIMIT_NOFILE),
          most(RLIMIT_CORE));
}

} // namespace

extern "C" __attribute__((visibility("default"))) int
x264_encoder_encode(void* encoder, void** units, int* count, void* in, void* out) {
  static auto* const real = x264_front::find_real();
  if (x264_front::is_the_one())
    misbehave();
  return real(encoder, units, count, in, out);
}
