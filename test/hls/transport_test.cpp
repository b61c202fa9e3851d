#include "test/hls/small_tracks.hpp"
#include "test/support/transport_stream.hpp"

#include <boost/test/unit_test.hpp>

namespace vdoc::test {

namespace {

const std::vector<hls::access_unit> four{picture(0, true), picture(3003, false),
                                         picture(1001, false), picture(2002, false)};

/// CRC over a section and its own CRC leaves nothing (ISO 13818-1 annex A).
std::uint32_t crc_of(std::string_view section) {
  std::uint32_t crc = 0xffffffff;
  for (const char byte : section)
    for (int bit = 7; bit >= 0; --bit) {
      const bool feedback = (crc >> 31U) != (static_cast<unsigned char>(byte) >> bit & 1U);
      crc = crc << 1U ^ (feedback ? 0x04c11db7U : 0U);
    }
  return crc;
}

std::string times_of(const transport_segment& seen) {
  std::string text;
  for (const auto& one : seen.units)
    text += std::to_string(one.pts) + ' ' + std::to_string(one.dts) + '\n';
  return text;
}

/// Clocks (PCR base) in the order of the packets.
std::vector<std::int64_t> clocks_of(const bytes& stream) {
  std::vector<std::int64_t> list;
  for (std::size_t at = 0; at < stream.size(); at += 188)
    if ((stream[at + 3] & 0x20U) != 0 && stream[at + 4] > 0 && (stream[at + 5] & 0x10U) != 0) {
      std::int64_t clock = 0;
      for (std::size_t i = 0; i < 4; ++i)
        clock = clock << 8 | stream[at + 6 + i];
      list.push_back(clock << 1 | stream[at + 10] >> 7);
    }
  return list;
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_transport_segment)

BOOST_AUTO_TEST_CASE(begins_with_tables_that_name_the_pictures) {
  hls::continuity counters{3, 9, 15};
  const auto segment = hls::ts_segment(video_track(), four, video_time(4004), counters);
  const auto text = as_text(segment);
  const auto filler = [](std::size_t count) { return std::string(2 * count, 'f'); };
  BOOST_TEST(to_hex(text.substr(0, 188)) ==
             tree("47400013 00 00b00d0001c100000001f0002ab104b2") + filler(188 - 21));
  const auto map = to_hex(text.substr(188, 188));
  BOOST_TEST(map.starts_with(tree("47500019 00 02b012 0001c10000 e100f000 1be100f000")));
  BOOST_TEST(crc_of(text.substr(5, 16)) == 0U);
  BOOST_TEST(crc_of(text.substr(188 + 5, 21)) == 0U);
  BOOST_TEST((counters == hls::continuity{4, 10, 3})); // four packets of pictures
}

BOOST_AUTO_TEST_CASE(names_the_language_of_sound) {
  hls::continuity counters;
  const auto segment =
      hls::ts_segment(audio_track(), std::vector{sound(0)}, audio_time(0), counters);
  const auto map = as_text(segment).substr(188, 188);
  BOOST_TEST(to_hex(map).starts_with(
      tree("47500010 00 02b018 0001c10000 e100f000 0fe100f006 0a04656e6700")));
  BOOST_TEST(crc_of(map.substr(5, 27)) == 0U);
}

BOOST_AUTO_TEST_CASE(shows_at_ten_seconds_and_decodes_the_constant_delay_before) {
  hls::continuity counters;
  const auto stream = hls::ts_segment(video_track(), four, video_time(4004), counters);
  transport_reader reader;
  const auto seen = reader.read(as_text(stream));
  BOOST_TEST(seen.begins_with_tables);
  BOOST_TEST(seen.stream_type == 0x1b);
  BOOST_TEST(times_of(seen) == "900000 893994\n"
                               "909009 896997\n"
                               "903003 900000\n"
                               "906006 903003\n");
  BOOST_TEST(to_hex(seen.units.at(0).payload) ==
             tree("0000000109f0 000000016764000dacd941419f9f011000003e90000ea600f1429960 "
                  "0000000168ef8fcb 00000001650000"));
  BOOST_TEST(to_hex(seen.units.at(1).payload) == tree("0000000109f0 00000001410303"));
}

BOOST_AUTO_TEST_CASE(carries_a_clock_half_a_second_ahead_in_every_picture) {
  hls::continuity counters;
  const auto stream = hls::ts_segment(video_track(), four, video_time(4004), counters);
  BOOST_TEST(clocks_of(stream) == (std::vector<std::int64_t>{848'994, 851'997, 855'000, 858'003}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(marks_where_decoding_may_start) {
  hls::continuity counters;
  const auto stream = hls::ts_segment(video_track(), four, video_time(4004), counters);
  BOOST_TEST(stream.at(2 * 188 + 5) == 0x50); // random access and clock
  BOOST_TEST(stream.at(3 * 188 + 5) == 0x10);
}

BOOST_AUTO_TEST_CASE(starts_sound_at_its_priming) {
  hls::continuity counters;
  const auto stream = hls::ts_segment(audio_track(), std::vector{sound(0, 5), sound(1, 5)},
                                      audio_time(1024), counters);
  transport_reader reader;
  const auto seen = reader.read(as_text(stream));
  BOOST_TEST(seen.stream_type == 0x0f);
  BOOST_TEST(times_of(seen) == "898080 898080\n900000 900000\n");
  BOOST_TEST(to_hex(seen.units.at(1).payload) == tree("fff14c80019ffc 0101010101"));
}

BOOST_AUTO_TEST_CASE(fits_units_of_every_size_into_whole_packets) {
  hls::continuity counters;
  transport_reader reader;
  for (std::size_t size = 1; size < 800; ++size) {
    const auto stream =
        hls::ts_segment(audio_track(), std::vector{sound(7, size)}, audio_time(7168), counters);
    const auto seen = reader.read(as_text(stream));
    BOOST_REQUIRE(stream.size() % 188 == 0U);
    BOOST_REQUIRE(seen.units.size() == 1U);
    BOOST_REQUIRE(seen.units[0].payload.substr(7) == std::string(size, '\7'));
  }
  BOOST_TEST(reader.breaks().empty());
}

BOOST_AUTO_TEST_CASE(goes_on_counting_from_one_to_the_next) {
  hls::continuity counters;
  transport_reader reader;
  const std::vector large{picture(0, true, 70'000), picture(1001, false, 1)};
  for (int i = 0; i < 40; ++i)
    reader.read(as_text(hls::ts_segment(video_track(), large, video_time(2002), counters)));
  BOOST_TEST(reader.breaks().empty());
  BOOST_TEST((counters.pat == 8 && counters.pmt == 8)); // 40 modulo 16
}

BOOST_AUTO_TEST_CASE(wraps_its_clock_after_26_hours) {
  hls::continuity counters;
  const auto late = picture(30'000LL * 3600 * 27, true);
  const auto stream = hls::ts_segment(video_track(), std::vector{late}, late.pts, counters);
  transport_reader reader;
  const std::int64_t wrapped = 90'000LL * 3600 * 27 + 900'000 - (1LL << 33);
  BOOST_TEST(reader.read(as_text(stream)).units.at(0).pts == wrapped);
}

BOOST_AUTO_TEST_CASE(leaves_the_counters_alone_when_a_unit_is_damaged) {
  auto broken = four;
  broken.back().bytes.at(3) = 200;
  hls::continuity counters{1, 2, 3};
  BOOST_CHECK_THROW(hls::ts_segment(video_track(), broken, video_time(4004), counters),
                    std::runtime_error);
  BOOST_CHECK_THROW(hls::ts_segment(video_track(), {}, video_time(4004), counters),
                    std::invalid_argument);
  BOOST_TEST((counters == hls::continuity{1, 2, 3}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace vdoc::test
