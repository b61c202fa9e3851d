#include "pipelines/gst/audio_mp3_tag.hpp"
#include "pipelines/gst/audio_timeline.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace vdoc::gst;

namespace {

std::ostream& print(std::ostream& out, const placement& one) {
  return out << "silence " << one.silence << ", drop " << one.drop;
}

void check(const placement& got, const placement& wanted) {
  std::ostringstream text;
  print(text, got);
  BOOST_TEST_CONTEXT(text.str()) {
    BOOST_TEST((got == wanted));
  }
}

struct at_48_khz {
  audio_timeline line{48'000};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(an_audio_timeline, at_48_khz)

BOOST_AUTO_TEST_CASE(begins_with_silence_up_to_the_first_sound) {
  check(line.place(77, 1024), {77, 0});
  BOOST_TEST(line.position() == 1101U);
}

BOOST_AUTO_TEST_CASE(cuts_what_is_before_zero_to_the_sample) {
  check(line.place(-1500, 1024), {0, 1024});
  check(line.place(-476, 1024), {0, 476});
  check(line.place(548, 1024), {0, 0});
  BOOST_TEST(line.position() == 1572U);
}

BOOST_AUTO_TEST_CASE(takes_rounded_times_for_continuous) {
  for (int i = 0; i < 1000; ++i) {
    const auto exact = i * 1024;
    const auto in_ms = rescaled(rescaled(exact, 1000, 48'000), 48'000, 1000);
    check(line.place(in_ms, 1024), {0, 0});
  }
  BOOST_TEST(line.position() == 1'024'000U);
}

BOOST_AUTO_TEST_CASE(fills_gaps_and_drops_overlaps_to_the_sample) {
  line.place(0, 4800);
  check(line.place(4800 + 1024, 1024), {1024, 0});
  check(line.place(6848 - 500, 1024), {0, 500});
  check(line.place(1000, 1024), {0, 1024});
  BOOST_TEST(line.position() == 7372U);
}

BOOST_AUTO_TEST_CASE(follows_on_where_there_is_no_time) {
  line.place(480, 1000);
  check(line.place(std::nullopt, 1000), {0, 0});
  BOOST_TEST(line.position() == 2480U);
}

BOOST_AUTO_TEST_CASE(grows_tolerant_of_a_clock_that_jitters) {
  int corrections = 0;
  for (int i = 0; i < 2000; ++i) {
    const auto jitter = i == 0 ? 0 : (i % 2 == 0 ? 480 : -480); // 10 ms to and fro
    const auto where = line.place(i * 960 + jitter, 960);
    corrections += where == placement{} ? 0 : 1;
  }
  BOOST_TEST(corrections < 6);
}

BOOST_AUTO_TEST_CASE(never_drifts_away_from_the_source) {
  std::int64_t time = 0;
  for (int i = 0; i < 5000; ++i) {
    line.place(time, 960);
    time += 961; // a clock that is 0.1 % off
  }
  const auto off = time - static_cast<std::int64_t>(line.position());
  BOOST_TEST(std::abs(off) <= 48 * 6);
}

BOOST_AUTO_TEST_CASE(goes_on_at_another_rate) {
  line.place(0, 48'000);
  line.change_rate(44'100);
  BOOST_TEST(line.position() == 44'100U);
  check(line.place(44'100, 1024), {0, 0});
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(the_tag_of_an_mp3_file)

BOOST_AUTO_TEST_CASE(tells_what_is_not_sound) {
  std::vector<std::uint8_t> frame{0xFF, 0xFB, 0x54, 0x00}; // MPEG-1 layer III, 48 kHz, stereo
  frame.resize(192);
  const auto put = [&](std::size_t at, std::vector<std::uint8_t> bytes) {
    std::copy(bytes.begin(), bytes.end(), frame.begin() + static_cast<std::ptrdiff_t>(at));
  };
  put(36, {'I', 'n', 'f', 'o', 0, 0, 0, 0x0F, 0, 0, 0x01, 0xAF});
  put(156, {'L', 'A', 'M', 'E'});
  put(177, {0x24, 0x04, 0x86}); // 576 before, 1158 after
  const auto tag = read_mp3_tag(frame);
  BOOST_REQUIRE(tag);
  BOOST_TEST(tag->frames == 431U);
  BOOST_TEST(tag->rate_hz == 48'000);
  BOOST_TEST(tag->skipped() == 1105);
  BOOST_TEST(tag->length().value() == 431 * 1152 - 576 - 1158);
}

BOOST_AUTO_TEST_CASE(is_not_found_in_a_frame_with_sound) {
  std::vector<std::uint8_t> frame{0xFF, 0xFB, 0x54, 0x00};
  frame.resize(192, 0x55);
  BOOST_TEST(!read_mp3_tag(frame));
  BOOST_TEST(!read_mp3_tag({}));
}

BOOST_AUTO_TEST_SUITE_END()
