#include "pipelines/speech/speech_likeness.hpp"
#include "pipelines/speech/utterance_evidence.hpp"
#include "test/speech/made_sound.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace vdoc::speech;
using namespace vdoc::speech::test;

BOOST_AUTO_TEST_SUITE(the_evidence_of_an_utterance)

BOOST_AUTO_TEST_CASE(is_a_sum_in_decibels_of_swing) {
  const evidence_limits simple{.per_change_db = 10, .per_nat_db = 5, .least_db = 20};
  BOOST_TEST(evidence_db({12, 1.5, -2}, simple) == 17.0);
  BOOST_TEST(!is_spoken({12, 1.5, -2}, simple));
  BOOST_TEST(is_spoken({12, 1.5, -1.4}, simple));
  BOOST_TEST(is_spoken({15, 1.5, -2}, simple));
  BOOST_TEST(is_spoken({12, 1.8, -2}, simple));
}

/// Measured: a speech of 1961 with echo, a question over the telephone, a line of old verse.
BOOST_AUTO_TEST_CASE(is_enough_for_people_in_bad_recordings) {
  for (const utterance_evidence& one :
       {utterance_evidence{13.0, 1.57, -1.32}, {12.2, 1.66, -1.43}, {11.8, 1.74, -1.29}})
    BOOST_TEST(is_spoken(one));
}

/// Measured: plain sentences with pink noise 20 dB below them. Their evidence is 12 to 16 dB.
BOOST_AUTO_TEST_CASE(does_not_matter_where_phones_fit_well) {
  for (const utterance_evidence& one :
       {utterance_evidence{8.8, 1.26, -0.95}, {9.8, 1.24, -1.06}, {9.4, 1.13, -1.22}}) {
    BOOST_TEST(evidence_db(one) < 16.5);
    BOOST_TEST(is_spoken(one));
  }
}

/// Measured on stretches of music that the detector took for speech and that had words.
BOOST_AUTO_TEST_CASE(is_not_enough_for_music_that_is_like_speech_in_one_sign) {
  for (const utterance_evidence& one :
       {utterance_evidence{12.9, 1.36, -1.35}, {8.1, 1.79, -1.41}, {9.9, 1.71, -1.53}})
    BOOST_TEST(!is_spoken(one));
}

/// Measured on a siren that goes from 300 to 900 Hz and back in two seconds: five words before.
BOOST_AUTO_TEST_CASE(does_not_matter_of_a_single_partial) {
  BOOST_TEST(is_spoken({16.0, 4.10, -1.37, 0.71}));
  BOOST_TEST(!is_spoken({16.0, 4.10, -1.37, 0.96}));
  BOOST_TEST(!is_spoken({13.4, 1.76, -0.92, 0.96}));
  BOOST_TEST(measure_likeness(held_chord({440}, 2, 0.5), {}).tone > 0.95);
  const auto two = measure_likeness(held_chord({440, 880}, 2, 0.5), {}).tone;
  BOOST_TEST(two > 0.4);
  BOOST_TEST(two < 0.6);
}

BOOST_AUTO_TEST_CASE(has_the_swing_of_all_of_it) {
  auto half = held_chord({220, 330}, 2, 0.5);
  std::fill(half.begin() + 16'000, half.end(), std::int16_t{0});
  const auto shown = measure_likeness(half, {});
  BOOST_TEST(shown.swing_db > 19.0); // half at 0 dB, half at -40
  BOOST_TEST(shown.swing_db < 20.1);
  BOOST_TEST(measure_likeness(held_chord({220, 330}, 2, 0.5), {}).swing_db < 5.0);
  BOOST_TEST((measure_likeness(samples{}, {}) == likeness{}));
}

BOOST_AUTO_TEST_SUITE_END()
