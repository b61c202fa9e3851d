#include "pipelines/document/outline.hpp"

#include "pipelines/captions/text.hpp"

#include <algorithm>
#include <limits>

namespace vdoc::document {

namespace {

using namespace std::chrono_literals;
using captions::word;

constexpr auto snap_reach = 2500ms;        ///< how far a picture's words may move to a pause
constexpr auto paragraph_pause = 1800ms;   ///< ends a paragraph
constexpr std::size_t long_paragraph = 60; ///< words, then any pause or sentence will do
constexpr std::size_t longest_paragraph = 110;
constexpr std::size_t title_characters = 48;
constexpr std::size_t brief_words = 14; ///< fewer beside a picture are lost there
constexpr auto brief_picture = 5s;
constexpr std::size_t most_together = 6;

double seconds(timestamp span) {
  return std::chrono::duration<double>(span).count();
}

bool ends_sentence(const word& one) {
  return !one.text.empty() && std::string_view{".!?"}.find(one.text.back()) != std::string::npos;
}

std::vector<word> words_of(const captions::transcript& spoken) {
  std::vector<word> words;
  for (const auto& one : spoken.utterances)
    words.insert(words.end(), one.words.begin(), one.words.end());
  std::stable_sort(words.begin(), words.end(),
                   [](const word& a, const word& b) { return a.begin < b.begin; });
  return words;
}

/// The silence before words[at].
timestamp pause_before(std::span<const word> words, std::size_t at) {
  return at == 0 ? 1h : words[at].begin - words[at - 1].end;
}

std::size_t first_word_from(std::span<const word> words, timestamp when) {
  const auto found =
      std::lower_bound(words.begin(), words.end(), when,
                       [](const word& one, timestamp value) { return one.begin < value; });
  return static_cast<std::size_t>(found - words.begin());
}

/// The word before which the text is best divided for a change at `when`.
std::size_t divide(std::span<const word> words, timestamp when) {
  const std::size_t exact = first_word_from(words, when);
  std::size_t best = exact;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t at = first_word_from(words, when - snap_reach);
       at < words.size() && words[at].begin <= when + snap_reach; ++at) {
    const double away = std::abs(seconds(words[at].begin - when));
    const double pause = std::min(seconds(pause_before(words, at)), 1.5);
    const double sentence = at > 0 && ends_sentence(words[at - 1]) ? 2 : 0;
    if (const double cost = away - pause * 2.5 - sentence; cost < least) {
      least = cost;
      best = at;
    }
  }
  return best;
}

std::vector<paragraph> paragraphs_of(std::span<const word> words) {
  std::vector<paragraph> paragraphs;
  for (std::size_t at = 0; at < words.size(); ++at) {
    const std::size_t length = paragraphs.empty() ? 0 : paragraphs.back().words.size();
    const timestamp pause = pause_before(words, at);
    const bool may_end = pause > 300ms || (at > 0 && ends_sentence(words[at - 1]));
    if (at == 0 || pause >= paragraph_pause || length >= longest_paragraph ||
        (length >= long_paragraph && may_end))
      paragraphs.push_back({words[at].begin, {}});
    paragraphs.back().words.push_back(words[at]);
  }
  return paragraphs;
}

std::vector<word> spoken_in(const scene& one) {
  std::vector<word> words;
  for (const auto& each : one.paragraphs)
    words.insert(words.end(), each.words.begin(), each.words.end());
  return words;
}

/// Pictures that change faster than anybody ends a sentence stand together with all that was said.
void join_brief_scenes(std::vector<scene>& scenes) {
  for (std::size_t at = 0; at + 1 < scenes.size();) {
    scene &one = scenes[at], &next = scenes[at + 1];
    auto words = spoken_in(one);
    if (words.empty() || words.size() >= brief_words || one.pictures.empty() ||
        next.paragraphs.empty() || next.begin - one.pictures.back().begin >= brief_picture ||
        one.pictures.size() + next.pictures.size() > most_together) {
      ++at;
      continue;
    }
    const auto more = spoken_in(next);
    words.insert(words.end(), more.begin(), more.end());
    one.pictures.insert(one.pictures.end(), next.pictures.begin(), next.pictures.end());
    one.paragraphs = paragraphs_of(words);
    scenes.erase(scenes.begin() + static_cast<std::ptrdiff_t>(at) + 1);
  }
}

/// The scenes of one section: its words divided at its pictures.
std::vector<scene> scenes_of(std::span<const word> words, std::span<const key_picture> pictures,
                             timestamp begin) {
  std::vector<scene> scenes;
  std::size_t at = pictures.empty() ? words.size() : divide(words, pictures.front().begin);
  // Words just before the first picture belong to it: the section and its picture begin together.
  if (!pictures.empty() && pictures.front().begin - begin < 3s)
    at = 0;
  if (at > 0)
    scenes.push_back({begin, {}, paragraphs_of(words.first(at))});
  for (std::size_t one = 0; one < pictures.size(); ++one) {
    const std::size_t next = one + 1 < pictures.size()
                                 ? std::max(at, divide(words, pictures[one + 1].begin))
                                 : words.size();
    const auto spoken = words.subspan(at, next - at);
    at = next;
    const bool silent = spoken.empty();
    if (silent && !scenes.empty() && scenes.back().paragraphs.empty())
      scenes.back().pictures.push_back(pictures[one]);
    else
      scenes.push_back({pictures[one].begin, {pictures[one]}, paragraphs_of(spoken)});
  }
  join_brief_scenes(scenes);
  return scenes;
}

struct candidate {
  timestamp when{0};
  double weight = 0;
};

/// Where a section could begin, the best first.
std::vector<candidate> candidates(std::span<const word> words,
                                  std::span<const key_picture> pictures) {
  std::vector<candidate> all;
  for (const auto& one : pictures)
    all.push_back({one.begin, 1.5 + one.change});
  for (std::size_t at = 1; at < words.size(); ++at)
    if (const double pause = seconds(pause_before(words, at)); pause >= 0.25) {
      candidate& added = all.emplace_back(candidate{words[at].begin, std::min(pause, 6.0)});
      for (const auto& one : pictures)
        if (one.begin > added.when - 3s && one.begin < added.when + 1s)
          added.weight += 2 + one.change;
    }
  std::stable_sort(all.begin(), all.end(),
                   [](const candidate& a, const candidate& b) { return a.weight > b.weight; });
  return all;
}

std::vector<timestamp> found_begins(std::span<const word> words,
                                    std::span<const key_picture> pictures, timestamp duration) {
  std::vector<timestamp> begins{0s};
  const auto wanted = static_cast<std::size_t>(std::clamp<std::int64_t>(duration / 3min, 1, 40));
  const timestamp apart =
      std::max<timestamp>(45s, duration / static_cast<std::int64_t>(wanted) * 2 / 5);
  for (const auto& one : candidates(words, pictures)) {
    if (begins.size() >= wanted)
      break;
    const bool close = std::any_of(begins.begin(), begins.end(), [&](timestamp other) {
      return std::chrono::abs(other - one.when) < apart;
    });
    if (!close && duration - one.when >= apart)
      begins.push_back(one.when);
  }
  std::sort(begins.begin(), begins.end());
  return begins;
}

/// "Part 2: so the next thing", or "Part 2" where nobody speaks.
std::string part_title(std::size_t number, std::span<const word> words) {
  std::string title;
  captions::append(title, {"Part ", std::to_string(number)});
  std::string first;
  for (const auto& one : words) {
    if (captions::length_of(first) + captions::length_of(one.text) >= title_characters)
      break;
    captions::append(first, {first.empty() ? "" : " ", one.text});
  }
  if (!first.empty())
    captions::append(title, {": ", first, " \xE2\x80\xA6"});
  return title;
}

std::vector<section> empty_sections(const document_source& source, std::span<const word> words,
                                    std::span<const key_picture> pictures, bool& found_parts) {
  std::vector<section> sections;
  auto chapters = source.chapters;
  std::stable_sort(chapters.begin(), chapters.end(),
                   [](const chapter& a, const chapter& b) { return a.begin < b.begin; });
  std::erase_if(chapters, [&](const chapter& one) { return one.begin >= source.duration; });
  for (const auto& one : chapters) {
    const std::string number = std::to_string(sections.size() + 1);
    sections.push_back({one.title.empty() ? "Chapter " + number : one.title, one.begin, {}, {}});
  }
  found_parts = sections.empty();
  if (found_parts)
    for (const auto begin : found_begins(words, pictures, source.duration))
      sections.push_back({"", begin, {}, {}});
  else if (sections.front().begin > 3s)
    sections.insert(sections.begin(), {"Beginning", 0s, {}, {}});
  else
    sections.front().begin = 0s;
  for (std::size_t at = 0; at < sections.size(); ++at)
    sections[at].end = at + 1 < sections.size() ? sections[at + 1].begin : source.duration;
  return sections;
}

} // namespace

outline make_outline(const document_source& source, std::span<const key_picture> pictures) {
  outline made;
  const auto words = words_of(source.transcript);
  made.sections = empty_sections(source, words, pictures, made.found_parts);
  const bool name_parts = made.found_parts && made.sections.size() > 1;
  std::size_t word_at = 0, picture_at = 0;
  for (std::size_t at = 0; at < made.sections.size(); ++at) {
    section& one = made.sections[at];
    const bool last = at + 1 == made.sections.size();
    const std::size_t word_end = last ? words.size() : std::max(word_at, divide(words, one.end));
    std::size_t picture_end = picture_at;
    // A picture that comes up shortly before a section is the section's.
    while (picture_end < pictures.size() &&
           (last || pictures[picture_end].begin < one.end - 1500ms))
      ++picture_end;
    const auto spoken = std::span{words}.subspan(word_at, word_end - word_at);
    if (name_parts)
      one.title = part_title(at + 1, spoken);
    one.scenes =
        scenes_of(spoken, pictures.subspan(picture_at, picture_end - picture_at), one.begin);
    word_at = word_end;
    picture_at = picture_end;
  }
  made.found_parts = name_parts;
  return made;
}

} // namespace vdoc::document
