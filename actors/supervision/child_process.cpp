#include "actors/supervision/child_process.hpp"

#include "cluster/resources/descriptor.hpp"

#include <array>
#include <csignal>
#include <cstring>
#include <deque>
#include <fcntl.h>
#include <fstream>
#include <future>
#include <map>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

extern "C" { // glibc 2.36 forgot to say so itself
#include <sys/pidfd.h>
}

namespace vdoc::supervision {

namespace {

using resources::descriptor;

constexpr std::size_t most_lines = 40;
constexpr std::size_t longest_line = 2000;

void check(int code, const char* what) {
  if (code != 0)
    throw std::system_error{code, std::generic_category(), what};
}

/// The file descriptors, signals and environment that a child starts with.
class start_conditions {
public:
  /// Without an input (-1) there is nothing to read.
  start_conditions(int input, int output) {
    check(posix_spawn_file_actions_init(&files_), "spawn");
    if (input >= 0)
      check(posix_spawn_file_actions_adddup2(&files_, input, 0), "spawn");
    else
      check(posix_spawn_file_actions_addopen(&files_, 0, "/dev/null", O_RDONLY, 0), "spawn");
    check(posix_spawn_file_actions_adddup2(&files_, output, 1), "spawn");
    check(posix_spawn_file_actions_adddup2(&files_, output, 2), "spawn");
    check(posix_spawn_file_actions_addclosefrom_np(&files_, 3), "spawn");
    check(posix_spawnattr_init(&signals_), "spawn");
    sigset_t all;
    sigfillset(&all);
    check(posix_spawnattr_setsigdefault(&signals_, &all), "spawn");
    sigset_t blocked;
    sigemptyset(&blocked);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
      sigaddset(&blocked, signal);
    check(posix_spawnattr_setsigmask(&signals_, &blocked), "spawn");
    check(posix_spawnattr_setflags(&signals_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK),
          "spawn");
  }
  start_conditions(const start_conditions&) = delete;
  start_conditions& operator=(const start_conditions&) = delete;
  ~start_conditions() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&signals_);
  }

  pid_t spawn(const launch_order& order) const {
    std::vector<std::string> words{"video-doc"};
    words.insert(words.end(), order.words.begin(), order.words.end());
    auto variables = environment(order);
    auto argv = pointers(words);
    auto envp = pointers(variables);
    pid_t pid = 0;
    check(posix_spawn(&pid, order.executable.c_str(), &files_, &signals_, argv.data(), envp.data()),
          order.executable.c_str());
    return pid;
  }

private:
  static std::vector<std::string> environment(const launch_order& order) {
    std::map<std::string, std::string> by_key;
    const auto key_of = [](const std::string& line) { return line.substr(0, line.find('=')); };
    for (char** each = environ; *each != nullptr; ++each)
      if (const std::string line = *each; !order.hands_down || order.hands_down(key_of(line)))
        by_key[key_of(line)] = line;
    for (const auto& line : order.environment)
      by_key[key_of(line)] = line;
    std::vector<std::string> all;
    all.reserve(by_key.size());
    for (const auto& [key, line] : by_key)
      all.push_back(line);
    return all;
  }
  static std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> out;
    out.reserve(words.size() + 1);
    for (auto& word : words)
      out.push_back(word.data());
    out.push_back(nullptr);
    return out;
  }

  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t signals_{};
};

