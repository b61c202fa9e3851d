#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace vdoc::test {

/// A program to run. Words are passed as they are: no shell is involved.
struct command {
  std::vector<std::string> words;
  std::map<std::string, std::string> environment; ///< added to ours; an empty value removes
  std::filesystem::path folder;                   ///< to run in; empty: ours
};

/// How a program ended, and all that it wrote.
struct outcome {
  int exit_code = -1;     ///< -1 when it did not end by itself
  int signal = 0;         ///< that ended it
  bool timed_out = false; ///< its process group was killed at the deadline
  std::string out, err;
  std::chrono::milliseconds wall{0};

  [[nodiscard]] bool succeeded() const noexcept { return exit_code == 0 && !timed_out; }
  /// Exit code or signal and the last lines of stderr, for a failure message.
  [[nodiscard]] std::string story() const;
};

/// A program while it runs, in a process group of its own. A thread collects what it writes. The
/// destructor kills the whole group, so that no test leaves a process behind.
class running_command {
public:
  /// Throws std::runtime_error when the program cannot be started.
  explicit running_command(const command& what);
  ~running_command();
  running_command(const running_command&) = delete;
  running_command& operator=(const running_command&) = delete;

  [[nodiscard]] pid_t pid() const noexcept;
  /// To the program alone; `signal_group` also to the children that stayed in its group.
  void signal(int number);
  void signal_group(int number);
  [[nodiscard]] bool ended() const;
  [[nodiscard]] std::string out_so_far() const;
  [[nodiscard]] std::string err_so_far() const;
  /// Waits for the end; at the deadline the process group is killed and `timed_out` is set.
  outcome wait(std::chrono::milliseconds deadline);

private:
  struct inside;
  std::unique_ptr<inside> inside_;
};

/// Runs a program to its end, at most for `deadline`.
outcome run(const command& what, std::chrono::milliseconds deadline);
/// The same for a line of words split at spaces, which then must succeed. Throws
/// std::runtime_error with the story.
outcome run_or_throw(const std::vector<std::string>& words,
                     std::chrono::milliseconds deadline = std::chrono::minutes{10});
std::vector<std::string> split_words(const std::string& line);

} // namespace vdoc::test
