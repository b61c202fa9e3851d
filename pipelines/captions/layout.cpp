#include "pipelines/captions/layout.hpp"

#include "pipelines/captions/text.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace vdoc::captions {

namespace {

using namespace std::chrono_literals;

double seconds(timestamp span) {
  return std::chrono::duration<double>(span).count();
}

bool ends_with_any(std::string_view text, std::string_view marks) {
  while (!text.empty() && (text.back() == '"' || text.back() == '\'' || text.back() == ')'))
    text.remove_suffix(1);
  return !text.empty() && marks.find(text.back()) != std::string_view::npos;
}

/// In order, none empty, none longer than a line, none that ends before it begins.
std::vector<word> tidy(const transcript& spoken, timestamp media_end, std::size_t longest) {
  std::vector<word> words;
  for (const auto& one : spoken.utterances)
    for (const auto& each : one.words) {
      const auto texts = split_words(each.text);
      for (const auto& text : texts)
        for (const auto& piece : cut_word(text, longest))
          if (each.begin >= 0s && each.begin < media_end)
            words.push_back({piece, each.begin, std::min(each.end, media_end), each.confidence});
    }
  std::stable_sort(words.begin(), words.end(),
                   [](const word& a, const word& b) { return a.begin < b.begin; });
  for (auto& one : words)
    one.end = std::max(one.end, one.begin);
  return words;
}

std::string joined(std::span<const word> words) {
  std::string text;
  for (const auto& one : words)
    append(text, {text.empty() ? "" : " ", one.text});
  return text;
}

/// Whether the words fit when each line is filled up: no other way would fit more.
bool fits(std::span<const word> words, const layout_limits& limits) {
  std::size_t lines = 1, used = 0;
  for (const auto& one : words) {
    const std::size_t length = length_of(one.text);
    if (used > 0 && used + 1 + length > limits.line_characters) {
      ++lines;
      used = length;
    } else {
      used += (used > 0 ? 1 : 0) + length;
    }
  }
  return lines <= limits.lines;
}

/// Two lines of about the same length, the upper one rather shorter, broken after punctuation
/// where that costs little.
std::string in_lines(std::span<const word> words, const layout_limits& limits) {
  if (length_of(joined(words)) <= limits.line_characters)
    return joined(words);
  std::size_t best = 0;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t at = 1; at < words.size(); ++at) {
    const double above = static_cast<double>(length_of(joined(words.first(at))));
    const double below = static_cast<double>(length_of(joined(words.subspan(at))));
    if (std::max(above, below) > static_cast<double>(limits.line_characters))
      continue;
    const double cost = std::abs(above - below) + (above > below ? 3 : 0) -
                        (ends_with_any(words[at - 1].text, ".,;:!?") ? 8 : 0);
    if (cost < least) {
      least = cost;
      best = at;
    }
  }
  return best == 0 ? joined(words) : joined(words.first(best)) + "\n" + joined(words.subspan(best));
}

/// How bad it is to end a cue between these two words.
double cost_of_break(const word& before, const word& after) {
  if (ends_with_any(before.text, ".!?"))
    return 0;
  const double pause = seconds(after.begin - before.end);
  const double comma = ends_with_any(before.text, ",;:") ? 6 : 0;
  return std::max(0.0, 20 - comma - std::min(pause, 0.6) * 30);
}

/// How bad one cue is, apart from where it ends. `until` is the begin of what follows.
double cost_of_cue(std::span<const word> words, timestamp until, const layout_limits& limits) {
  const double room = seconds(until - words.front().begin);
  const double length = static_cast<double>(length_of(joined(words)));
  double cost = 14;
  cost += std::max(0.0, seconds(limits.shortest) - room) * 2000;
  cost += std::max(0.0, length - room * limits.characters_per_second * 1.2) * 0.5;
  for (std::size_t at = 1; at < words.size(); ++at) {
    if (ends_with_any(words[at - 1].text, ".!?"))
      cost += 8;
    cost += std::max(0.0, seconds(words[at].begin - words[at - 1].end) - 0.3) * 30;
  }
  return cost;
}

/// Where the cues of one stretch begin, by least total cost.
std::vector<std::size_t> breaks_of(std::span<const word> words, timestamp until,
                                   const layout_limits& limits) {
  const std::size_t count = words.size();
  std::vector<double> least(count + 1, std::numeric_limits<double>::infinity());
  std::vector<std::size_t> next(count + 1, count);
  least[count] = 0;
  for (std::size_t from = count; from-- > 0;)
    for (std::size_t to = from + 1; to <= count; ++to) {
      const auto piece = words.subspan(from, to - from);
      const bool single = to == from + 1;
      if (!single &&
          (!fits(piece, limits) || piece.back().end - piece.front().begin > limits.longest))
        break;
      const timestamp end = to == count ? until : words[to].begin;
      const double cost = least[to] + cost_of_cue(piece, end, limits) +
                          (to == count ? 0 : cost_of_break(words[to - 1], words[to]));
      if (cost < least[from]) {
        least[from] = cost;
        next[from] = to;
      }
    }
  std::vector<std::size_t> begins;
  for (std::size_t at = 0; at < count; at = next[at])
    begins.push_back(at);
  return begins;
}

/// Lets each cue stay long enough to be read, where there is room before the next one.
void stretch(std::vector<cue>& cues, timestamp media_end, const layout_limits& limits) {
  for (std::size_t at = 0; at < cues.size(); ++at) {
    cue& one = cues[at];
    const timestamp room = at + 1 < cues.size() ? cues[at + 1].begin : media_end;
    const double wanted = static_cast<double>(length_of(one.text)) / limits.characters_per_second;
    const timestamp readable =
        std::chrono::duration_cast<timestamp>(std::chrono::duration<double>(wanted));
    timestamp end = std::max({one.end, one.begin + readable, one.begin + limits.shortest});
    end = std::min({end, room, one.begin + limits.longest});
    one.end = std::max(end, std::min(one.end, room));
    one.end = std::min(one.end, one.begin + limits.longest);
    const timestamp before = at > 0 ? cues[at - 1].end : timestamp{0};
    if (one.end - one.begin < limits.shortest)
      one.begin = std::min(one.begin, std::max(before, one.end - limits.shortest));
  }
  std::erase_if(cues, [](const cue& one) { return one.end <= one.begin; });
}

} // namespace

std::vector<cue> lay_out(const transcript& spoken, timestamp media_end,
                         const layout_limits& limits) {
  const auto words = tidy(spoken, media_end, limits.line_characters);
  std::vector<cue> cues;
  for (std::size_t from = 0; from < words.size();) {
    std::size_t to = from + 1;
    while (to < words.size() && words[to].begin - words[to - 1].end < limits.pause)
      ++to;
    const auto stretch_of_speech = std::span{words}.subspan(from, to - from);
    const timestamp until = to < words.size() ? words[to].begin : media_end;
    const auto begins = breaks_of(stretch_of_speech, until, limits);
    for (std::size_t at = 0; at < begins.size(); ++at) {
      const std::size_t end = at + 1 < begins.size() ? begins[at + 1] : stretch_of_speech.size();
      const auto piece = stretch_of_speech.subspan(begins[at], end - begins[at]);
      cues.push_back({piece.front().begin, piece.back().end, in_lines(piece, limits)});
    }
    from = to;
  }
  stretch(cues, media_end, limits);
  return cues;
}

} // namespace vdoc::captions
