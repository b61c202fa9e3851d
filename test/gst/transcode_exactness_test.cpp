#include "pipelines/gst/demuxer.hpp"
#include "test/gst/transcode_media.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>

using namespace vdoc;
using namespace vdoc::gst;
using namespace vdoc::gst::test;
using namespace std::chrono_literals;

namespace {

/// A kind of source: how ffmpeg makes it and how it is taken apart again.
struct kind {
  const char* encode; ///< ffmpeg's arguments after the input
  const char* container;
  const char* elements;
  int width_px, height_px;
  bool constant_rate = true;
};

constexpr const char* avc =
    "matroskademux ! h264parse ! video/x-h264,stream-format=avc,alignment=au";
constexpr const char* avc_ts =
    "tsdemux ! h264parse ! video/x-h264,stream-format=byte-stream,alignment=au";
constexpr const char* hvc =
    "matroskademux ! h265parse ! video/x-h265,stream-format=hvc1,alignment=au";

struct with_gstreamer {
  with_gstreamer() { initialise(); }
};

std::string moving_pictures(const kind& one) {
  std::ostringstream out;
  out << "-f lavfi -i testsrc2=r=30:d=3:s=" << one.width_px << 'x' << one.height_px << ' '
      << one.encode;
  return out.str();
}

transcode_request request_for(const std::filesystem::path& work, int width_px, int height_px) {
  transcode_request out;
  out.work = work;
  out.source.coded_width_px = out.source.display_width_px = width_px;
  out.source.coded_height_px = out.source.display_height_px = height_px;
  out.source.fps_numerator = 30;
  out.options.crf = 12; // near enough to the source to tell every picture from its neighbours
  out.ladder = {rung("180p", width_px / 2 * 2, height_px / 2 * 2), rung("90p", 160, 90)};
  out.wanted = {"180p", "90p"};
  return out;
}

/// Whatever goes in: the pictures that come out are those, once each, at their times, in order.
void expect_every_picture_once(const kind& what) {
  vdoc::test::temp_folder work;
  const auto file = work.path() / (std::string{"source."} + what.container);
  ffmpeg(moving_pictures(what), file);
  const auto source = parse(file, what.elements);
  const auto pieces = cut(source, work.path(), 900ms);
  BOOST_TEST(pieces.size() >= 2U);

  transcoder one;
  auto request = request_for(work.path(), what.width_px, what.height_px);
  if (!what.constant_rate)
    request.source.fps_numerator = 0;
  const std::atomic<bool> no{false};
  std::vector<std::uint8_t> configuration;
  for (const auto& piece : pieces) {
    request.piece = piece;
    const auto result = one.run(request, no);
    BOOST_REQUIRE(result.frames_decoded == piece.frames);
    BOOST_TEST(result.lost.pictures == 0U);
    BOOST_REQUIRE(result.renditions.size() == 2U);
    const auto& largest = result.renditions.front();
    BOOST_TEST(largest.frames == piece.frames);
    if (configuration.empty())
      configuration = largest.codec_config;
    BOOST_TEST(largest.codec_config == configuration, boost::test_tools::per_element());
    const auto units = fragment::read_all(work.path() / largest.file);
    BOOST_TEST(units.front().key);
    BOOST_TEST((units.front().pts == piece.begin));
  }
  for (const auto* name : {"180p", "90p"})
    BOOST_TEST((times(encoded(work.path(), name)) == times(source.units)));

  const auto made = work.path() / "made.h264";
  write_h264(made, configuration, encoded(work.path(), "180p"));
  const auto expected = luma(file, request.ladder[0].width_px, request.ladder[0].height_px);
  const auto got = luma(made, request.ladder[0].width_px, request.ladder[0].height_px);
  BOOST_REQUIRE(got.size() == source.units.size());
  BOOST_REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i)
    BOOST_TEST(difference(got[i], expected[i]) < 2.5, "picture " << i);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_transcoder_gives_every_picture_once, with_gstreamer)

