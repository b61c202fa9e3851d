#include "pipelines/speech/utterance_cutter.hpp"
#include "pipelines/speech/voice_detector.hpp"
#include "test/speech/heard_speech.hpp"
#include "test/support/one_case_each.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace vdoc::speech;
using namespace vdoc::speech::test;

namespace {

bool espeak_is_missing() {
  if (spoken("a test"))
    return false;
  BOOST_TEST_MESSAGE("skipped: espeak-ng is not installed");
  return true;
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_voice_detector)

BOOST_AUTO_TEST_CASE(hears_no_speech_in_silence_and_noise) {
  BOOST_TEST(share_of_speech(sound(16'000UL * 5)) == 0.0);
  for (const double loudness : {0.003, 0.05, 0.5}) {
    BOOST_TEST(share_of_speech(white_noise(10, loudness)) == 0.0);
    BOOST_TEST(share_of_speech(brown_noise(10, loudness)) == 0.0);
  }
  BOOST_TEST(share_of_speech(held_chord({50, 100, 150}, 10, 0.5)) == 0.0);
}

BOOST_AUTO_TEST_CASE(hears_no_speech_in_music) {
  const auto chord = held_chord({220, 261.6, 329.6, 440, 523.2}, 10, 0.5);
  BOOST_TEST(share_of_speech(chord) == 0.0);
  BOOST_TEST(share_of_speech(plucked_melody(20)) == 0.0);
  BOOST_TEST(share_of_speech(drums(20)) == 0.0);
  BOOST_TEST(share_of_speech(mixed(mixed(chord, drums(10)), plucked_melody(10))) == 0.0);
}

BOOST_AUTO_TEST_CASE(hears_speech_in_sirens_and_vibrato_only_where_they_stop) {
  for (const auto& tone : {gliding_tone(300, 190, 0.5, 20), gliding_tone(150, 60, 5, 20)}) {
    const auto said = verdicts(tone);
    BOOST_TEST(std::count(said.begin(), said.end() - 200, true) == 0);
  }
}

BOOST_AUTO_TEST_CASE(hears_speech_over_a_little_noise) {
  if (espeak_is_missing())
    return;
  sound all(16'000UL * 6);
  place(all, *spoken("this is a test of the emergency broadcast system"), 1);
  BOOST_TEST(share_of_speech(mixed(all, brown_noise(6, 0.05))) > 0.8 * share_of_speech(all));
}

BOOST_AUTO_TEST_CASE(gives_one_verdict_per_frame_whatever_the_blocks) {
  auto all = plucked_melody(3);
  all.resize(all.size() + 77);
  const auto whole = verdicts(all, all.size());
  BOOST_TEST(whole.size() == all.size() / frame_samples + 1);
  BOOST_TEST((verdicts(all, 1) == whole));
  BOOST_TEST((verdicts(all, 999) == whole));
  BOOST_TEST(verdicts({}).empty());
}

BOOST_AUTO_TEST_CASE(hears_speech_where_it_is) {
  if (espeak_is_missing())
    return;
  sound all(16'000UL * 20);
  const auto first = *spoken("one two three four five six");
  const auto second = *spoken("this is a test of the emergency broadcast system");
  place(all, first, 4);
  place(all, second, 12);
  utterance_cutter cutter;
  std::vector<utterance_span> told;
  for (const bool one : verdicts(all))
    if (const auto span = cutter.hear(one))
      told.push_back(*span);
  if (const auto span = cutter.finish(all.size()))
    told.push_back(*span);
  BOOST_REQUIRE(told.size() == 2U);
  const auto near = [](std::uint64_t sample, double seconds) {
    return std::abs(static_cast<double>(sample) / rate_hz - seconds) < 0.4;
  };
  BOOST_TEST(near(told[0].begin, 4 - 0.25));
  BOOST_TEST(told[0].begin <= 4U * rate_hz);
  BOOST_TEST(told[0].end >= 4UL * rate_hz + first.size());
  BOOST_TEST(near(told[1].begin, 12 - 0.25));
  BOOST_TEST(told[1].end >= 12UL * rate_hz + second.size());
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// A recording beside the checkout; no part of the project.
struct recording {
  std::string name;
  std::string skipped = clip(name) ? "" : "it does not lie in ../shared/media";
};

const vdoc::test::one_case_each cases{
    "a_voice_detector_misses_little_of",
    std::vector<recording>{{"austen-0920.wav"},
                           {"jfk.wav"},
                           {"leopard-quilter.wav"},
                           {"az-cs-inspect.wav"},
                           {"sb-spk1_snt1.wav"},
                           {"cards-005.wav"}},
    [](const recording& one) { BOOST_TEST(share_of_speech(*clip(one.name)) > 0.7); }};

} // namespace
