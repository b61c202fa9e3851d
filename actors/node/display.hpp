#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vdoc::node {

/// How far one job is, for people. Zero totals mean that they are not known yet.
struct job_progress {
  std::string name;
  std::string stage; ///< in words: "transcoding"
  std::uint64_t frames_done = 0;
  std::uint64_t frames_total = 0;
  std::chrono::nanoseconds media_done{0};
  std::chrono::nanoseconds media_total{0};
  std::chrono::nanoseconds wall{0}; ///< since the job began
  std::uint32_t restarts = 0;
  std::uint32_t warnings = 0;
};

/// How one job ended. Whose fault, what and advice are empty unless it failed.
struct job_ending {
  std::string name;
  std::string state; ///< "succeeded", "failed", "interrupted"
  std::string whose; ///< "user", "peer" or "ours"
  std::string what;
  std::string advice;
  std::vector<std::string> warnings;
  std::string folder; ///< of its results
};

/// Media seconds per second, and what that leaves to wait for. Zero: not known yet.
struct pace {
  double speed = 0;
  std::chrono::seconds left{0};
};

enum class display_mode : std::uint8_t {
  terminal, ///< lines that are drawn again in place
  plain,    ///< a line on a new stage and every five seconds
  json,     ///< one object a line; at most one a second and job, and on a new stage
  quiet,    ///< failures only
};

struct display_settings {
  display_mode mode = display_mode::plain;
  bool color = false;
  std::function<int()> columns; ///< width of the terminal, asked before every drawing
  std::function<std::chrono::steady_clock::time_point()> now = std::chrono::steady_clock::now;
};

/// What fits standard output: a terminal unless TERM is "dumb", colours unless NO_COLOR is set to
/// anything (https://no-color.org). The flags win.
display_settings display_for_stdout(bool json, bool quiet);

/// Shows the progress of the jobs of one command. Not thread-safe: one caller at a time. Text from
/// outside (names, messages) never reaches the terminal as control characters.
///
/// JSON lines have an "event": "progress" (name, stage, frames_done, frames_total, media_done_s,
/// media_total_s, wall_s, speed, eta_s, restarts, warnings; null where not known), "ended" (name,
/// state, folder, warnings; whose, what and advice of a failure) or "note" (text).
class display {
public:
  /// Failures go to `errors` in the modes plain and quiet, all else to `out`. Both outlive it.
  display(display_settings settings, std::ostream& out, std::ostream& errors);
  display(const display&) = delete;
  display& operator=(const display&) = delete;
  /// Leaves what was drawn last, with the cursor below it.
  ~display();

  void show(const job_progress& job);
  void finish(const job_ending& job);
  /// A line for the reader that belongs to no job; drawn above the progress. Not in quiet mode.
  void note(const std::string& text);

private:
  struct shown {
    job_progress first, last;
    std::chrono::steady_clock::time_point when;
  };

  [[nodiscard]] pace pace_of(const shown& job) const;
  [[nodiscard]] bool due(const shown& before, const job_progress& now) const;
  void print_above(const std::string& text);
  void redraw();
  [[nodiscard]] std::string wipe() const;

  display_settings settings_;
  std::ostream& out_;
  std::ostream& errors_;
  std::vector<std::string> order_; ///< running jobs, by name
  std::map<std::string, shown> running_;
  int drawn_lines_ = 0;
  std::optional<std::chrono::steady_clock::time_point> last_drawn_;
};

} // namespace vdoc::node
