#include "pipelines/ladder/ladder.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

namespace vdoc::ladder {

namespace {

probe::video_stream h264(int width, int height) {
  probe::video_stream source;
  source.codec = "h264";
  source.chroma = "4:2:0";
  source.coded_width_px = source.display_width_px = width;
  source.coded_height_px = source.display_height_px = height;
  return source;
}

copy_evidence good() {
  return {true, true, true, 5.9, 4'000'000};
}

/// "1080p 1920x1080 12000" a rendition, " copied" where it is; the ceiling in kbit/s.
std::string show(const std::vector<rendition>& ladder) {
  std::string text;
  for (const auto& one : ladder)
    text += one.name + ' ' + std::to_string(one.width_px) + 'x' + std::to_string(one.height_px) +
            ' ' + std::to_string(one.max_bitrate_kbps) + (one.copied ? " copied" : "") + '\n';
  return text;
}

std::string automatic(int width, int height) {
  return show(plan(h264(width, height), {}, {}, default_rungs()));
}

std::string wanted(int width, int height, std::vector<int> heights) {
  return show(plan(h264(width, height), {}, {false, std::move(heights), true}, default_rungs()));
}

bool copies(const probe::video_stream& source, const copy_evidence& evidence) {
  const auto ladder = plan(source, evidence, {}, default_rungs());
  for (std::size_t i = 1; i < ladder.size(); ++i)
    BOOST_TEST(!ladder[i].copied);
  return ladder.front().copied;
}

} // namespace

BOOST_AUTO_TEST_SUITE(an_automatic_ladder)

BOOST_AUTO_TEST_CASE(goes_down_from_a_size_that_is_a_step) {
  BOOST_TEST(automatic(1920, 1080) == "1080p 1920x1080 12000\n"
                                      "720p 1280x720 6000\n"
                                      "480p 854x480 3000\n"
                                      "360p 640x360 1500\n"
                                      "240p 426x240 800\n");
}

BOOST_AUTO_TEST_CASE(takes_the_short_side_of_a_portrait) {
  BOOST_TEST(automatic(720, 1280) == "720p 720x1280 6000\n"
                                     "480p 480x854 3000\n"
                                     "360p 360x640 1500\n"
                                     "240p 240x426 800\n");
}

BOOST_AUTO_TEST_CASE(keeps_lines_that_are_nearly_a_step_under_its_name) {
  BOOST_TEST(automatic(1920, 1088).starts_with("1080p 1920x1088 12000\n720p 1270x720 6000\n"));
  BOOST_TEST(automatic(1920, 1072).starts_with("1080p 1920x1072 12000\n720p 1290x720 6000\n"));
}

BOOST_AUTO_TEST_CASE(begins_at_the_size_of_a_source_between_two_steps) {
  BOOST_TEST(automatic(1920, 800) == "800p 1920x800 12000\n"
                                     "720p 1728x720 7515\n"
                                     "480p 1152x480 3757\n"
                                     "360p 864x360 1879\n"
                                     "240p 576x240 1002\n");
  // 720 is not worth an encode beside 768.
  BOOST_TEST(automatic(1366, 768).starts_with("768p 1366x768 12000\n480p 854x480 3000\n"));
}

BOOST_AUTO_TEST_CASE(stops_at_the_highest_step) {
  BOOST_TEST(automatic(7680, 4320).starts_with("2160p 3840x2160 40000\n1440p "));
}

BOOST_AUTO_TEST_CASE(of_a_tiny_source_is_its_own_size) {
  BOOST_TEST(automatic(160, 90) == "90p 160x90 800\n");
  BOOST_TEST(automatic(1, 1) == "2p 2x2 800\n");
}

BOOST_AUTO_TEST_CASE(makes_odd_sides_even_and_never_larger) {
  BOOST_TEST(automatic(321, 181) == "180p 320x180 800\n");
  BOOST_TEST(automatic(853, 479).starts_with("480p 852x478 3000\n360p 642x360"));
}

BOOST_AUTO_TEST_CASE(holds_for_extreme_shapes) {
  BOOST_TEST(automatic(8000, 100) == "100p 8000x100 3738\n");
  BOOST_TEST(automatic(100, 8000) == "100p 100x8000 3738\n");
  BOOST_TEST(automatic(4, 4000) == "4p 4x4000 800\n");
}

BOOST_AUTO_TEST_CASE(is_empty_without_a_picture) {
  BOOST_TEST(automatic(0, 0).empty());
}

BOOST_AUTO_TEST_CASE(is_never_upscaled_and_never_doubled_whatever_the_size) {
  for (int width = 2; width < 2600; width += 97)
    for (int height = 2; height < 2600; height += 89) {
      const auto ladder = plan(h264(width, height), {}, {}, default_rungs());
      BOOST_REQUIRE(!ladder.empty());
      for (std::size_t i = 0; i < ladder.size(); ++i) {
        const auto& one = ladder[i];
        BOOST_REQUIRE(one.width_px <= width && one.height_px <= height);
        BOOST_REQUIRE(one.width_px % 2 == 0 && one.height_px % 2 == 0);
        BOOST_REQUIRE(one.max_bitrate_kbps > 0 && one.buffer_kbit >= one.max_bitrate_kbps);
        if (i > 0) {
          BOOST_REQUIRE(one.name != ladder[i - 1].name);
          BOOST_REQUIRE(one.width_px < ladder[i - 1].width_px ||
                        one.height_px < ladder[i - 1].height_px);
        }
      }
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_given_ladder)

BOOST_AUTO_TEST_CASE(has_the_heights_asked_for_from_the_top_down) {
  BOOST_TEST(wanted(1920, 1080, {480, 1080, 480}) == "1080p 1920x1080 12000\n480p 854x480 3000\n");
  BOOST_TEST(wanted(1920, 1080, {400}) == "400p 712x400 3000\n");
}

BOOST_AUTO_TEST_CASE(drops_what_the_source_does_not_have) {
  BOOST_TEST(wanted(1280, 720, {1080, 720, 480, 0, -5}) ==
             "720p 1280x720 6000\n480p 854x480 3000\n");
  BOOST_TEST(wanted(1280, 720, {1080, 480}) == "480p 854x480 3000\n");
}

BOOST_AUTO_TEST_CASE(is_the_size_of_the_source_when_nothing_is_left) {
  BOOST_TEST(wanted(640, 360, {1080, 720}) == "360p 640x360 1500\n");
  BOOST_TEST(wanted(640, 360, {}) == "360p 640x360 1500\n");
}

BOOST_AUTO_TEST_CASE(takes_a_source_that_is_nearly_as_high_as_it_is) {
  BOOST_TEST(wanted(1920, 1088, {1080}) == "1080p 1920x1088 12000\n");
  BOOST_TEST(wanted(1920, 1072, {1080, 720}) == "1080p 1920x1072 12000\n720p 1290x720 6000\n");
}

BOOST_AUTO_TEST_CASE(keeps_steps_close_to_the_source_that_were_asked_for) {
  BOOST_TEST(wanted(1366, 768, {768, 720}) == "768p 1366x768 12000\n720p 1280x720 6000\n");
}

BOOST_AUTO_TEST_CASE(knows_no_two_steps_of_one_size) {
  BOOST_TEST(wanted(64, 36, {3, 2}) == "3p 4x2 800\n");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(the_top_rendition)

BOOST_AUTO_TEST_CASE(is_copied_when_the_source_is_it_already) {
  BOOST_TEST(copies(h264(1280, 720), good()));
  BOOST_TEST(copies(h264(1920, 800), good()));
}

BOOST_AUTO_TEST_CASE(is_made_when_any_evidence_is_missing) {
  const auto source = h264(1280, 720);
  auto evidence = good();
  evidence.h264_high_or_lower = false;
  BOOST_TEST(!copies(source, evidence));
  evidence = good();
  evidence.yuv420_8bit_progressive = false;
  BOOST_TEST(!copies(source, evidence));
  evidence = good();
  evidence.closed_gop = false;
  BOOST_TEST(!copies(source, evidence));
  evidence = good();
  evidence.longest_key_distance_s = 6.1;
  BOOST_TEST(!copies(source, evidence));
  evidence = good();
  evidence.bitrate_bps = 6'000'001;
  BOOST_TEST(!copies(source, evidence));
  evidence.bitrate_bps = 0; // unknown
  BOOST_TEST(!copies(source, evidence));
  BOOST_TEST(!copies(source, {}));
}

BOOST_AUTO_TEST_CASE(is_made_when_the_source_is_shown_otherwise_than_stored) {
  auto source = h264(1280, 720);
  source.turn.clockwise_degrees = 180;
  BOOST_TEST(!copies(source, good()));
  source = h264(1280, 720);
  source.turn.mirrored = true;
  BOOST_TEST(!copies(source, good()));
  source = h264(1280, 720);
  source.coded_width_px = 960;
  source.aspect_numerator = 4;
  source.aspect_denominator = 3;
  BOOST_TEST(!copies(source, good()));
  BOOST_TEST(!copies(h264(1281, 720), good()));
  BOOST_TEST(!copies(h264(7680, 4320), good()));
}

BOOST_AUTO_TEST_CASE(is_made_from_other_codecs_and_kinds_of_pictures) {
  auto source = h264(1280, 720);
  source.codec = "hevc";
  BOOST_TEST(!copies(source, good()));
  source = h264(1280, 720);
  source.bit_depth = 10;
  BOOST_TEST(!copies(source, good()));
  source = h264(1280, 720);
  source.chroma = "4:4:4";
  BOOST_TEST(!copies(source, good()));
  source = h264(1280, 720);
  source.interlaced = true;
  BOOST_TEST(!copies(source, good()));
}

BOOST_AUTO_TEST_CASE(is_made_when_copying_is_not_wanted) {
  const auto ladder = plan(h264(1280, 720), good(), {true, {}, false}, default_rungs());
  BOOST_TEST(!ladder.front().copied);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_rendition)

BOOST_AUTO_TEST_CASE(comes_back_from_json) {
  const rendition one{"720p", 1280, 720, 6000, 12'000, true};
  const nlohmann::json json = one;
  BOOST_TEST(json.dump() == R"({"buffer_kbit":12000,"copied":true,"height_px":720,)"
                            R"("max_bitrate_kbps":6000,"name":"720p","width_px":1280})");
  BOOST_TEST((json.get<rendition>() == one));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace vdoc::ladder
