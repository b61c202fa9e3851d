#include "pipelines/speech/utterance_cutter.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <string>

using namespace vdoc::speech;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t frame = frame_samples;

/// A cutter and what it has said so far.
struct listening {
  utterance_cutter cutter;
  std::vector<utterance_span> told;
  std::uint64_t frames = 0;

  void hears(bool speech, std::chrono::milliseconds long_for) {
    for (auto i = long_for / frame_time; i > 0; --i) {
      ++frames;
      if (const auto one = cutter.hear(speech))
        told.push_back(*one);
    }
  }
  void ends() {
    if (const auto one = cutter.finish(frames * frame))
      told.push_back(*one);
  }
};

std::uint64_t at(std::chrono::milliseconds time) {
  return time / frame_time * frame;
}

void check(const std::vector<utterance_span>& told, const std::vector<utterance_span>& wanted) {
  BOOST_TEST(told.size() == wanted.size());
  for (std::size_t i = 0; i < std::min(told.size(), wanted.size()); ++i) {
    BOOST_TEST(told[i].begin == wanted[i].begin);
    BOOST_TEST(told[i].end == wanted[i].end);
  }
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(an_utterance_cutter, listening)

BOOST_AUTO_TEST_CASE(takes_a_quarter_second_along_on_both_sides) {
  hears(false, 2000ms);
  hears(true, 1000ms);
  hears(false, 1000ms);
  check(told, {{at(1750ms), at(3250ms)}});
}

BOOST_AUTO_TEST_CASE(needs_two_tenths_of_speech_to_begin) {
  hears(true, 190ms);
  hears(false, 2000ms);
  hears(true, 200ms);
  hears(false, 2000ms);
  check(told, {{at(1940ms), at(2640ms)}});
}

BOOST_AUTO_TEST_CASE(begins_with_a_short_word_before_the_first_long_one) {
  hears(false, 2000ms);
  hears(true, 130ms); // "the"
  hears(false, 20ms);
  hears(true, 180ms); // "quick"
  hears(false, 50ms);
  hears(true, 1000ms);
  hears(false, 1000ms);
  check(told, {{at(1750ms), at(3630ms)}});
}

BOOST_AUTO_TEST_CASE(leaves_out_what_came_before_a_pause_of_a_second) {
  hears(false, 1000ms);
  hears(true, 130ms);
  hears(false, 1000ms);
  hears(true, 1000ms);
  hears(false, 1000ms);
  check(told, {{at(1880ms), at(3380ms)}});
}

BOOST_AUTO_TEST_CASE(goes_back_a_second_and_no_further) {
  for (int i = 0; i < 20; ++i) {
    hears(true, 100ms);
    hears(false, 100ms);
  }
  hears(true, 500ms); // from 4 s on
  hears(false, 1000ms);
  check(told, {{at(2750ms), at(4750ms)}});
}

BOOST_AUTO_TEST_CASE(bridges_pauses_below_a_second) {
  hears(true, 1000ms);
  hears(false, 990ms);
  hears(true, 1000ms);
  hears(false, 1000ms);
  check(told, {{0, at(3240ms)}});
}

BOOST_AUTO_TEST_CASE(never_lets_two_utterances_overlap) {
  cutter = utterance_cutter{{.hangover = 500ms}};
  hears(true, 1000ms);
  hears(false, 500ms);
  hears(true, 1000ms);
  hears(false, 500ms);
  check(told, {{0, at(1250ms)}, {at(1250ms), at(2750ms)}});
}

BOOST_AUTO_TEST_CASE(cuts_long_speech_in_its_longest_late_pause) {
  hears(true, 5000ms);
  hears(false, 400ms); // the longest of all, but too early to be worth a cut
  hears(true, 7000ms);
  hears(false, 300ms); // 12.4 s .. 12.7 s
  hears(true, 3000ms);
  hears(false, 100ms);
  hears(true, 9000ms);
  hears(false, 1000ms);
  check(told, {{0, at(12550ms)}, {at(12550ms), at(25050ms)}});
}

BOOST_AUTO_TEST_CASE(cuts_speech_without_a_pause_at_twenty_seconds) {
  hears(true, 45s);
  hears(false, 1s);
  check(told, {{0, at(20s)}, {at(20s), at(40s)}, {at(40s), at(45250ms)}});
}

BOOST_AUTO_TEST_CASE(says_nothing_of_a_pause_that_a_cut_left_over) {
  hears(true, 19'100ms);
  hears(false, 2000ms);
  check(told, {{0, at(19'550ms)}});
  hears(true, 500ms);
  hears(false, 1000ms);
  check(told, {{0, at(19'550ms)}, {at(20'850ms), at(21'850ms)}});
}

BOOST_AUTO_TEST_CASE(tells_speech_that_the_end_cuts_off) {
  hears(false, 1000ms);
  hears(true, 500ms);
  ends();
  check(told, {{at(750ms), at(1500ms)}});
}

BOOST_AUTO_TEST_CASE(says_nothing_about_silence) {
  hears(false, 10s);
  ends();
  check(told, {});
}

BOOST_AUTO_TEST_CASE(needs_no_more_of_the_past_than_an_utterance) {
  hears(false, 1h);
  BOOST_TEST(cutter.oldest_needed() == at(1h) - at(1450ms));
  hears(true, 15s);
  BOOST_TEST(cutter.oldest_needed() == at(1h) - at(250ms));
}

BOOST_AUTO_TEST_CASE(keeps_its_promises_whatever_it_hears) {
  const auto seed = std::random_device{}();
  BOOST_TEST_CONTEXT("seed " << seed) {
    std::mt19937 chance{seed};
    std::vector<bool> verdicts;
    for (int i = 0; i < 400; ++i) {
      const bool speech = chance() % 2 == 0;
      const auto length = chance() % (speech ? 900 : 70);
      verdicts.insert(verdicts.end(), length, speech);
    }
    for (const bool one : verdicts) {
      const auto needed = cutter.oldest_needed();
      const auto before = told.size();
      hears(one, frame_time);
      if (told.size() > before)
        BOOST_TEST(told.back().begin >= needed);
    }
    ends();
    std::uint64_t last = 0;
    for (const auto& one : told) {
      BOOST_TEST(one.begin >= last);
      BOOST_TEST(one.end > one.begin);
      BOOST_TEST(one.end - one.begin <= at(20s));
      last = one.end;
    }
    BOOST_TEST(last <= verdicts.size() * frame);
  }
}

BOOST_AUTO_TEST_SUITE_END()
