#include "test/hls/small_tracks.hpp"
#include "test/support/mp4_boxes.hpp"

#include <boost/test/unit_test.hpp>

#include <ostream>

namespace vdoc::test {

namespace {

/// Samples as "pts dts duration key", times in ticks with the edit list applied.
std::string samples_of(const hls::track& what, const bytes& segment) {
  const auto init = hls::cmaf_init(what);
  std::string text;
  for (const auto& fragment : read_fragments(as_text(segment), read_init(as_text(init))))
    for (const auto& one : fragment.samples)
      text += std::to_string(one.pts) + ' ' + std::to_string(one.dts) + ' ' +
              std::to_string(one.duration) + (one.sync ? " key" : "") + ' ' + to_hex(one.bytes) +
              '\n';
  return text;
}

std::uint64_t tfdt_of(const bytes& segment) {
  const auto text = as_text(segment);
  return big_endian(text, box_at(text, "moof/traf/tfdt").body + 4, 8);
}

/// I P B B, shown as I B B P.
const std::vector<hls::access_unit> four{picture(0, true), picture(3003, false),
                                         picture(1001, false), picture(2002, false)};

} // namespace

BOOST_AUTO_TEST_SUITE(a_cmaf_header)

BOOST_AUTO_TEST_CASE(of_pictures_has_exactly_these_boxes) {
  auto track = video_track();
  track.colorimetry = "bt709";
  BOOST_TEST(
      box_tree(as_text(hls::cmaf_init(track))) ==
      tree(
          R"(
ftyp: 69736f36 00000000 69736f36 636d6663 6d703431
moov/mvhd: 00000000 00000000 00000000 00007530 00000000 00010000 0100 00000000000000000000)"
          R"( 00010000 00000000 00000000 00000000 00010000 00000000 00000000 00000000 40000000)"
          R"( 000000000000000000000000000000000000000000000000 00000002
moov/trak/tkhd: 00000007 00000000 00000000 00000001 00000000 00000000 00000000 00000000)"
          R"( 0000 0000 0000 0000)"
          R"( 00010000 00000000 00000000 00000000 00010000 00000000 00000000 00000000 40000000)"
          R"( 01400000 00b40000
moov/trak/edts/elst: 01000000 00000001 0000000000000000 00000000000007d2 00010000
moov/trak/mdia/mdhd: 00000000 00000000 00000000 00007530 00000000 55c4 0000
moov/trak/mdia/hdlr: 00000000 00000000 76696465 000000000000000000000000 566964656f00
moov/trak/mdia/minf/vmhd: 00000001 0000000000000000
moov/trak/mdia/minf/dinf/dref: 00000000 00000001 0000000c 75726c20 00000001
moov/trak/mdia/minf/stbl/stsd: 00000000 00000001 000000ac 61766331 000000000000 0001)"
          R"( 00000000000000000000000000000000 0140 00b4 00480000 00480000 00000000 0001)"
          R"( 0000000000000000000000000000000000000000000000000000000000000000 0018 ffff)"
          R"( 00000033 61766343 0164000dffe1 0018 6764000dacd941419f9f011000003e90000ea600f1429960)"
          R"( 01 0004 68ef8fcb fdf8f800)"
          R"( 00000013 636f6c72 6e636c78 0001 0001 0001 00)"
          R"( 00000010 70617370 00000001 00000001
moov/trak/mdia/minf/stbl/stts: 00000000 00000000
moov/trak/mdia/minf/stbl/stsc: 00000000 00000000
moov/trak/mdia/minf/stbl/stsz: 00000000 00000000 00000000
moov/trak/mdia/minf/stbl/stco: 00000000 00000000
moov/mvex/trex: 00000000 00000001 00000001 00000000 00000000 01010000
)"));
}

BOOST_AUTO_TEST_CASE(of_sound_says_its_language_and_takes_the_priming_back) {
  const auto all = box_tree(as_text(hls::cmaf_init(audio_track())));
  for (const auto* line :
       {"moov/trak/edts/elst: 01000000 00000001 0000000000000000 0000000000000400 00010000\n",
        "moov/trak/mdia/mdhd: 00000000 00000000 00000000 0000bb80 00000000 15c7 0000\n",
        "moov/trak/mdia/elng: 00000000 656e00\n",
        "moov/trak/mdia/hdlr: 00000000 00000000 736f756e 000000000000000000000000 536f756e6400\n",
        "moov/trak/mdia/minf/smhd: 00000000 00000000\n",
        ("moov/trak/mdia/minf/stbl/stsd: 00000000 00000001 0000004b 6d703461 000000000000 0001"
         "0000000000000000 0002 0010 00000000 bb800000 00000027 65736473 00000000 0319 000000"
         "0411 4015 0000000000000000000000 0502 1190 0601 02\n"),
        "moov/mvex/trex: 00000000 00000001 00000001 00000000 00000000 02000000\n"})
    BOOST_TEST(all.find(tree(line)) != std::string::npos, line << "is missing in\n" << all);
}

