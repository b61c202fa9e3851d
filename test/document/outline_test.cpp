#include "pipelines/captions/text.hpp"
#include "pipelines/document/outline.hpp"
#include "test/document/synthetic_pictures.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc::document;
using namespace vdoc::document::test;
using namespace std::chrono_literals;

namespace {

document_source spoken(std::vector<vdoc::captions::utterance> utterances, timestamp duration) {
  document_source source;
  source.duration = duration;
  source.transcript = {"en", "script", true, false, std::move(utterances)};
  return source;
}

std::string text_of(const scene& one) {
  std::string text;
  for (const auto& each : one.paragraphs)
    for (const auto& word : each.words) {
      const bool first = &word == &each.words.front();
      vdoc::captions::append(text, {text.empty() ? "" : first ? "|" : " ", word.text});
    }
  return text;
}

std::vector<std::string> titles_of(const outline& made) {
  std::vector<std::string> titles;
  for (const auto& one : made.sections)
    titles.push_back(one.title);
  return titles;
}

/// Speech all the way, with a long pause before each of the given times.
document_source lecture(timestamp duration, const std::vector<timestamp>& pauses) {
  std::vector<vdoc::captions::utterance> utterances;
  timestamp at = 0s;
  std::size_t next = 0;
  while (at + 12s < duration) {
    if (next < pauses.size() && at >= pauses[next] - 14s)
      at = pauses[next++];
    utterances.push_back(say("one two three four five six seven eight nine ten", at));
    at = utterances.back().end + 500ms;
  }
  return spoken(std::move(utterances), duration);
}

} // namespace

BOOST_AUTO_TEST_SUITE(an_outline)

BOOST_AUTO_TEST_CASE(puts_speech_beside_its_picture) {
  const auto source = spoken({say("look at the first", 1s), say("and now the second", 20s)}, 40s);
  const std::vector<key_picture> pictures{{0, 0s, 1}, {1, 19s, 1}};
  const auto made = make_outline(source, pictures);
  BOOST_REQUIRE_EQUAL(made.sections.size(), 1U);
  const auto& scenes = made.sections[0].scenes;
  BOOST_REQUIRE_EQUAL(scenes.size(), 2U);
  BOOST_TEST(text_of(scenes[0]) == "look at the first");
  BOOST_TEST(text_of(scenes[1]) == "and now the second");
  BOOST_TEST(scenes[1].pictures[0].index == 1U);
}

BOOST_AUTO_TEST_CASE(keeps_a_sentence_together_when_the_picture_changes_within) {
  const auto source = spoken({say("this belongs to one.", 1s), say("that to the other", 4s)}, 20s);
  const std::vector<key_picture> pictures{{0, 0s, 1}, {1, 5s, 1}};
  const auto scenes = make_outline(source, pictures).sections[0].scenes;
  BOOST_REQUIRE_EQUAL(scenes.size(), 2U);
  BOOST_TEST(text_of(scenes[0]) == "this belongs to one.");
  BOOST_TEST(text_of(scenes[1]) == "that to the other");
}

BOOST_AUTO_TEST_CASE(gathers_pictures_that_follow_each_other_within_a_few_words) {
  const auto source = spoken({say("the first of them", 0s), say("the second", 3s),
                              say("and the third is there for a long while", 6s)},
                             60s);
  const std::vector<key_picture> pictures{{0, 0s, 1}, {1, 3s, 1}, {2, 6s, 1}, {3, 30s, 1}};
  const auto scenes = make_outline(source, pictures).sections[0].scenes;
  BOOST_REQUIRE_EQUAL(scenes.size(), 2U);
  BOOST_TEST(scenes[0].pictures.size() == 3U);
  BOOST_TEST(text_of(scenes[0]) ==
             "the first of them the second|and the third is there for a long while");
  BOOST_TEST(scenes[1].pictures.size() == 1U);
}

