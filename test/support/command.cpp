#include "test/support/command.hpp"

#include "test/support/until.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <poll.h>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

extern char** environ; // NOLINT(readability-identifier-naming)

namespace vdoc::test {
namespace {

using clock = std::chrono::steady_clock;

/// Our environment with the command's changes, as execve wants it.
std::vector<std::string> environment_of(const command& what) {
  std::vector<std::string> lines;
  for (char** one = environ; *one != nullptr; ++one) {
    const std::string line{*one};
    if (!what.environment.contains(line.substr(0, line.find('='))))
      lines.push_back(line);
  }
  for (const auto& [name, value] : what.environment)
    if (!value.empty())
      lines.emplace_back(name).append("=").append(value);
  return lines;
}

std::vector<char*> pointers(std::vector<std::string>& lines) {
  std::vector<char*> out;
  out.reserve(lines.size() + 1);
  for (auto& line : lines)
    out.push_back(line.data());
  out.push_back(nullptr);
  return out;
}

struct pipe_ends {
  int read = -1, write = -1;
  pipe_ends() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0)
      throw std::runtime_error{"no pipe"};
    read = ends[0];
    write = ends[1];
    fcntl(read, F_SETFL, O_NONBLOCK);
  }
};

} // namespace

std::string outcome::story() const {
  std::ostringstream text;
  if (timed_out)
    text << "still running at the deadline";
  else if (signal != 0)
    text << "ended by signal " << signal;
  else
    text << "exit code " << exit_code;
  text << " after " << wall.count() << " ms";
  const auto tail = err.size() > 2000 ? err.substr(err.size() - 2000) : err;
  if (!tail.empty())
    text << "; stderr ends with:\n" << tail;
  return text.str();
}

struct running_command::inside {
  pid_t pid = -1;
  pipe_ends out_pipe, err_pipe;
  mutable std::mutex lock;
  outcome result;
  std::atomic<bool> done = false;
  clock::time_point begun = clock::now();
  std::thread collector;

  /// Moves what waits in a pipe to `text`. False when nothing can come any more.
  bool drain(int from, std::string outcome::*text) {
    std::array<char, 65536> buffer{};
    for (;;) {
      const auto size = ::read(from, buffer.data(), buffer.size());
      if (size == 0)
        return false;
      if (size < 0)
        return errno == EAGAIN || errno == EINTR;
      const std::scoped_lock guard{lock};
      (result.*text).append(buffer.data(), static_cast<std::size_t>(size));
    }
  }

  /// Collects until the program itself has ended: children that it left behind may hold the pipes
  /// open for ever.
  void collect() {
    std::array<pollfd, 2> ends{{{out_pipe.read, POLLIN, 0}, {err_pipe.read, POLLIN, 0}}};
    int status = 0;
    for (;;) {
      poll(ends.data(), ends.size(), 10);
      if (!drain(out_pipe.read, &outcome::out))
        ends[0].fd = -1;
      if (!drain(err_pipe.read, &outcome::err))
        ends[1].fd = -1;
      if (waitpid(pid, &status, WNOHANG) == pid)
        break;
    }
    drain(out_pipe.read, &outcome::out);
    drain(err_pipe.read, &outcome::err);
    const std::scoped_lock guard{lock};
    if (WIFEXITED(status))
      result.exit_code = WEXITSTATUS(status);
    if (WIFSIGNALED(status))
      result.signal = WTERMSIG(status);
    result.wall = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - begun);
    done = true;
  }
};

running_command::running_command(const command& what) : inside_{std::make_unique<inside>()} {
  auto words = what.words;
  auto lines = environment_of(what);
  const auto arguments = pointers(words);
  const auto environment = pointers(lines);
  const auto folder = what.folder.string();
  inside_->pid = fork();
  if (inside_->pid < 0)
    throw std::runtime_error{"no process can be made"};
  if (inside_->pid == 0) {
    setpgid(0, 0);
    const int nothing = open("/dev/null", O_RDONLY); // NOLINT(android-cloexec-open)
    dup2(nothing, STDIN_FILENO);
    dup2(inside_->out_pipe.write, STDOUT_FILENO);
    dup2(inside_->err_pipe.write, STDERR_FILENO);
    if (!folder.empty() && chdir(folder.c_str()) != 0)
      _exit(127);
    execvpe(arguments[0], arguments.data(), environment.data());
    _exit(127);
  }
  setpgid(inside_->pid, inside_->pid);
  close(inside_->out_pipe.write);
  close(inside_->err_pipe.write);
  inside_->collector = std::thread{[this] { inside_->collect(); }};
}

running_command::~running_command() {
  signal_group(SIGKILL);
  inside_->collector.join();
  close(inside_->out_pipe.read);
  close(inside_->err_pipe.read);
}

pid_t running_command::pid() const noexcept {
  return inside_->pid;
}

void running_command::signal(int number) {
  if (!ended())
    kill(inside_->pid, number);
}

void running_command::signal_group(int number) {
  kill(-inside_->pid, number);
}

bool running_command::ended() const {
  return inside_->done;
}

std::string running_command::out_so_far() const {
  const std::scoped_lock guard{inside_->lock};
  return inside_->result.out;
}

std::string running_command::err_so_far() const {
  const std::scoped_lock guard{inside_->lock};
  return inside_->result.err;
}

outcome running_command::wait(std::chrono::milliseconds deadline) {
  const bool in_time = until(deadline, [this] { return ended(); });
  if (!in_time) {
    signal_group(SIGKILL);
    until(std::chrono::seconds{60}, [this] { return ended(); });
  }
  const std::scoped_lock guard{inside_->lock};
  auto result = inside_->result;
  result.timed_out = !in_time;
  return result;
}

outcome run(const command& what, std::chrono::milliseconds deadline) {
  running_command one{what};
  return one.wait(deadline);
}

outcome run_or_throw(const std::vector<std::string>& words, std::chrono::milliseconds deadline) {
  auto result = run({words, {}, {}}, deadline);
  if (result.succeeded())
    return result;
  std::string line;
  for (const auto& word : words)
    line += word + " ";
  throw std::runtime_error{line + ": " + result.story()};
}

std::vector<std::string> split_words(const std::string& line) {
  std::istringstream in{line};
  std::vector<std::string> words;
  for (std::string word; in >> word;)
    words.push_back(word);
  return words;
}

} // namespace vdoc::test