/// What can be read to its end, with nobody waiting for the reader.
descriptor filled_pipe(const std::string& text) {
  std::array<int, 2> ends{};
  check(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) == 0 ? 0 : errno, "pipe");
  descriptor reading{ends[0]};
  const descriptor writing{ends[1]};
  if (::write(writing.number(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    throw std::system_error{E2BIG, std::generic_category(), "the input of a process"};
  ::fcntl(reading.number(), F_SETFL, 0);
  return reading;
}

/// Cuts what a child prints into lines and keeps the last ones.
class printed_lines {
public:
  explicit printed_lines(const std::function<void(const std::string&)>& on_line)
      : on_line_{on_line} {}

  /// Reads what is there. False at the end.
  bool read(int fd) {
    std::array<char, 4096> bytes{};
    const auto got = ::read(fd, bytes.data(), bytes.size());
    if (got <= 0)
      return got < 0 && (errno == EAGAIN || errno == EINTR);
    for (const char c : std::string_view{bytes.data(), static_cast<std::size_t>(got)})
      if (c == '\n')
        end_line();
      else if (current_.size() < longest_line)
        current_ += c;
    return true;
  }
  std::vector<std::string> finish() {
    end_line();
    return {lines_.begin(), lines_.end()};
  }

private:
  void end_line() {
    if (current_.empty())
      return;
    if (on_line_)
      on_line_(current_);
    lines_.push_back(std::exchange(current_, {}));
    if (lines_.size() > most_lines)
      lines_.pop_front();
  }

  const std::function<void(const std::string&)>& on_line_;
  std::string current_;
  std::deque<std::string> lines_;
};

class child_process final : public process {
public:
  explicit child_process(launch_order order) : order_{std::move(order)} {
    std::promise<void> started;
    auto start = started.get_future();
    watcher_ = std::thread{[this, &started] { watch(started); }};
    try {
      start.get();
    } catch (...) {
      watcher_.join();
      throw;
    }
  }
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;
  ~child_process() override {
    kill();
    watcher_.join();
  }

  [[nodiscard]] std::int32_t pid() const noexcept override { return pid_; }

  /// By its pidfd, which never names another process, however late we are.
  void kill() noexcept override { ::pidfd_send_signal(handle_.number(), SIGKILL, nullptr, 0); }

  [[nodiscard]] usage used() const override;

private:
  void watch(std::promise<void>& started);
  child_exit reap(printed_lines& lines) const;

  launch_order order_;
  pid_t pid_ = 0;
  descriptor handle_;
  std::thread watcher_;
};

void child_process::watch(std::promise<void>& started) {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  descriptor output;
  try {
    std::array<int, 2> ends{};
    check(::pipe2(ends.data(), O_CLOEXEC) == 0 ? 0 : errno, "pipe");
    output = descriptor{ends[0]};
    const descriptor input{ends[1]};
    ::fcntl(output.number(), F_SETFL, O_NONBLOCK);
    const auto told = order_.input.empty() ? descriptor{} : filled_pipe(order_.input);
    pid_ = start_conditions{told.number(), input.number()}.spawn(order_);
    handle_ = descriptor{::pidfd_open(pid_, 0)};
    if (!handle_.is_open()) {
      const auto why = errno;
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
      check(why, "pidfd_open");
    }
  } catch (...) {
    started.set_exception(std::current_exception());
    return;
  }
  started.set_value();

  printed_lines lines{order_.on_line};
  std::array<pollfd, 2> events{pollfd{handle_.number(), POLLIN, 0}, {output.number(), POLLIN, 0}};
  while (true) {
    if (::poll(events.data(), events.size(), -1) < 0)
      continue; // EINTR
    if (events[0].revents != 0)
      break;
    if (events[1].revents != 0 && !lines.read(output.number()))
      events[1].fd = -1; // it closed its output and lives on
  }
  // What it printed last is in the pipe; what its own children still hold open is not waited for.
  while (::poll(&events[1], 1, 0) > 0 && lines.read(output.number())) {
  }
  order_.on_exit(reap(lines));
}

child_exit child_process::reap(printed_lines& lines) const {
  child_exit end;
  int status = 0;
  rusage used{};
  ::wait4(pid_, &status, 0, &used);
  end.by_signal = WIFSIGNALED(status);
  end.code = end.by_signal ? WTERMSIG(status) : WEXITSTATUS(status);
  const auto ms = [](const timeval& span) {
    return static_cast<std::uint64_t>(span.tv_sec * 1000 + span.tv_usec / 1000);
  };
  end.used.cpu_ms = ms(used.ru_utime) + ms(used.ru_stime);
  end.used.peak_rss_bytes = static_cast<std::uint64_t>(used.ru_maxrss) * 1024;
  end.last_lines = lines.finish();
  return end;
}

/// From /proc, since only the dead have an rusage (proc(5): stat fields 14 and 15, VmHWM
/// and VmRSS in kB).
usage child_process::used() const {
  usage now;
  const auto folder = std::string{"/proc/"}.append(std::to_string(pid_));
  std::ifstream status{folder + "/status"};
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:"))
      now.peak_rss_bytes = std::strtoull(line.c_str() + 6, nullptr, 10) * 1024;
    if (line.starts_with("VmRSS:"))
      now.rss_bytes = std::strtoull(line.c_str() + 6, nullptr, 10) * 1024;
  }
  std::ifstream stat{folder + "/stat"};
  std::string line;
  std::getline(stat, line);
  const auto name_end = line.rfind(')'); // the name may hold blanks and brackets itself
  if (name_end == std::string::npos)
    return now;
  const char* rest = line.c_str() + name_end + 1;
  std::uint64_t ticks = 0;
  for (int field = 3; field <= 15 && *rest != '\0'; ++field) {
    rest += std::strspn(rest, " ");
    if (field >= 14)
      ticks += std::strtoull(rest, nullptr, 10);
    rest += std::strcspn(rest, " ");
  }
  now.cpu_ms = ticks * 1000 / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  return now;
}

} // namespace

std::string signal_name(int signal) {
  const auto* name = ::sigabbrev_np(signal);
  return name != nullptr ? std::string{"SIG"}.append(name)
                         : std::string{"signal "}.append(std::to_string(signal));
}

std::unique_ptr<process> launch(launch_order order) {
  return std::make_unique<child_process>(std::move(order));
}

} // namespace vdoc::supervision
