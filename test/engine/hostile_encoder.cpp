// A codec that has been taken over: see x264_front.hpp. It tries what it must not do, and adds a
// line "what: how it ended" for each to the file VDOC_FRONT_ONCE. VDOC_FRONT_SECRET is a file of
// somebody else, which could be read when the library was loaded. What it does through another
// thread is done by one that is not fenced in: they share their memory.

#include "test/engine/x264_front.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <netinet/in.h>
#include <pthread.h>
#include <semaphore.h>
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

sockaddr_in somewhere() {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(9);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return to;
}

/// Opened before anything was refused, as a library may have one.
const int unconnected = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

/// A thread of the media host that is no pipeline's.
struct accomplice {
  sem_t asked{}, answered{};
  int (*what)() = nullptr;
  int result = -1;
  int error = 0;

  accomplice() {
    sem_init(&asked, 0, 0);
    sem_init(&answered, 0, 0);
    pthread_t thread{};
    pthread_create(
        &thread, nullptr,
        [](void* self) -> void* {
          auto& my = *static_cast<accomplice*>(self);
          for (;;) {
            while (sem_wait(&my.asked) != 0) {
            }
            errno = 0;
            my.result = my.what();
            my.error = errno;
            sem_post(&my.answered);
          }
        },
        this);
    pthread_detach(thread);
  }
  int does(int (*it)()) {
    what = it;
    sem_post(&asked);
    while (sem_wait(&answered) != 0) {
    }
    errno = error;
    return result;
  }
};

/// Only where something is to be misdone: this library is in the node, too.
accomplice* const other_thread = access(secret(), R_OK) == 0
                                     ? new accomplice
                                     : nullptr; // NOLINT(cppcoreguidelines-owning-memory)

void misbehave_elsewhere() {
  const auto elsewhere = [](int (*it)()) { return [it] { return other_thread->does(it); }; };
  attempt("elsewhere, internet",
          elsewhere([] { return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); }));
  attempt("elsewhere, machine",
          elsewhere([] { return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); }));
  attempt("elsewhere, names",
          elsewhere([] { return socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0); }));
  attempt("elsewhere, connect", elsewhere([] {
            const auto to = somewhere();
            return connect(unconnected, reinterpret_cast<const sockaddr*>(&to), sizeof to);
          }));
  attempt("elsewhere, send", elsewhere([] {
            const auto to = somewhere();
            return static_cast<int>(
                sendto(unconnected, "x", 1, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to));
          }));
  attempt("elsewhere, fork", elsewhere(start_process));
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
  misbehave_elsewhere();
}

} // namespace

extern "C" __attribute__((visibility("default"))) int
x264_encoder_encode(void* encoder, void** units, int* count, void* in, void* out) {
  static auto* const real = x264_front::find_real();
  if (x264_front::is_the_one())
    misbehave();
  return real(encoder, units, count, in, out);
}
