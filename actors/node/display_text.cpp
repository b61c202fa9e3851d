#include "actors/node/display_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace vdoc::node {

namespace {

constexpr int name_width = 20;
constexpr int bar_width = 20;

enum class tint : unsigned char { plain, dim, green, yellow, red };

std::string tinted(const std::string& text, tint how, bool color) {
  constexpr std::array codes{"", "\x1b[2m", "\x1b[32m", "\x1b[33m", "\x1b[31m"};
  if (!color || how == tint::plain)
    return text;
  return codes.at(static_cast<std::size_t>(how)) + text + "\x1b[0m";
}

bool continues_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80U;
}

/// In characters, near enough: code points.
int width_of(std::string_view text) {
  return static_cast<int>(
      std::ranges::count_if(text, [](char c) { return !continues_character(c); }));
}

std::string cut(const std::string& text, int width) {
  if (width_of(text) <= width)
    return text;
  std::string kept;
  int room = std::max(width - 1, 0);
  for (const char byte : text) {
    if (!continues_character(byte) && room-- == 0)
      break;
    kept += byte;
  }
  return width > 0 ? kept + "~" : "";
}

std::string padded(std::string text, int width) {
  text.append(static_cast<std::size_t>(std::max(width - width_of(text), 0)), ' ');
  return text;
}

template <class... Values> std::string format(const char* how, Values... values) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), how, values...);
  return text.data();
}

/// "1:02:03" or "2:03".
std::string clock_text(std::chrono::seconds time) {
  const auto all = static_cast<long>(time.count());
  return all >= 3600 ? format("%ld:%02ld:%02ld", all / 3600, all / 60 % 60, all % 60)
                     : format("%ld:%02ld", all / 60, all % 60);
}

std::string speed_text(double speed) {
  return format(speed < 9.95 ? "%.1fx" : "%.0fx", speed);
}

std::string counted(std::uint32_t number, const std::string& what) {
  return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
}

std::string percent_text(double fraction) {
  return fraction < 0 ? "" : format("%.0f %%", std::floor(fraction * 100));
}

std::string bar_text(double fraction) {
  const auto full = static_cast<std::size_t>(std::max(fraction, 0.0) * bar_width);
  return "[" + std::string(full, '#') + std::string(bar_width - full, '.') + "]";
}

/// A part of a line. `need`: 0 stays whatever happens, larger ones go first.
struct piece {
  std::string text;
  int need = 0;
  tint how = tint::plain;
};

std::string join(const std::vector<piece>& pieces, bool color) {
  std::string line;
  for (const piece& one : pieces)
    line += (line.empty() ? "" : "  ") + tinted(one.text, one.how, color);
  return line;
}

/// Drops what is needed least until the line fits.
void fit(std::vector<piece>& pieces, int columns) {
  std::erase_if(pieces, [](const piece& one) { return one.text.empty(); });
  while (width_of(join(pieces, false)) > columns) {
    const auto least = std::ranges::max_element(pieces, {}, &piece::need);
    if (least->need == 0)
      break;
    pieces.erase(least);
  }
}

using json = nlohmann::ordered_json;

template <class Number> json known(Number value) {
  return value > 0 ? json(value) : json();
}

json seconds(std::chrono::nanoseconds time) {
  return std::round(std::chrono::duration<double>(time).count() * 1000) / 1000;
}

std::string line_of(const json& object) {
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

} // namespace

