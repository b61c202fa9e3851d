#include "pipelines/captions/read.hpp"

#include "pipelines/captions/language.hpp"
#include "pipelines/captions/text.hpp"
#include "pipelines/fault.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <map>
#include <optional>

namespace vdoc::captions {

namespace {

using namespace std::chrono_literals;

bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

/// Lines with any of the three line ends, none of them kept.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find_first_of("\r\n", at), text.size());
    lines.push_back(text.substr(at, end - at));
    const bool pair = end + 1 < text.size() && text[end] == '\r' && text[end + 1] == '\n';
    at = end + (pair ? 2 : 1);
  }
  return lines;
}

/// "1:02:03,4", "02:03.004"; hours may have any number of digits up to four.
std::optional<timestamp> parse_time(std::string_view text) {
  text = trimmed(text);
  std::vector<std::int64_t> fields;
  std::int64_t milliseconds = 0;
  for (std::size_t at = 0; at < text.size();) {
    std::int64_t value = 0;
    const std::size_t begin = at;
    while (at < text.size() && is_digit(text[at]) && at - begin < 4)
      value = value * 10 + (text[at++] - '0');
    if (at == begin)
      return std::nullopt;
    fields.push_back(value);
    if (at == text.size())
      break;
    if (text[at] == ',' || text[at] == '.') {
      const auto fraction = text.substr(at + 1);
      if (fraction.empty() || fraction.size() > 9 ||
          !std::all_of(fraction.begin(), fraction.end(), is_digit))
        return std::nullopt;
      for (std::size_t i = 0; i < 3; ++i)
        milliseconds = milliseconds * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
      break;
    }
    if (text[at] != ':' || ++at == text.size())
      return std::nullopt;
  }
  if (fields.size() < 2 || fields.size() > 3)
    return std::nullopt;
  if (fields.size() == 2)
    fields.insert(fields.begin(), 0);
  if (fields[1] > 59 || fields[2] > 59)
    return std::nullopt;
  return std::chrono::hours{fields[0]} + std::chrono::minutes{fields[1]} +
         std::chrono::seconds{fields[2]} + std::chrono::milliseconds{milliseconds};
}

struct timing {
  timestamp begin, end;
};

/// A line "begin --> end", with WebVTT's settings after it or without.
std::optional<timing> parse_timing(std::string_view line) {
  const auto arrow = line.find("-->");
  if (arrow == std::string_view::npos)
    return std::nullopt;
  const auto begin = parse_time(line.substr(0, arrow));
  const auto rest = trimmed(line.substr(arrow + 3));
  const auto end = parse_time(rest.substr(0, std::min(rest.find_first_of(" \t"), rest.size())));
  if (!begin || !end)
    return std::nullopt;
  return timing{*begin, *end};
}

bool is_number(std::string_view line) {
  line = trimmed(line);
  return !line.empty() && line.size() <= 9 && std::all_of(line.begin(), line.end(), is_digit);
}

bool by_begin(const cue& a, const cue& b) {
  return a.begin < b.begin;
}

/// Reads blocks and keeps what went wrong.
class block_reader {
public:
  block_reader(std::string_view text, const read_limits& limits)
      : lines_{lines_of(text)}, limits_{limits} {}

  read_result run() {
    std::size_t at = starts_as_vtt() ? after_block(0) : 0;
    while (at < lines_.size() && result_.cues.size() < limits_.most_cues)
      at = read_block(at);
    if (at < lines_.size())
      warn("more than " + std::to_string(limits_.most_cues) + " captions: the rest is left out");
    if (unsaid_ > 0)
      result_.warnings.push_back("and " + std::to_string(unsaid_) + " more");
    std::stable_sort(result_.cues.begin(), result_.cues.end(), by_begin);
    return std::move(result_);
  }

private:
  [[nodiscard]] bool starts_as_vtt() const {
    return !lines_.empty() && lines_.front().starts_with("WEBVTT");
  }

  [[nodiscard]] std::size_t after_block(std::size_t at) const {
    while (at < lines_.size() && !trimmed(lines_[at]).empty())
      ++at;
    return at;
  }

  void warn(std::string what) {
    if (result_.warnings.size() < limits_.most_warnings)
      result_.warnings.push_back(std::move(what));
    else
      ++unsaid_;
  }

  /// Reads or skips what begins at `at`; returns where the next block begins, always further on.
  std::size_t read_block(std::size_t at) {
    const auto first = trimmed(lines_[at]);
    if (first.empty())
      return at + 1;
    const bool is_cue = first.find("-->") != std::string_view::npos;
    const bool has_name =
        !is_cue && at + 1 < lines_.size() && lines_[at + 1].find("-->") != std::string_view::npos;
    if (!is_cue && !has_name) {
      const bool known =
          starts_as_vtt() && (first.starts_with("NOTE") || first == "STYLE" || first == "REGION");
      if (!known)
        warn("line " + std::to_string(at + 1) + ": no time here, left out");
      return after_block(at);
    }
    return read_cue(is_cue ? at : at + 1);
  }

