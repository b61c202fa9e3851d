#include "actors/node/child_precautions.hpp"

#include <csignal>
#include <exception>
#include <fstream>
#include <iostream>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace vdoc::node {

bool take_precautions(std::int32_t parent, std::uint32_t memory_limit_mib) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE})
    std::signal(signal, SIG_IGN);
  sigset_t none;
  sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr); // the node started us with those blocked
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (parent != 0 && ::getppid() != parent)
    return false; // it died before the line above
  const rlimit none_of_these{0, 0};
  ::setrlimit(RLIMIT_CORE, &none_of_these);
  ::setrlimit(RLIMIT_MSGQUEUE, &none_of_these);
  constexpr rlim_t files = 4096; // a node may have many more, of clients
  const rlimit descriptors{files, files};
  ::setrlimit(RLIMIT_NOFILE, &descriptors);
  if (memory_limit_mib != 0) {
    const auto bytes = static_cast<rlim_t>(memory_limit_mib) * 1024 * 1024;
    const rlimit memory{bytes, bytes};
    ::setrlimit(RLIMIT_DATA, &memory);
  }
  std::ofstream{"/proc/self/oom_score_adj"} << 500;
  return true;
}

int do_one_thing(const std::vector<std::string>& words, const std::function<void()>& work) {
  constexpr int failed = 1;
  constexpr int wrong_use = 2;
  if (words.size() != 2)
    return wrong_use;
  try {
    if (!take_precautions(std::stoi(words[0]), static_cast<std::uint32_t>(std::stoul(words[1]))))
      return failed;
    work();
    return 0;
  } catch (const std::exception& why) {
    std::cout << why.what() << std::endl;
    return failed;
  }
}

} // namespace vdoc::node
