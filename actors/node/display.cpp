#include "actors/node/display.hpp"

#include "actors/node/display_text.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ostream>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

namespace vdoc::node {

namespace {

using namespace std::chrono_literals;

int columns_of_stdout() {
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/// Settings are read before any thread runs.
std::string_view variable(const char* name) {
  const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? "" : value;
}

} // namespace

display_settings display_for_stdout(bool json, bool quiet) {
  display_settings settings;
  const bool terminal = ::isatty(STDOUT_FILENO) == 1 && variable("TERM") != "dumb";
  settings.mode = json       ? display_mode::json
                  : quiet    ? display_mode::quiet
                  : terminal ? display_mode::terminal
                             : display_mode::plain;
  settings.color = settings.mode == display_mode::terminal && variable("NO_COLOR").empty();
  settings.columns = columns_of_stdout;
  return settings;
}

display::display(display_settings settings, std::ostream& out, std::ostream& errors)
    : settings_{std::move(settings)}, out_{out}, errors_{errors} {}

display::~display() {
  if (drawn_lines_ > 0) {
    last_drawn_.reset();
    redraw();
  }
}

pace display::pace_of(const shown& job) const {
  // What a resumed job found done cost no time now.
  const auto media = job.last.media_done - job.first.media_done;
  const auto wall = job.last.wall - job.first.wall;
  if (media.count() <= 0 || wall < 1s)
    return {};
  pace now;
  now.speed = std::chrono::duration<double>(media) / wall;
  const auto left = std::max(job.last.media_total - job.last.media_done, 0ns);
  now.left =
      std::chrono::seconds{std::llround(std::chrono::duration<double>(left).count() / now.speed)};
  return now;
}

bool display::due(const shown& before, const job_progress& now) const {
  const auto every = settings_.mode == display_mode::json ? 1s : 5s;
  return before.last.stage != now.stage || settings_.now() - before.when >= every;
}

void display::show(const job_progress& job) {
  const auto now = settings_.now();
  const auto [at, first] = running_.try_emplace(job.name, shown{job, job, now});
  shown& known = at->second;
  const bool say = first || due(known, job);
  if (first)
    order_.push_back(job.name);
  known.last = job;
  switch (settings_.mode) {
  case display_mode::terminal:
    redraw();
    return;
  case display_mode::plain:
    if (say)
      out_ << plain_line(job, pace_of(known)) << std::endl;
    break;
  case display_mode::json:
    if (say)
      out_ << json_line(job, pace_of(known)) << std::endl;
    break;
  case display_mode::quiet:
    break;
  }
  if (say)
    known.when = now;
}

void display::finish(const job_ending& job) {
  running_.erase(job.name);
  std::erase(order_, job.name);
  const bool failed = job.state == "failed";
  switch (settings_.mode) {
  case display_mode::terminal:
    print_above(ending_lines(job, settings_.color));
    break;
  case display_mode::plain:
    (failed ? errors_ : out_) << ending_lines(job, false) << std::endl;
    break;
  case display_mode::json:
    out_ << json_line(job) << std::endl;
    break;
  case display_mode::quiet:
    if (failed)
      errors_ << ending_lines(job, false) << std::endl;
    break;
  }
}

void display::note(const std::string& text) {
  if (settings_.mode == display_mode::terminal)
    print_above(printable(text));
  else if (settings_.mode == display_mode::plain)
    out_ << printable(text) << std::endl;
  else if (settings_.mode == display_mode::json)
    out_ << json_note(text) << std::endl;
}

/// Takes back what was drawn: cursor up to its first line, then clears to the end of the screen.
std::string display::wipe() const {
  return drawn_lines_ == 0 ? "" : "\x1b[" + std::to_string(drawn_lines_) + "A\r\x1b[J";
}

void display::print_above(const std::string& text) {
  out_ << wipe() << text << '\n';
  drawn_lines_ = 0;
  last_drawn_.reset();
  redraw();
  out_.flush();
}

void display::redraw() {
  const auto now = settings_.now();
  if (last_drawn_ && now - *last_drawn_ < 100ms)
    return;
  last_drawn_ = now;
  // A line that reaches the last column wraps on some terminals.
  const int columns = std::max((settings_.columns ? settings_.columns() : 80) - 1, 1);
  std::string frame = wipe();
  for (const std::string& name : order_) {
    const shown& job = running_.at(name);
    frame += terminal_line(job.last, pace_of(job), columns, settings_.color) + '\n';
  }
  drawn_lines_ = static_cast<int>(order_.size());
  out_ << frame << std::flush;
}

} // namespace vdoc::node