BOOST_AUTO_TEST_CASE(gathers_the_pictures_of_silence) {
  const auto source = spoken({say("at last", 50s)}, 60s);
  const std::vector<key_picture> pictures{{0, 0s, 1}, {1, 10s, 1}, {2, 20s, 1}, {3, 49s, 1}};
  const auto scenes = make_outline(source, pictures).sections[0].scenes;
  BOOST_REQUIRE_EQUAL(scenes.size(), 2U);
  BOOST_TEST(scenes[0].pictures.size() == 3U);
  BOOST_TEST(scenes[0].paragraphs.empty());
  BOOST_TEST(text_of(scenes[1]) == "at last");
}

BOOST_AUTO_TEST_CASE(begins_a_paragraph_after_a_pause) {
  const auto source = spoken({say("one two", 0s), say("three", 1200ms), say("four", 6s)}, 20s);
  const auto scenes = make_outline(source, {}).sections[0].scenes;
  BOOST_REQUIRE_EQUAL(scenes.size(), 1U);
  BOOST_TEST(text_of(scenes[0]) == "one two three|four");
}

BOOST_AUTO_TEST_CASE(takes_the_chapters_of_the_source) {
  auto source = spoken({say("welcome", 1s), say("we begin", 31s)}, 60s);
  source.chapters = {{30s, 60s, "Work"}, {0s, 30s, "Hello"}, {70s, 80s, "Beyond the end"}};
  const auto made = make_outline(source, {});
  BOOST_TEST(!made.found_parts);
  BOOST_TEST(titles_of(made) == (std::vector<std::string>{"Hello", "Work"}),
             boost::test_tools::per_element());
  BOOST_TEST(text_of(made.sections[1].scenes.at(0)) == "we begin");
  BOOST_TEST((made.sections[0].end == 30s && made.sections[1].end == 60s));
}

BOOST_AUTO_TEST_CASE(names_a_chapter_that_has_no_name) {
  auto source = spoken({}, 60s);
  source.chapters = {{20s, 60s, ""}};
  BOOST_TEST(titles_of(make_outline(source, {})) ==
                 (std::vector<std::string>{"Beginning", "Chapter 1"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(finds_parts_at_the_longest_pauses) {
  const auto made = make_outline(lecture(15min, {200s, 420s, 660s}), {});
  BOOST_TEST(made.found_parts);
  BOOST_REQUIRE_GE(made.sections.size(), 4U);
  BOOST_TEST(made.sections.size() <= 5U);
  std::vector<timestamp> begins;
  for (const auto& one : made.sections)
    begins.push_back(one.begin);
  for (const timestamp pause : {200s, 420s, 660s})
    BOOST_TEST((std::find(begins.begin(), begins.end(), pause) != begins.end()));
  BOOST_TEST(made.sections[1].title ==
             "Part 2: one two three four five six seven eight nine ten \xE2\x80\xA6");
}

BOOST_AUTO_TEST_CASE(leaves_a_short_video_in_one_piece) {
  const auto made = make_outline(lecture(2min, {60s}), {});
  BOOST_TEST(titles_of(made) == (std::vector<std::string>{""}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(loses_no_word_and_no_picture) {
  const auto source = lecture(1h, {600s, 1200s, 2000s});
  std::vector<key_picture> pictures;
  for (std::size_t at = 0; at < 150; ++at)
    pictures.push_back({at, std::chrono::seconds{at * 24 + at % 7}, 0.5});
  std::size_t words = 0, shown = 0;
  timestamp before = 0s;
  for (const auto& part : make_outline(source, pictures).sections)
    for (const auto& one : part.scenes) {
      shown += one.pictures.size();
      for (const auto& each : one.paragraphs)
        for (const auto& word : each.words) {
          BOOST_REQUIRE((word.begin >= before));
          before = word.begin;
          ++words;
        }
    }
  BOOST_TEST(words == source.transcript.word_count());
  BOOST_TEST(shown == pictures.size());
}

BOOST_AUTO_TEST_SUITE_END()
