#include "test/gst/audio_track_media.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <fstream>

using namespace vdoc;
using namespace vdoc::test;
using fragment::timestamp;

namespace {

struct a_folder {
  sound_folder folder;

  told_track of(const std::vector<chunk_of_units>& chunks, gst::audio_request request = {}) const {
    return encode(folder.path, chunks, std::move(request));
  }
  void check_bursts(const told_track& track, const std::vector<double>& times) const {
    BOOST_TEST(track.failures.empty());
    BOOST_REQUIRE(!track.segments.empty());
    const int rate = track.segments.front().rate_hz;
    const auto sound = track.decoded(folder.path);
    for (const double time : times)
      BOOST_TEST(std::abs(find_burst(sound, time, rate) - time) < 0.001);
  }
};

std::vector<fragment::access_unit> timed(std::vector<fragment::access_unit> units, int unit_samples,
                                         int rate_hz, double begin) {
  for (std::size_t i = 0; i < units.size(); ++i) {
    const double time = begin + static_cast<double>(i) * unit_samples / rate_hz;
    units[i].pts = timestamp{std::llround(time * 1e9)};
    units[i].duration = timestamp{std::llround(unit_samples * 1e9 / rate_hz)};
  }
  return units;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(an_audio_encoder, a_folder)

BOOST_AUTO_TEST_CASE(keeps_sound_where_it_is_at_start_and_end) {
  const auto sound = bursts_at({0.01, 5, 9.97}, 10, 48'000);
  const auto track = of({{pcm_caps(48'000, 2), pcm_units(sound, 48'000, 2, 0)}});
  check_bursts(track, {0.01, 5, 9.97});
  BOOST_TEST(track.length == 480'000U);
  BOOST_TEST(track.warnings.empty());
  BOOST_TEST(track.ends == 1);
}

BOOST_AUTO_TEST_CASE(cuts_segments_that_follow_each_other_unit_by_unit) {
  const auto track =
      of({{pcm_caps(48'000, 2), pcm_units(bursts_at({1}, 9, 48'000), 48'000, 2, 0)}});
  BOOST_REQUIRE(track.segments.size() == 3U);
  std::uint64_t n = 0;
  auto last_end = timestamp{-21'333'333};
  for (const auto& one : track.segments) {
    BOOST_TEST(one.begin.count() == last_end.count());
    const auto units = fragment::read_all(folder.path / one.file);
    BOOST_TEST(units.size() == one.frames);
    for (const auto& unit : units)
      BOOST_TEST(unit.pts.count() ==
                 std::llround((static_cast<double>(n++) - 1) * 1024e9 / 48'000));
    last_end = one.end;
  }
  BOOST_TEST(last_end.count() == 9'000'000'000);
  BOOST_TEST(track.segments[1].begin.count() / 1'000'000 == 4010);
  BOOST_TEST(track.segments[0].file == "encoded/audio0/00000.au");
  BOOST_TEST(track.segments[0].codec_config.size() >= 2U);
  BOOST_TEST(!std::filesystem::exists(folder.path / "encoded/audio0/00000.au.part"));
}

BOOST_AUTO_TEST_CASE(makes_no_segment_of_a_few_milliseconds_at_the_end) {
  for (const auto& [seconds, segments] : {std::pair{8.1, 2U}, std::pair{8.5, 3U}}) {
    const sound_folder here;
    const auto track =
        encode(here.path,
               {{pcm_caps(48'000, 1), pcm_units(bursts_at({1}, seconds, 48'000), 48'000, 1, 0)}});
    BOOST_TEST(track.segments.size() == segments);
    BOOST_TEST(std::abs(static_cast<double>(track.segments.back().end.count()) / 1e9 - seconds) <
               0.022);
    BOOST_TEST(track.length == static_cast<std::uint64_t>(std::llround(seconds * 48'000)));
  }
}

BOOST_AUTO_TEST_CASE(makes_the_same_bytes_twice) {
  const auto sound = bursts_at({0.5, 2, 4.4}, 5, 44'100);
  const chunk_of_units chunk{pcm_caps(22'050, 1), pcm_units(sound, 22'050, 1, 0.3)};
  const sound_folder other;
  const auto first = of({chunk});
  const auto second = encode(other.path, {chunk});
  BOOST_TEST(first.bytes(folder.path).size() > 10'000U);
  BOOST_TEST((first.bytes(folder.path) == second.bytes(other.path)));
}

BOOST_AUTO_TEST_CASE(makes_no_file_that_is_there_already) {
  const chunk_of_units chunk{pcm_caps(48'000, 1),
                             pcm_units(bursts_at({1, 6}, 9, 48'000), 48'000, 1, 0)};
  const sound_folder other;
  const auto whole = of({chunk});
  gst::audio_request resumed;
  resumed.first_wanted = 2;
  const auto rest = encode(other.path, {chunk}, resumed);
  BOOST_REQUIRE(rest.segments.size() == 1U);
  BOOST_TEST(rest.segments[0].index == 2U);
  BOOST_TEST(!std::filesystem::exists(other.path / "encoded/audio0/00000.au"));
  BOOST_TEST((fragment::read_all(other.path / rest.segments[0].file) ==
              fragment::read_all(folder.path / whole.segments[2].file)));
  BOOST_TEST(rest.length == 9 * 48'000U);
}

BOOST_AUTO_TEST_CASE(is_silent_before_the_first_sound_and_in_gaps) {
  const auto caps = pcm_caps(44'100, 1);
  auto before = pcm_units(bursts_at({0.5}, 1, 44'100), 44'100, 1, 1);
  const auto after = pcm_units(bursts_at({0.5}, 1, 44'100), 44'100, 1, 3.25);
  const auto track = of({{caps, before}, {caps, after}});
  check_bursts(track, {1.5, 3.75});
  BOOST_TEST(track.length == static_cast<std::uint64_t>(4.25 * 44'100));
  BOOST_REQUIRE(track.warnings.size() == 1U);
  BOOST_TEST(track.warnings[0] == "no sound for 1.250 s at 2.000 s: silence");
  BOOST_TEST(track.segments[0].rate_hz == 44'100);
  BOOST_TEST(track.segments[0].channels == 1);
}

BOOST_AUTO_TEST_CASE(cuts_what_is_before_zero) {
  const auto sound = bursts_at({0.2, 2}, 3, 48'000);
  const auto track = of({{pcm_caps(48'000, 1), pcm_units(sound, 48'000, 1, -0.123)}});
  check_bursts(track, {0.077, 1.877});
  BOOST_TEST(track.length == static_cast<std::uint64_t>(2.877 * 48'000));
}

BOOST_AUTO_TEST_CASE(goes_on_when_rate_and_channels_change) {
  const auto first = pcm_units(bursts_at({0.5}, 2, 48'000), 48'000, 2, 0);
  const auto second = pcm_units(bursts_at({0.5}, 2, 32'000), 32'000, 1, 2);
  const auto third = pcm_units(bursts_at({0.5}, 2, 44'100), 44'100, 6, 4);
  const auto track = of(
      {{pcm_caps(48'000, 2), first}, {pcm_caps(32'000, 1), second}, {pcm_caps(44'100, 6), third}});
  BOOST_TEST(track.length == 6 * 48'000U);
  BOOST_TEST(track.segments[0].channels == 2);
  check_bursts(track, {0.5});
  const auto sound = track.decoded(folder.path);
  for (const double time : {2.5, 4.5})
    BOOST_TEST(std::abs(find_burst(sound, time, 48'000) - time) < 0.001);
}

BOOST_AUTO_TEST_CASE(lets_speech_be_heard_at_the_same_times) {
  gst::audio_request request;
  request.listen = true;
  request.encode = false;
  const auto sound = bursts_at({0.02, 3, 6.9}, 7, 44'100);
  const auto track = of({{pcm_caps(44'100, 2), pcm_units(sound, 44'100, 2, 0)}}, request);
  BOOST_TEST(track.segments.empty());
  BOOST_TEST(track.failures.empty());
  BOOST_TEST(track.speech.size() == 7 * 16'000U);
  std::vector<float> heard;
  for (const auto one : track.speech)
    heard.push_back(static_cast<float>(one) / 32'768);
  for (const double time : {0.02, 3.0, 6.9})
    BOOST_TEST(std::abs(find_burst(heard, time, 16'000) - time) < 0.001);
}

BOOST_AUTO_TEST_CASE(hears_aac_where_the_edit_list_puts_it) {
  const auto sound = bursts_at({0.03, 4, 7.95}, 8, 48'000);
  const auto aac = compress(sound, 48'000, 2, "avenc_aac");
  const auto track = of({{aac.caps, timed(aac.units, 1024, 48'000, -1024.0 / 48'000)}});
  check_bursts(track, {0.03, 4, 7.95});
}

BOOST_AUTO_TEST_CASE(hears_aac_by_libfaac_where_its_times_put_it) {
  auto aac = compress(bursts_at({0.1, 4, 7.9}, 8, 48'000), 48'000, 2, "avenc_aac");
  // The first unit begins with the encoder's name in a fill element; libfaac's is as long.
  auto& first = aac.units.front().bytes;
  BOOST_REQUIRE(std::string(first.begin() + 3, first.begin() + 7) == "Lavc");
  const std::string name = " libfaac 1.28";
  std::copy(name.begin(), name.end(), first.begin() + 3);
  const auto track = of({{aac.caps, timed(aac.units, 1024, 48'000, -1024.0 / 48'000)}});
  check_bursts(track, {0.1, 4, 7.9});
}

BOOST_AUTO_TEST_CASE(hears_opus_after_its_pre_skip) {
  const auto sound = bursts_at({0.03, 4, 7.9}, 8, 48'000);
  const auto opus = compress(sound, 48'000, 2, "opusenc");
  const auto track = of({{opus.caps, timed(opus.units, 960, 48'000, -312.0 / 48'000)}});
  check_bursts(track, {0.03, 4, 7.9});
  // As Matroska's demuxer stamps it: nothing is before zero.
  auto clamped = timed(opus.units, 960, 48'000, -312.0 / 48'000);
  clamped.front().pts = timestamp{0};
  check_bursts(of({{opus.caps, clamped}}), {0.03, 4, 7.9});
}

BOOST_AUTO_TEST_CASE(makes_silence_of_lost_units) {
  const auto sound = bursts_at({0.5, 6.5}, 8, 48'000);
  const auto aac = compress(sound, 48'000, 1, "avenc_aac");
  auto units = timed(aac.units, 1024, 48'000, -1024.0 / 48'000);
  units.erase(units.begin() + 100, units.begin() + 150);
  for (std::size_t i = 180; i < 190; ++i)
    std::fill(units[i].bytes.begin(), units[i].bytes.end(), 0xA5);
  const auto track = of({{aac.caps, units}});
  check_bursts(track, {0.5, 6.5});
  BOOST_REQUIRE(!track.warnings.empty());
  BOOST_TEST(track.warnings[0] == "no sound for 1.067 s at 2.112 s: silence");
}

BOOST_AUTO_TEST_CASE(ends_an_empty_track_at_once) {
  told_track track;
  gst::audio_request request;
  request.work = folder.path;
  gst::audio_encoder encoder{request, track};
  gst::audio_chunk last;
  last.last = true;
  encoder.feed(last);
  BOOST_TEST(track.ends == 1);
  BOOST_TEST(track.length == 0U);
  BOOST_TEST(track.segments.empty());
}

BOOST_AUTO_TEST_CASE(names_the_codec_that_has_no_decoder) {
  const auto track = of({{"audio/x-smacker", pcm_units(std::vector<float>(4800), 48'000, 1, 0)}});
  BOOST_REQUIRE(track.failures.size() == 1U);
  BOOST_TEST((track.failures[0].whose == culprit::user));
  BOOST_TEST(track.failures[0].what.find("there is no decoder for") == 0U);
  BOOST_TEST(track.failures[0].what.find("smacker") != std::string::npos);
  BOOST_TEST(track.ends == 0);
}

BOOST_AUTO_TEST_CASE(survives_sound_that_is_only_rubbish) {
  auto aac = compress(bursts_at({1}, 2, 48'000), 48'000, 2, "avenc_aac");
  for (auto& unit : aac.units)
    std::fill(unit.bytes.begin(), unit.bytes.end(), 0x00);
  const auto track = of({{aac.caps, timed(aac.units, 1024, 48'000, 0)}});
  BOOST_TEST(track.ends == 1);
  BOOST_TEST(!track.warnings.empty());
}

BOOST_AUTO_TEST_CASE(prints_its_graphs) {
  told_track track;
  gst::audio_request request;
  request.work = folder.path;
  request.source.caps = "audio/mpeg, mpegversion=(int)1, layer=(int)3, parsed=(boolean)true";
  const gst::audio_encoder encoder{request, track};
  const auto line = encoder.launch_line();
  BOOST_TEST(line.find("! avdec_mp3 name=decoder !") != std::string::npos);
  BOOST_TEST(line.find("! avenc_aac name=encoder bitrate=128000 aac-ms=false !") !=
             std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