BOOST_AUTO_TEST_CASE(of_h264_with_closed_gops) {
  expect_every_picture_once({"-c:v libx264 -preset veryfast -g 30 -bf 3", "mkv", avc, 320, 180});
}

BOOST_AUTO_TEST_CASE(of_h264_with_open_gops_and_a_pyramid) {
  expect_every_picture_once({"-c:v libx264 -preset fast -g 30 -x264-params "
                             "open-gop=1:bframes=4:b-pyramid=normal:scenecut=0",
                             "mkv", avc, 320, 180});
}

BOOST_AUTO_TEST_CASE(of_h264_with_open_gops_in_a_transport_stream) {
  expect_every_picture_once(
      {"-c:v libx264 -g 30 -x264-params open-gop=1:bframes=3:scenecut=0", "ts", avc_ts, 320, 180});
}

BOOST_AUTO_TEST_CASE(of_h264_with_full_chroma) {
  expect_every_picture_once({"-c:v libx264 -pix_fmt yuv444p -g 30", "mkv", avc, 320, 180});
}

BOOST_AUTO_TEST_CASE(of_h264_with_10_bits) {
  expect_every_picture_once({"-c:v libx264 -pix_fmt yuv420p10le -g 30", "mkv", avc, 320, 180});
}

BOOST_AUTO_TEST_CASE(of_a_variable_frame_rate) {
  expect_every_picture_once(
      {"-vf select='not(eq(mod(n\\,5)\\,2))' -fps_mode vfr -c:v libx264 -g 24 -bf 2", "mkv", avc,
       320, 180, false});
}

BOOST_AUTO_TEST_CASE(of_120_pictures_a_second) {
  expect_every_picture_once(
      {"-vf fps=120 -c:v libx264 -preset veryfast -g 120", "mkv", avc, 320, 180});
}

BOOST_AUTO_TEST_CASE(of_hevc_with_open_gops) {
  expect_every_picture_once(
      {"-c:v libx265 -preset ultrafast -x265-params keyint=30:open-gop=1:log-level=none", "mkv",
       hvc, 320, 180});
}

BOOST_AUTO_TEST_CASE(of_hevc_with_10_bits) {
  expect_every_picture_once(
      {"-c:v libx265 -pix_fmt yuv420p10le -preset ultrafast -x265-params keyint=30:log-level=none",
       "mkv", hvc, 320, 180});
}

BOOST_AUTO_TEST_CASE(of_vp8_with_hidden_pictures) {
  expect_every_picture_once(
      {"-c:v libvpx -deadline realtime -cpu-used 8 -b:v 500k -g 30 -auto-alt-ref 1", "webm",
       "matroskademux ! video/x-vp8", 320, 180});
}

BOOST_AUTO_TEST_CASE(of_vp9_of_odd_size) {
  expect_every_picture_once({"-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 500k -g 30",
                             "webm", "matroskademux ! vp9parse ! video/x-vp9,alignment=super-frame",
                             319, 181});
}

BOOST_AUTO_TEST_CASE(of_av1) {
  expect_every_picture_once({"-c:v libaom-av1 -cpu-used 8 -usage realtime -b:v 500k -g 30", "mkv",
                             "matroskademux ! av1parse ! video/x-av1,alignment=tu", 320, 180});
}

BOOST_AUTO_TEST_CASE(of_mpeg2) {
  expect_every_picture_once(
      {"-c:v mpeg2video -q:v 3 -bf 2 -g 15", "ts", "tsdemux ! mpegvideoparse", 320, 180});
}

BOOST_AUTO_TEST_CASE(of_mpeg4_with_b_pictures) {
  expect_every_picture_once(
      {"-c:v mpeg4 -q:v 3 -bf 2 -g 15", "mkv", "matroskademux ! mpeg4videoparse", 320, 180});
}

BOOST_AUTO_TEST_CASE(of_theora) {
  expect_every_picture_once(
      {"-c:v libtheora -q:v 8 -g 30", "ogv", "oggdemux ! theoraparse", 320, 180});
}

BOOST_AUTO_TEST_SUITE_END()
