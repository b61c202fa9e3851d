#include "pipelines/captions/layout.hpp"
#include "pipelines/captions/text.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <sstream>

using namespace vdoc::captions;
using namespace std::chrono_literals;

namespace {

/// Speech word by word: each takes `each`, `gap` apart, from `begin`.
utterance speech(const std::string& text, timestamp begin, timestamp each = 250ms,
                 timestamp gap = 50ms) {
  utterance one{begin, begin, {}};
  for (const auto& word : split_words(text)) {
    one.words.push_back({word, one.end, one.end + each, 0.9});
    one.end += each + gap;
  }
  return one;
}

std::vector<cue> laid_out(std::vector<utterance> utterances, timestamp media_end = 3h) {
  return lay_out({"en", "script", true, false, std::move(utterances)}, media_end);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);)
    lines.push_back(line);
  return lines;
}

std::vector<std::string> texts_of(const std::vector<cue>& cues) {
  std::vector<std::string> texts;
  texts.reserve(cues.size());
  for (const auto& one : cues)
    texts.push_back(one.text);
  return texts;
}

/// Random speech at a human pace: 2 to 5 words a second, pauses now and then.
transcript random_speech(unsigned seed, std::size_t words) {
  std::mt19937 random{seed};
  transcript spoken{"en", "script", true, false, {}};
  timestamp at = 0s;
  while (spoken.word_count() < words) {
    at += std::chrono::milliseconds{random() % 4000};
    utterance& one = spoken.utterances.emplace_back();
    for (std::size_t count = 1 + random() % 60; count > 0; --count) {
      const auto length = std::chrono::milliseconds{120 + random() % 400};
      std::string text(1 + random() % 14, static_cast<char>('a' + random() % 26));
      if (random() % 12 == 0)
        text += '.';
      one.words.push_back({text, at, at + length, 0.5});
      at += length + std::chrono::milliseconds{random() % 5 == 0 ? random() % 900 : 0};
    }
  }
  return spoken;
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_layout)

BOOST_AUTO_TEST_CASE(keeps_a_short_sentence_on_one_line) {
  const auto cues = laid_out({speech("so this is how it begins", 2s)});
  const std::vector<cue> expected{{2s, 3750ms, "so this is how it begins"}};
  BOOST_TEST((cues == expected));
}

BOOST_AUTO_TEST_CASE(balances_two_lines) {
  const auto cues = laid_out({speech("we looked at all of the pictures that nobody had seen", 0s)});
  BOOST_REQUIRE_EQUAL(cues.size(), 1U);
  const auto lines = lines_of(cues[0].text);
  BOOST_REQUIRE_EQUAL(lines.size(), 2U);
  BOOST_TEST(lines[0] == "we looked at all of the");
  BOOST_TEST(lines[1] == "pictures that nobody had seen");
}

BOOST_AUTO_TEST_CASE(breaks_at_the_end_of_a_sentence) {
  const auto cues = laid_out({speech("The first one is quite a long sentence of ten words. "
                                     "The second one goes on for about as long as that.",
                                     0s)});
  BOOST_REQUIRE_EQUAL(cues.size(), 2U);
  BOOST_TEST(cues[0].text.ends_with("words."));
  BOOST_TEST(cues[1].text.starts_with("The second"));
}

BOOST_AUTO_TEST_CASE(breaks_at_a_pause_of_speech_without_punctuation) {
  auto first = speech("first we take the old one apart and look inside", 0s);
  const auto second = speech("then we put all of it together again in order", first.end + 400ms);
  first.words.insert(first.words.end(), second.words.begin(), second.words.end());
  const auto cues = laid_out({first});
  BOOST_REQUIRE_EQUAL(cues.size(), 2U);
  BOOST_TEST(cues[1].text.starts_with("then we put"));
}

BOOST_AUTO_TEST_CASE(never_spans_a_long_silence) {
  const auto cues = laid_out({speech("yes", 1s), speech("no", 4s)});
  const std::vector<std::string> expected{"yes", "no"};
  BOOST_TEST(texts_of(cues) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(keeps_a_short_word_on_for_a_second) {
  const auto cues = laid_out({speech("yes", 1s)});
  BOOST_TEST((cues == std::vector<cue>{{1s, 2s, "yes"}}));
}

BOOST_AUTO_TEST_CASE(begins_the_last_word_earlier_when_the_media_ends) {
  const auto cues = laid_out({speech("bye", 9500ms)}, 10s);
  BOOST_TEST((cues == std::vector<cue>{{9s, 10s, "bye"}}));
}

BOOST_AUTO_TEST_CASE(cuts_a_word_that_no_line_can_hold) {
  const auto cues = laid_out({speech(std::string(100, 'x'), 0s, 3s)});
  for (const auto& one : cues)
    for (const auto& line : lines_of(one.text))
      BOOST_TEST(line.size() <= 42U);
  BOOST_TEST(!cues.empty());
}

BOOST_AUTO_TEST_CASE(counts_characters_and_not_bytes) {
  std::string word;
  for (int i = 0; i < 40; ++i)
    word += "\xC3\xA9";
  const auto cues = laid_out({speech(word, 0s, 1s)});
  BOOST_REQUIRE_EQUAL(cues.size(), 1U);
  BOOST_TEST(cues[0].text == word);
}

BOOST_AUTO_TEST_CASE(shortens_a_word_that_lasts_a_minute) {
  const auto cues = laid_out({speech("ooh", 0s, 60s)});
  BOOST_TEST((cues == std::vector<cue>{{0s, 7s, "ooh"}}));
}

BOOST_AUTO_TEST_CASE(has_nothing_to_say_about_silence) {
  BOOST_TEST(laid_out({}).empty());
  BOOST_TEST(laid_out({speech("late", 20s)}, 10s).empty());
}

BOOST_AUTO_TEST_CASE(holds_its_limits_for_any_speech) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    const auto spoken = random_speech(seed, 400);
    const auto cues = lay_out(spoken, 2h);
    std::string said, shown;
    for (const auto& one : spoken.utterances)
      for (const auto& word : one.words)
        said += word.text;
    timestamp before = 0s;
    for (const auto& one : cues) {
      BOOST_TEST_CONTEXT("seed " << seed << ", cue at " << clock_time(one.begin)) {
        BOOST_TEST((one.begin >= before));
        BOOST_TEST((one.end - one.begin >= 1s));
        BOOST_TEST((one.end - one.begin <= 7s));
        BOOST_TEST(lines_of(one.text).size() <= 2U);
        for (const auto& line : lines_of(one.text))
          BOOST_TEST(length_of(line) <= 42U);
      }
      before = one.end;
      for (const char byte : one.text)
        if (byte != ' ' && byte != '\n')
          shown += byte;
    }
    BOOST_TEST((said == shown), "seed " << seed << " lost words");
  }
}

BOOST_AUTO_TEST_SUITE_END()