std::string printable(std::string_view text) {
  std::string clean{text};
  std::ranges::replace_if(
      clean, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  // C1 controls are U+0080 to U+009F: 0xc2 and a second byte below 0xa0.
  for (std::size_t at = 0; at + 1 < clean.size(); ++at)
    if (static_cast<unsigned char>(clean[at]) == 0xc2 &&
        static_cast<unsigned char>(clean[at + 1]) < 0xa0)
      clean.replace(at, 2, "?");
  return clean;
}

double fraction_of(const job_progress& job) {
  if (job.media_total.count() > 0)
    return std::clamp(std::chrono::duration<double>(job.media_done) / job.media_total, 0.0, 1.0);
  if (job.frames_total > 0)
    return std::min(1.0,
                    static_cast<double>(job.frames_done) / static_cast<double>(job.frames_total));
  return -1;
}

std::string terminal_line(const job_progress& job, const pace& speed, int columns, bool color) {
  const double fraction = fraction_of(job);
  const std::string frames =
      job.frames_done == 0 ? ""
      : job.frames_total == 0
          ? std::to_string(job.frames_done) + " frames"
          : std::to_string(job.frames_done) + "/" + std::to_string(job.frames_total) + " frames";
  std::vector<piece> pieces{
      {padded(cut(printable(job.name), name_width), name_width), 0, tint::plain},
      {bar_text(fraction), 5, tint::green},
      {format("%5s", percent_text(fraction).c_str()), fraction < 0 ? 6 : 0, tint::plain},
      {printable(job.stage), 3, tint::plain},
      {frames, 4, tint::dim},
      {speed.speed > 0 ? speed_text(speed.speed) : "", 2, tint::plain},
      {speed.left.count() > 0 ? "ETA " + clock_text(speed.left) : "", 1, tint::plain},
      {job.restarts > 0 ? counted(job.restarts, "restart") : "", 0, tint::yellow},
      {job.warnings > 0 ? counted(job.warnings, "warning") : "", 2, tint::yellow},
  };
  fit(pieces, columns);
  if (width_of(join(pieces, false)) <= columns)
    return join(pieces, color);
  return cut(join(pieces, false), columns);
}

std::string plain_line(const job_progress& job, const pace& speed) {
  std::string line = printable(job.name) + ": " + printable(job.stage);
  if (const double fraction = fraction_of(job); fraction >= 0)
    line += ", " + percent_text(fraction);
  if (job.frames_total > 0)
    line += ", " + std::to_string(job.frames_done) + " of " + std::to_string(job.frames_total) +
            " frames";
  else if (job.frames_done > 0)
    line += ", " + std::to_string(job.frames_done) + " frames";
  if (speed.speed > 0)
    line += ", " + speed_text(speed.speed) + " real time";
  if (speed.left.count() > 0)
    line += ", " + clock_text(speed.left) + " left";
  if (job.restarts > 0)
    line += ", " + counted(job.restarts, "restart");
  if (job.warnings > 0)
    line += ", " + counted(job.warnings, "warning");
  return line;
}

std::string ending_lines(const job_ending& job, bool color) {
  const bool failed = job.state == "failed";
  const tint how = failed ? tint::red : job.state == "succeeded" ? tint::green : tint::yellow;
  std::string text = printable(job.name) + ": " + tinted(printable(job.state), how, color);
  if (failed) {
    text += ": " + printable(job.what);
    if (!job.advice.empty())
      text += "; " + printable(job.advice);
  } else if (!job.folder.empty()) {
    text += ", see " + printable(job.folder);
  }
  for (const std::string& warning : job.warnings)
    text += "\n  " + tinted("warning:", tint::yellow, color) + " " + printable(warning);
  return text;
}

std::string json_line(const job_progress& job, const pace& speed) {
  json out;
  out["event"] = "progress";
  out["name"] = job.name;
  out["stage"] = job.stage;
  out["frames_done"] = job.frames_done;
  out["frames_total"] = known(job.frames_total);
  out["media_done_s"] = seconds(job.media_done);
  out["media_total_s"] = job.media_total.count() > 0 ? seconds(job.media_total) : json();
  out["wall_s"] = seconds(job.wall);
  out["speed"] = known(std::round(speed.speed * 100) / 100);
  out["eta_s"] = speed.speed > 0 ? json(speed.left.count()) : json();
  out["restarts"] = job.restarts;
  out["warnings"] = job.warnings;
  return line_of(out);
}

std::string json_line(const job_ending& job) {
  json out;
  out["event"] = "ended";
  out["name"] = job.name;
  out["state"] = job.state;
  out["folder"] = job.folder;
  out["warnings"] = job.warnings;
  if (job.state == "failed") {
    out["whose"] = job.whose;
    out["what"] = job.what;
    out["advice"] = job.advice;
  }
  return line_of(out);
}

std::string json_note(const std::string& text) {
  json out;
  out["event"] = "note";
  out["text"] = text;
  return line_of(out);
}

} // namespace vdoc::node
