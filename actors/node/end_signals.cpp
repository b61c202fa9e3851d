#include "actors/node/end_signals.hpp"

#include <csignal>
#include <ctime>
#include <pthread.h>
#include <unistd.h>

namespace vdoc::node {

namespace {

sigset_t end_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGUSR1})
    sigaddset(&set, signal);
  return set;
}

} // namespace

void block_end_signals() {
  const auto set = end_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

void send_end_signal(int number) {
  ::kill(::getpid(), number);
}

int wait_for_end_signal() {
  const auto set = end_signals();
  int number = 0;
  while (sigwait(&set, &number) != 0) {
  }
  return number;
}

std::optional<int> wait_for_end_signal(std::chrono::milliseconds limit) {
  const auto set = end_signals();
  const timespec pause{limit.count() / 1000, (limit.count() % 1000) * 1'000'000};
  const int number = sigtimedwait(&set, nullptr, &pause);
  return number < 0 ? std::nullopt : std::optional{number};
}

} // namespace vdoc::node
