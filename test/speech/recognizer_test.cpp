#include "pipelines/speech/plausibility.hpp"
#include "pipelines/speech/pocketsphinx_recognizer.hpp"
#include "pipelines/speech/recognizer.hpp"
#include "pipelines/speech/utterance_cutter.hpp"
#include "pipelines/speech/voice_detector.hpp"
#include "pipelines/speech/word_errors.hpp"
#include "test/speech/made_sound.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

using namespace vdoc::speech;
using namespace vdoc::speech::test;
using namespace std::chrono_literals;

namespace {

const std::filesystem::path models{"/usr/share/pocketsphinx/model/en-us"};
const std::atomic<bool> go_on{false};

struct with_models {
  std::unique_ptr<recognizer> engine;
  with_models() {
    auto made = make_recognizer("en");
    if (auto* one = std::get_if<std::unique_ptr<recognizer>>(&made))
      engine = std::move(*one);
  }
  [[nodiscard]] bool missing() const {
    if (!engine)
      BOOST_TEST_MESSAGE("skipped: pocketsphinx-en-us is not installed");
    return !engine;
  }
  /// From sound to words as the actors do it.
  std::vector<word> hear(const sound& all) const {
    const auto detector = make_voice_detector();
    auto verdicts = detector->hear(all);
    const auto rest = detector->finish();
    verdicts.insert(verdicts.end(), rest.begin(), rest.end());
    utterance_cutter cutter;
    std::vector<word> out;
    const auto listen = [&](const std::optional<utterance_span>& span) {
      if (!span)
        return;
      const auto heard =
          engine->recognize(samples{all}.subspan(span->begin, span->end - span->begin),
                            time_of_sample(span->begin), go_on);
      out.insert(out.end(), heard.words.begin(), heard.words.end());
    };
    for (const bool one : verdicts)
      listen(cutter.hear(one));
    listen(cutter.finish(all.size()));
    return out;
  }
};

std::vector<std::string> texts(const std::vector<word>& words) {
  std::vector<std::string> out;
  out.reserve(words.size());
  for (const auto& one : words)
    out.push_back(one.text);
  return out;
}

double seconds(timestamp time) {
  return std::chrono::duration<double>(time).count();
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_choice_of_recognizer)

BOOST_AUTO_TEST_CASE(knows_english_of_any_region) {
  for (const auto* language : {"en", "en-US", "EN_gb", "eng"})
    BOOST_TEST(!std::holds_alternative<unknown_language>(make_recognizer(language, "/nowhere")));
}

BOOST_AUTO_TEST_CASE(says_which_language_it_does_not_know) {
  const auto made = make_recognizer("fr-CA");
  BOOST_TEST((std::get<unknown_language>(made) == unknown_language{"fr-CA", {"en"}}));
}

BOOST_AUTO_TEST_CASE(says_where_the_models_should_be) {
  const auto made = make_recognizer("en", "/nowhere/en-us");
  BOOST_TEST((std::get<models_missing>(made) == models_missing{"/nowhere/en-us"}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_plausible_utterance)

BOOST_AUTO_TEST_CASE(is_kept_word_for_word) {
  const std::vector<word> said{{"ask", 0s, 400ms, 0.9}, {"not", 400ms, 800ms, 0.01}};
  BOOST_TEST((plausible_words({said}, 1s) == said));
}

BOOST_AUTO_TEST_CASE(loses_words_held_like_notes) {
  const std::vector<word> said{
      {"ask", 0s, 400ms, 0.9}, {"if", 400ms, 2600ms, 1}, {"not", 2600ms, 2900ms, 0.9}};
  BOOST_TEST(texts(plausible_words({said}, 3s)) == (std::vector<std::string>{"ask", "not"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(is_none_at_all_when_most_of_it_is_held) {
  const std::vector<word> said{{"in", 0s, 930ms, 0.8}, {"if", 1s, 3200ms, 1}, {"a", 4s, 4200ms, 1}};
  BOOST_TEST(plausible_words({said}, 4500ms).empty());
}

BOOST_AUTO_TEST_CASE(is_none_at_all_when_words_are_few_and_far_between) {
  const std::vector<word> said{{"the", 3s, 3200ms, 0.9}, {"so", 8s, 8200ms, 0.9}};
  BOOST_TEST(plausible_words({said}, 10s).empty());
  BOOST_TEST(plausible_words({said}, 2s).size() == 2U);
}

BOOST_AUTO_TEST_CASE(is_none_at_all_when_very_many_others_would_have_done) {
  const std::vector<word> said{{"ask", 0s, 400ms, 0.9}, {"not", 400ms, 800ms, 0.9}};
  BOOST_TEST((plausible_words({said, 10'000}, 1s) == said));
  BOOST_TEST(plausible_words({said, 12'000}, 1s).empty());
}

BOOST_AUTO_TEST_CASE(is_none_at_all_when_hardly_a_word_is_sure) {
  std::vector<word> said{
      {"op", 0ms, 300ms, 0.02}, {"op", 400ms, 700ms, 0.05}, {"count", 800ms, 1100ms, 0.1}};
  BOOST_TEST(plausible_words({said}, 1200ms).empty());
  said.back().confidence = 0.4; // mean 0.16
  BOOST_TEST(plausible_words({said}, 1200ms).size() == 3U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(pocketsphinx, with_models)

BOOST_AUTO_TEST_CASE(hears_words_at_the_times_they_are_said) {
  const auto counted = spoken("one two three four five six");
  if (missing() || !counted)
    return;
  sound all(16'000UL * 24);
  place(all, *counted, 3);
  place(all, *counted, 15.37);
  const auto words = hear(all);
  BOOST_REQUIRE(!words.empty());
  const auto again =
      std::find_if(words.begin(), words.end(), [](const word& one) { return one.begin > 10s; });
  BOOST_REQUIRE(again != words.end());
  BOOST_TEST(std::abs(seconds(words.front().begin) - 3) < 0.1);
  BOOST_TEST(std::abs(seconds(again->begin) - 15.37) < 0.1);
  int both = 0;
  for (const auto& one : words)
    for (auto other = again; other != words.end(); ++other)
      if (one.begin < 10s && one.text == other->text) {
        ++both;
        BOOST_TEST(std::abs(seconds(other->begin - one.begin) - 12.37) < 0.1);
      }
  BOOST_TEST(both >= 4);
}

BOOST_AUTO_TEST_CASE(times_each_word_of_a_row_to_a_tenth_of_a_second) {
  const auto digits = {"two", "three", "four", "five", "six", "eight"};
  if (missing() || !spoken("two"))
    return;
  sound all(16'000UL * 9);
  double at = 1;
  std::vector<std::pair<std::string, double>> placed;
  for (const auto* digit : digits) {
    const auto said = *spoken(digit);
    place(all, said, at);
    placed.emplace_back(digit, at);
    at += static_cast<double>(said.size()) / rate_hz + 0.3;
  }
  int right = 0;
  for (const auto& one : hear(all))
    for (const auto& [text, begin] : placed)
      if (one.text == text) {
        ++right;
        BOOST_TEST_CONTEXT(text) {
          BOOST_TEST(std::abs(seconds(one.begin) - begin) < 0.1);
        }
      }
  BOOST_TEST(right >= 3);
}

BOOST_AUTO_TEST_CASE(invents_nothing_over_music_and_noise) {
  if (missing())
    return;
  const auto chord = held_chord({220, 261.6, 329.6}, 20, 0.5);
  for (const auto& one : {chord, plucked_melody(20), drums(20), white_noise(20, 0.3),
                          brown_noise(20, 0.5), mixed(chord, drums(20))})
    BOOST_TEST(hear(one).empty());
}

BOOST_AUTO_TEST_CASE(says_nothing_to_music_and_sirens_that_a_detector_let_through) {
  if (missing())
    return;
  for (const auto& one : {plucked_melody(8), mixed(drums(8), plucked_melody(8)),
                          gliding_tone(300, 190, 0.5, 4), white_noise(4, 0.1)})
    BOOST_TEST(engine->recognize(one, 0s, go_on).words.empty());
}

BOOST_AUTO_TEST_CASE(stops_when_it_is_cancelled) {
  const auto long_talk = spoken("one two three four five six one two three four five six one two "
                                "three four five six one two three four five six");
  if (missing() || !long_talk)
    return;
  std::atomic<bool> stop{true};
  BOOST_TEST((engine->recognize(*long_talk, 0s, stop) == recognition{{}, true}));
  stop = false;
  std::thread other{[&] { stop = true; }};
  BOOST_TEST(engine->recognize(*long_talk, 0s, stop).cancelled);
  other.join();
  stop = false;
  BOOST_TEST(!engine->recognize(*long_talk, 0s, stop).words.empty());
}

BOOST_AUTO_TEST_CASE(says_the_same_whatever_it_heard_before) {
  const auto said = spoken("this is a test of the emergency broadcast system");
  if (missing() || !said)
    return;
  const auto fresh = engine->recognize(*said, 0s, go_on);
  engine->recognize(white_noise(2, 0.2), 0s, go_on);
  BOOST_TEST((engine->recognize(*said, 0s, go_on) == fresh));
  BOOST_TEST(engine->recognize({}, 0s, go_on).words.empty());
}

BOOST_AUTO_TEST_CASE(writes_I_as_people_do) {
  const auto real = clip("voices-sg0042.wav");
  if (missing() || !real)
    return;
  const auto words = texts(hear(*real));
  BOOST_REQUIRE(!words.empty());
  BOOST_TEST(words.front() == "I");
}

BOOST_AUTO_TEST_CASE(gets_three_words_of_four_of_real_speech) {
  const std::vector<std::pair<std::string, std::string>> clips{
      {"austen-0880.wav", "he was not an ill disposed young man"},
      {"az-weather.wav", "what's the weather like"},
      {"cards-005.wav", "eight of spades four of clubs seven of hearts"},
      {"sb-spk1_snt5.wav", "sunday is the best part of the week"},
      {"sb-spk2_snt3.wav", "tear a thin sheet from the yellow pad"},
      {"sb-spk2_snt5.wav", "jump the fence and hurry up the bank"}};
  word_errors all;
  for (const auto& [name, said] : clips)
    if (const auto real = clip(name); real && engine)
      all += compare_words(plain_words(said), texts(hear(*real)));
  BOOST_TEST_MESSAGE("word error rate " << all.rate() << " of " << all.said << " words");
  BOOST_TEST(all.rate() <= 0.25);
}

BOOST_AUTO_TEST_SUITE_END()