  std::size_t read_cue(std::size_t at) {
    const std::size_t line_number = at + 1;
    const auto when = parse_timing(lines_[at]);
    std::string text;
    for (++at; at < lines_.size() && !trimmed(lines_[at]).empty() && !begins_cue(at); ++at)
      if (text.size() < limits_.longest_text)
        text += std::string{lines_[at]} + "\n";
    if (text.size() > limits_.longest_text) {
      text.resize(limits_.longest_text);
      while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0U) == 0x80U)
        text.pop_back();
      if (!text.empty() && static_cast<unsigned char>(text.back()) >= 0xC0U)
        text.pop_back();
      warn("line " + std::to_string(line_number) + ": a very long text is cut");
    }
    if (!when)
      warn("line " + std::to_string(line_number) + ": the time cannot be read, left out");
    else if (when->end <= when->begin)
      warn("line " + std::to_string(line_number) + ": ends before it begins, left out");
    else if (auto plain = without_markup(text); !plain.empty())
      result_.cues.push_back({when->begin, when->end, std::move(plain)});
    return at;
  }

  /// The empty line before a cue is often missing.
  [[nodiscard]] bool begins_cue(std::size_t at) const {
    if (parse_timing(lines_[at]))
      return true;
    return is_number(lines_[at]) && at + 1 < lines_.size() && parse_timing(lines_[at + 1]);
  }

  std::vector<std::string_view> lines_;
  read_limits limits_;
  read_result result_;
  std::size_t unsaid_ = 0;
};

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char byte) { return static_cast<char>(std::tolower(byte)); });
  return text;
}

} // namespace

read_result read_subtitles(std::string_view bytes, const read_limits& limits) {
  const bool too_long = bytes.size() > limits.most_bytes;
  const std::string text = to_utf8(bytes.substr(0, limits.most_bytes));
  auto result = block_reader{text, limits}.run();
  if (too_long)
    result.warnings.emplace_back("the file is too long: its end is left out");
  return result;
}

read_result read_subtitles(const std::filesystem::path& file, const read_limits& limits) {
  std::ifstream in{file, std::ios::binary};
  std::string bytes(limits.most_bytes + 1, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (in.bad() || (in.fail() && !in.eof()))
    throw failure{{culprit::user,
                   "cannot read the captions in " + file.filename().string(),
                   "check that the file can be read",
                   {}}};
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return read_subtitles(std::string_view{bytes}, limits);
}

std::vector<sidecar> sidecars_of(const std::filesystem::path& source) {
  const std::string stem = source.stem().string();
  const auto folder = source.has_parent_path() ? source.parent_path() : std::filesystem::path{"."};
  std::map<std::string, std::filesystem::path> found;
  std::error_code failed;
  std::filesystem::directory_iterator entries{folder, failed};
  for (; !failed && entries != std::filesystem::directory_iterator{}; entries.increment(failed)) {
    const std::string name = entries->path().filename().string();
    const std::string kind = lower_case(entries->path().extension().string());
    if ((kind != ".srt" && kind != ".vtt") || !name.starts_with(stem) ||
        name.size() < stem.size() + kind.size())
      continue;
    const std::string middle = name.substr(stem.size(), name.size() - stem.size() - kind.size());
    std::string language;
    if (!middle.empty()) {
      language = middle.front() == '.' ? language_tag(middle.substr(1)) : "";
      if (language.empty())
        continue;
    }
    auto& kept = found[language];
    if (kept.empty() || kind == ".vtt")
      kept = entries->path();
  }
  std::vector<sidecar> sidecars;
  sidecars.reserve(found.size());
  for (const auto& [language, file] : found)
    sidecars.push_back({file, language});
  return sidecars;
}

std::vector<cue> to_cues(std::span<const timed_text> texts) {
  std::vector<cue> cues;
  for (const auto& one : texts)
    if (auto plain = without_markup(to_utf8(one.text)); !plain.empty() && one.begin >= 0s)
      cues.push_back({one.begin, one.end, std::move(plain)});
  std::stable_sort(cues.begin(), cues.end(), by_begin);
  for (std::size_t at = 0; at < cues.size(); ++at)
    if (cues[at].end <= cues[at].begin) {
      cues[at].end = cues[at].begin + 5s;
      for (std::size_t later = at + 1; later < cues.size(); ++later)
        if (cues[later].begin > cues[at].begin) {
          cues[at].end = std::min(cues[at].end, cues[later].begin);
          break;
        }
    }
  return cues;
}

} // namespace vdoc::captions
