#include "pipelines/captions/write.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc::captions;
using namespace std::chrono_literals;

namespace {
const std::vector<cue> two{{1500ms, 3s, "a < b & c\nsecond line"}, {3661s + 7ms, 3662s, "later"}};
}

BOOST_AUTO_TEST_SUITE(a_caption_writer)

BOOST_AUTO_TEST_CASE(writes_webvtt) {
  BOOST_TEST(write_vtt(two, "Made by a --> machine") ==
             "WEBVTT\n\nNOTE Made by a \xE2\x86\x92 machine\n\n"
             "1\n00:00:01.500 --> 00:00:03.000\na &lt; b &amp; c\nsecond line\n\n"
             "2\n01:01:01.007 --> 01:01:02.000\nlater\n");
}

BOOST_AUTO_TEST_CASE(writes_subrip) {
  BOOST_TEST(write_srt(two) == "1\n00:00:01,500 --> 00:00:03,000\na < b & c\nsecond line\n\n"
                               "2\n01:01:01,007 --> 01:01:02,000\nlater\n");
}

BOOST_AUTO_TEST_CASE(keeps_a_text_from_ending_its_own_cue) {
  const std::vector<cue> bad{{0s, 1s, "one\n\n \r\n00:01 --> 00:02\ntwo"}};
  BOOST_TEST(write_vtt(bad) ==
             "WEBVTT\n\n1\n00:00:00.000 --> 00:00:01.000\none\n00:01 --&gt; 00:02\ntwo\n");
  BOOST_TEST(write_srt(bad) == "1\n00:00:00,000 --> 00:00:01,000\none\n00:01 \xE2\x86\x92 "
                               "00:02\ntwo\n");
}

BOOST_AUTO_TEST_CASE(leaves_out_what_nobody_could_see) {
  const std::vector<cue> none{{1s, 1s + 100us, "short"}, {2s, 3s, " \n "}};
  BOOST_TEST(write_vtt(none) == "WEBVTT\n");
  BOOST_TEST(write_srt(none) == "");
}

BOOST_AUTO_TEST_CASE(repeats_a_cue_in_each_segment_that_it_touches) {
  const std::vector<cue> cues{{1s, 2s, "a"}, {3s, 5s, "b"}, {8s, 9s, "c"}};
  const auto segments = vtt_segments(cues, even_boundaries(10s, 4s), 900'000);
  const std::string head = "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n";
  const std::string b = "\n00:00:03.000 --> 00:00:05.000\nb\n";
  const std::vector<std::string> expected{head + "\n00:00:01.000 --> 00:00:02.000\na\n" + b,
                                          head + b, head + "\n00:00:08.000 --> 00:00:09.000\nc\n"};
  BOOST_TEST(segments == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(writes_an_empty_segment_where_nobody_speaks) {
  BOOST_TEST(vtt_segment({}, 0s, 4s, 0) == "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n");
}

BOOST_AUTO_TEST_CASE(ends_the_even_boundaries_at_the_end) {
  BOOST_TEST((even_boundaries(9s, 4s) == std::vector<timestamp>{0s, 4s, 8s, 9s}));
  BOOST_TEST((even_boundaries(8s, 4s) == std::vector<timestamp>{0s, 4s, 8s}));
  BOOST_TEST((even_boundaries(0s, 4s) == std::vector<timestamp>{0s}));
}

BOOST_AUTO_TEST_SUITE_END()