BOOST_AUTO_TEST_CASE(of_pictures_in_order_has_no_edit_list) {
  auto track = video_track();
  track.codec_config = from_hex(baseline_config);
  const auto init = hls::cmaf_init(track);
  BOOST_TEST(!has_box(as_text(init), "moov/trak/edts"));
  BOOST_TEST(!has_box(as_text(init), "moov/trak/mdia/elng"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_cmaf_segment)

BOOST_AUTO_TEST_CASE(has_exactly_these_boxes) {
  const auto segment = hls::cmaf_segment(video_track(), four, video_time(4004), 7);
  BOOST_TEST(box_tree(as_text(segment)) == tree(R"(
styp: 6d736468 00000000 6d736468 6d736978 636d6673 636d6666
moof/mfhd: 00000000 00000007
moof/traf/tfhd: 00020000 00000001
moof/traf/tfdt: 01000000 0000000000000000
moof/traf/trun: 00000f01 00000004 000000a0)"
                                                R"( 000003e9 00000007 02000000 000007d2)"
                                                R"( 000003e9 00000007 01010000 00000fa4)"
                                                R"( 000003e9 00000007 01010000 000003e9)"
                                                R"( 000003e9 00000007 01010000 000003e9
mdat: 00000003650000 00000003410303 00000003410101 00000003410202
)"));
}

BOOST_AUTO_TEST_CASE(shows_every_picture_at_its_tick) {
  BOOST_TEST(samples_of(video_track(), hls::cmaf_segment(video_track(), four, video_time(4004),
                                                         1)) == "0 -2002 1001 key 00000003650000\n"
                                                                "3003 -1001 1001 00000003410303\n"
                                                                "1001 0 1001 00000003410101\n"
                                                                "2002 1001 1001 00000003410202\n");
}

BOOST_AUTO_TEST_CASE(begins_where_the_one_before_ended) {
  std::vector<hls::access_unit> next;
  for (auto unit : four) {
    unit.pts += video_time(4004);
    next.push_back(unit);
  }
  const auto segment = hls::cmaf_segment(video_track(), next, video_time(8008), 2);
  BOOST_TEST(tfdt_of(segment) == 4004U);
  BOOST_TEST(samples_of(video_track(), segment).starts_with("4004 2002 1001 key"));
}

BOOST_AUTO_TEST_CASE(gives_its_last_picture_all_the_time_to_the_end) {
  const auto segment = hls::cmaf_segment(video_track(), four, video_time(90'090), 1);
  BOOST_TEST(samples_of(video_track(), segment).ends_with("2002 1001 87087 00000003410202\n"));
}

BOOST_AUTO_TEST_CASE(squeezes_decode_times_where_pictures_are_far_apart) {
  // Ten seconds a picture: no constant delay would do.
  const std::vector<hls::access_unit> slow{picture(0, true), picture(900'000, false),
                                           picture(300'000, false), picture(600'000, false)};
  BOOST_TEST(
      samples_of(video_track(), hls::cmaf_segment(video_track(), slow, video_time(1'200'000), 1)) ==
      "0 -2002 300000 key 00000003650000\n"
      "900000 297998 2002 000000034183"
      "83\n"
      "300000 300000 300000 00000003412b"
      "2b\n"
      "600000 600000 597998 000000034157"
      "57\n");
}

BOOST_AUTO_TEST_CASE(of_sound_counts_samples_from_the_priming_on) {
  const auto track = audio_track();
  const std::vector<hls::access_unit> first{sound(0), sound(1), sound(2)};
  const std::vector<hls::access_unit> second{sound(3), sound(4)};
  const auto one = hls::cmaf_segment(track, first, audio_time(2048), 1);
  const auto two = hls::cmaf_segment(track, second, audio_time(3172), 2);
  BOOST_TEST(tfdt_of(one) == 0U);
  BOOST_TEST(tfdt_of(two) == 3072U);
  BOOST_TEST(samples_of(track, one) == "-1024 -1024 1024 key 00000000\n"
                                       "0 0 1024 key 01010101\n"
                                       "1024 1024 1024 key 02020202\n");
  BOOST_TEST(samples_of(track, two) == "2048 2048 1024 key 03030303\n"
                                       "3072 3072 100 key 04040404\n");
}

BOOST_AUTO_TEST_CASE(keeps_pictures_before_zero_though_tfdt_cannot_say_it) {
  const std::vector<hls::access_unit> early{picture(-2002, true), picture(-1001, false),
                                            picture(0, false)};
  const auto segment = hls::cmaf_segment(video_track(), early, video_time(1001), 1);
  BOOST_TEST(tfdt_of(segment) == 0U);
  BOOST_TEST(samples_of(video_track(), segment) == "-2002 -2002 1 key 0000000365fefe\n"
                                                   "-1001 -2001 1 0000000341ffff\n"
                                                   "0 -2000 999 00000003410000\n");
}

BOOST_AUTO_TEST_CASE(believes_the_unit_when_the_end_lies) {
  auto units = four;
  units.back().duration = video_time(1001);
  const auto segment = hls::cmaf_segment(video_track(), units, video_time(0), 1);
  BOOST_TEST(samples_of(video_track(), segment).ends_with("2002 1001 1001 00000003410202\n"));
}

BOOST_AUTO_TEST_CASE(needs_a_unit) {
  BOOST_CHECK_THROW(hls::cmaf_segment(video_track(), {}, video_time(1), 1), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace vdoc::test
