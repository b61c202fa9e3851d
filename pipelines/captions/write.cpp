#include "pipelines/captions/write.hpp"

#include "pipelines/captions/text.hpp"

#include <algorithm>
#include <cstdio>

namespace vdoc::captions {

namespace {

/// "01:02:03.004"; SRT has a comma there.
std::string stamp(timestamp when, char point) {
  const auto total =
      std::chrono::round<std::chrono::milliseconds>(std::max(when, timestamp{0})).count();
  char text[40];
  std::snprintf(
      text, sizeof text, "%02lld:%02lld:%02lld%c%03lld", static_cast<long long>(total / 3600'000),
      static_cast<long long>(total / 60'000 % 60), static_cast<long long>(total / 1000 % 60), point,
      static_cast<long long>(total % 1000));
  return text;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

/// Text without empty lines, which would end the cue, and in well-formed UTF-8.
std::string cue_text(std::string_view text) {
  const std::string good = to_utf8(text);
  std::string lines;
  for (std::size_t at = 0; at <= good.size();) {
    const auto end = std::min(good.find_first_of("\r\n", at), good.size());
    const auto line = std::string_view{good}.substr(at, end - at);
    if (line.find_first_not_of(" \t") != std::string_view::npos)
      append(lines, {lines.empty() ? "" : "\n", line});
    at = end + 1;
  }
  return lines;
}

bool shows(const cue& one) {
  using std::chrono::milliseconds;
  return std::chrono::round<milliseconds>(one.end) > std::chrono::round<milliseconds>(one.begin) &&
         !cue_text(one.text).empty();
}

void append_vtt_cue(std::string& out, const cue& one) {
  append(out, {stamp(one.begin, '.'), " --> ", stamp(one.end, '.'), "\n",
               escape_vtt(cue_text(one.text)), "\n"});
}

} // namespace

std::string write_vtt(std::span<const cue> cues, std::string_view note) {
  std::string out = "WEBVTT\n";
  if (std::string text = cue_text(note); !text.empty()) {
    replace_all(text, "-->", "\xE2\x86\x92");
    append(out, {"\nNOTE ", text, "\n"});
  }
  std::size_t number = 0;
  for (const auto& one : cues)
    if (shows(one)) {
      append(out, {"\n", std::to_string(++number), "\n"});
      append_vtt_cue(out, one);
    }
  return out;
}

std::string write_srt(std::span<const cue> cues) {
  std::string out;
  std::size_t number = 0;
  for (const auto& one : cues) {
    if (!shows(one))
      continue;
    std::string text = cue_text(one.text);
    replace_all(text, "-->", "\xE2\x86\x92");
    append(out, {number > 0 ? "\n" : "", std::to_string(number + 1), "\n", stamp(one.begin, ','),
                 " --> ", stamp(one.end, ','), "\n", text, "\n"});
    ++number;
  }
  return out;
}

std::string vtt_segment(std::span<const cue> cues, timestamp begin, timestamp end,
                        std::int64_t mpegts) {
  std::string out;
  append(out, {"WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:", std::to_string(mpegts), ",LOCAL:00:00:00.000\n"});
  for (const auto& one : cues)
    if (one.begin < end && one.end > begin && shows(one)) {
      out += "\n";
      append_vtt_cue(out, one);
    }
  return out;
}

std::vector<std::string> vtt_segments(std::span<const cue> cues,
                                      std::span<const timestamp> boundaries, std::int64_t mpegts) {
  std::vector<std::string> segments;
  for (std::size_t at = 0; at + 1 < boundaries.size(); ++at)
    segments.push_back(vtt_segment(cues, boundaries[at], boundaries[at + 1], mpegts));
  return segments;
}

std::vector<timestamp> even_boundaries(timestamp end, timestamp length) {
  std::vector<timestamp> boundaries{timestamp{0}};
  if (length > timestamp{0})
    for (timestamp at = length; at < end; at += length)
      boundaries.push_back(at);
  if (end > timestamp{0})
    boundaries.push_back(end);
  return boundaries;
}

} // namespace vdoc::captions
