#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace vdoc::supervision {

/// What a process used so far, or in its whole life.
struct usage {
  std::uint64_t peak_rss_bytes = 0;
  std::uint64_t cpu_ms = 0;    ///< user and system
  std::uint64_t rss_bytes = 0; ///< at the moment; of one that has ended 0
};

/// How a process ended.
struct child_exit {
  bool by_signal = false;
  int code = 0;               ///< signal number or exit code
  bool out_of_memory = false; ///< the kernel has killed for lack of memory; HOSTS finds out
  usage used;
  std::vector<std::string> last_lines; ///< of what it printed, oldest first
};

/// "SIGSEGV"
std::string signal_name(int signal);

/// What is needed of a process; a test has its own.
class process {
public:
  virtual ~process() = default;
  [[nodiscard]] virtual std::int32_t pid() const noexcept = 0;
  virtual void kill() noexcept = 0; ///< SIGKILL; nothing when it has ended
  [[nodiscard]] virtual usage used() const = 0;
};

struct launch_order {
  std::string executable;
  std::vector<std::string> words;       ///< after the name of the program
  std::vector<std::string> environment; ///< "KEY=value", over what is handed down
  /// Whether a variable of our own environment is handed down; empty: all are.
  std::function<bool(std::string_view key)> hands_down;
  std::string input;                                    ///< that it reads, at most 32 KiB
  std::function<void(const std::string& line)> on_line; ///< any thread; may be empty
  std::function<void(const child_exit&)> on_exit;       ///< any thread, exactly once
};

/// Starts a child process and watches it from a thread of its own.
///
/// - The child inherits no file descriptor but its input and one pipe for all that it prints: an
/// inherited socket would keep the node's connections open after the node's death.
/// - SIGINT, SIGTERM and SIGHUP are blocked in it from the start: Ctrl-C reaches the whole
///   foreground group, but it is the node that decides. It unblocks them once it ignores them.
/// - The watching thread is its parent in the sense of PR_SET_PDEATHSIG and lives as long as it.
///
/// Throws std::system_error when the program cannot be started. The destructor kills the child and
/// waits for its end (milliseconds); do not destroy it inside its own callbacks.
std::unique_ptr<process> launch(launch_order order);

} // namespace vdoc::supervision
