#include "pipelines/hls/aac.hpp"
#include "pipelines/hls/avc.hpp"
#include "pipelines/hls/colour.hpp"
#include "pipelines/hls/language_code.hpp"
#include "pipelines/hls/sequence_set.hpp"
#include "test/hls/small_tracks.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

namespace vdoc::test {

using namespace std::chrono_literals;

namespace {

hls::picture_order order_of(std::string_view config) {
  return hls::read_picture_order(hls::read_avc_config(from_hex(config)).sequence_sets.front());
}

/// With a scaling matrix, pixel aspect, colour and a buffer model before what is looked for; one
/// B-frame at 25 a second.
constexpr std::string_view full_config =
    "0164000dffe1 002b 6764000dacec1419f9fff000300046a020404800000300080000030193"
    "01000f420003d09498500f14293801 0005 68ef8fcc03 fdf8f800";

} // namespace

BOOST_AUTO_TEST_SUITE(a_codec_configuration)

BOOST_AUTO_TEST_CASE(names_its_codec) {
  BOOST_TEST(hls::codec_string(video_track()) == "avc1.64000d");
  auto baseline = video_track();
  baseline.codec_config = from_hex(baseline_config);
  BOOST_TEST(hls::codec_string(baseline) == "avc1.42c00c");
  auto sound = audio_track();
  BOOST_TEST(hls::codec_string(sound) == "mp4a.40.2");
  sound.codec_config = from_hex("2b92 0800"); // HE-AAC: 24 kHz, doubled by SBR
  BOOST_TEST(hls::codec_string(sound) == "mp4a.40.5");
}

BOOST_AUTO_TEST_CASE(comes_apart_into_its_parameter_sets) {
  const auto config = hls::read_avc_config(from_hex(high_config));
  BOOST_TEST(config.profile == 100);
  BOOST_TEST(config.level == 13);
  BOOST_TEST(config.length_bytes == 4U);
  BOOST_TEST(config.sequence_sets.size() == 1U);
  BOOST_TEST(config.sequence_sets.at(0).size() == 24U);
  BOOST_TEST((config.picture_sets == std::vector<bytes>{from_hex("68ef8fcb")}));
}

BOOST_AUTO_TEST_CASE(tells_how_far_pictures_move) {
  BOOST_TEST((order_of(high_config) == hls::picture_order{2, 33'366'666ns}));
  BOOST_TEST((order_of(baseline_config) == hls::picture_order{0, 40ms}));
  BOOST_TEST((order_of(full_config) == hls::picture_order{1, 40ms}));
}

BOOST_AUTO_TEST_CASE(gives_the_delay_of_a_track) {
  auto track = video_track();
  BOOST_TEST((hls::delay_of(track) == 66'733'332ns));
  track.reorder_delay = 1s;
  BOOST_TEST((hls::delay_of(track) == 1s));
  track.reorder_delay.reset();
  track.codec_config = from_hex(baseline_config);
  BOOST_TEST((hls::delay_of(track) == 0ns));
  track.codec_config = from_hex("0164000dffe1 0004 6764000d 01 0004 68ef8fcb");
  BOOST_TEST((hls::delay_of(track) == 200ms)); // silent
  track.codec_config.clear();
  BOOST_TEST((hls::delay_of(track) == 200ms)); // no avcC at all
  BOOST_TEST((hls::delay_of(audio_track()) == 0ns));
}

BOOST_AUTO_TEST_CASE(that_is_cut_short_anywhere_is_refused) {
  const auto whole = from_hex(high_config);
  const std::size_t needed = whole.size() - 4; // the extension of High may be missing
  for (std::size_t size = 0; size < needed; ++size)
    BOOST_CHECK_THROW(hls::read_avc_config(std::span{whole}.first(size)), std::runtime_error);
  BOOST_CHECK_THROW(hls::read_aac_config(from_hex("11")), std::runtime_error);
  BOOST_CHECK_THROW(hls::read_aac_config({}), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(survives_flipped_bits_and_cuts) {
  constexpr unsigned seed = 7;
  BOOST_TEST_CONTEXT("seed " << seed) {
    std::mt19937 chance{seed};
    for (int round = 0; round < 20'000; ++round) {
      auto broken = from_hex(full_config);
      for (unsigned flips = chance() % 6 + 1; flips > 0; --flips)
        broken.at(8 + chance() % (broken.size() - 8)) ^=
            static_cast<std::uint8_t>(1U << chance() % 8);
      broken.resize(8 + chance() % (broken.size() - 7));
      const auto order = hls::read_picture_order(std::span{broken}.subspan(8));
      BOOST_REQUIRE(!order.reordered || (*order.reordered >= 0 && *order.reordered <= 16));
      BOOST_REQUIRE(!order.picture_duration || *order.picture_duration >= 0ns);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(an_access_unit)

BOOST_AUTO_TEST_CASE(becomes_a_byte_stream_with_delimiter_and_sets) {
  const auto config = hls::read_avc_config(from_hex(high_config));
  const auto unit = from_hex("00000002 09f0 00000003 650102 00000000 00000002 0605");
  BOOST_TEST(to_hex(as_text(hls::to_byte_stream(config, unit, true))) ==
             tree("0000000109f0 000000016764000dacd941419f9f011000003e90000ea600f1429960 "
                  "0000000168ef8fcb 00000001650102 000000010605"));
  BOOST_TEST(to_hex(as_text(hls::to_byte_stream(config, unit, false))) ==
             tree("0000000109f0 00000001650102 000000010605"));
}

BOOST_AUTO_TEST_CASE(keeps_the_parameter_sets_that_it_brings) {
  const auto config = hls::read_avc_config(from_hex(high_config));
  const auto unit = from_hex("00000002 6742 00000002 68ce 00000002 6501");
  BOOST_TEST(to_hex(as_text(hls::to_byte_stream(config, unit, true))) ==
             tree("0000000109f0 000000016742 0000000168ce 000000016501"));
}

BOOST_AUTO_TEST_CASE(may_have_short_lengths) {
  const auto units = hls::nal_units(from_hex("02 6501 01 41"), 1);
  BOOST_REQUIRE(units.size() == 2U);
  BOOST_TEST(units[0].size() == 2U);
  BOOST_TEST(units[1].size() == 1U);
}

BOOST_AUTO_TEST_CASE(that_lies_about_its_lengths_is_refused) {
  BOOST_CHECK_THROW(hls::nal_units(from_hex("00000003 6501"), 4), std::runtime_error);
  BOOST_CHECK_THROW(hls::nal_units(from_hex("00000001 65 0000"), 4), std::runtime_error);
  BOOST_CHECK_THROW(hls::nal_units(from_hex("ffffffff 65"), 4), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(of_sound_gets_a_header_that_tells_its_length) {
  const auto config = hls::read_aac_config(from_hex("1190"));
  BOOST_TEST(config.frequency_index == 3);
  BOOST_TEST(config.channel_configuration == 2);
  const auto header = hls::adts_header(config, 366);
  BOOST_TEST(to_hex({reinterpret_cast<const char*>(header.data()), header.size()}) ==
             "fff14c802ebffc");
  BOOST_CHECK_THROW(hls::adts_header(config, 8192), std::runtime_error);
  BOOST_CHECK_THROW(hls::adts_header({42, 42, 3, 2}, 100), std::runtime_error);
  BOOST_CHECK_THROW(hls::adts_header({2, 2, 15, 2}, 100), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_name)

BOOST_AUTO_TEST_CASE(of_a_language_becomes_three_letters) {
  BOOST_TEST(hls::three_letter_code("en") == "eng");
  BOOST_TEST(hls::three_letter_code("de-CH") == "deu");
  BOOST_TEST(hls::three_letter_code("PT_br") == "por");
  BOOST_TEST(hls::three_letter_code("aa") == "aar");
  BOOST_TEST(hls::three_letter_code("zu") == "zul");
  BOOST_TEST(hls::three_letter_code("gsw") == "gsw");
  for (const auto* none : {"", "e", "xx", "engl", "1a", "-", "e\n"})
    BOOST_TEST(hls::three_letter_code(none) == "und");
}

BOOST_AUTO_TEST_CASE(of_a_colour_becomes_its_code_points) {
  using code = hls::colour_code;
  BOOST_TEST((hls::colour_of("bt709") == code{1, 1, 1, false}));
  BOOST_TEST((hls::colour_of("bt601") == code{6, 6, 6, false}));
  BOOST_TEST((hls::colour_of("bt2100-pq") == code{9, 16, 9, false}));
  BOOST_TEST((hls::colour_of("2:3:5:1") == code{1, 1, 1, false}));
  BOOST_TEST((hls::colour_of("1:4:0:0") == code{2, 2, 6, true}));
  BOOST_TEST((hls::colour_of("2:6:15:7") == code{9, 18, 9, false}));
  for (const auto* none : {"", "bt", "1:4:0", "1:4:0:0:0", "3:0:0:0", "1:7:0:0", "1:0:17:0",
                           "1:0:0:13", "1::0:0", "-1:0:0:0", "99999999999:0:0:0"})
    BOOST_TEST(!hls::colour_of(none).has_value(), none);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace vdoc::test
