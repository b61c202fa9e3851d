#include "test/gst/source_media.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <thread>

using namespace vdoc;
using namespace vdoc::gst;
using namespace vdoc::gst::test;
using namespace std::chrono_literals;

BOOST_FIXTURE_TEST_SUITE(a_transcoder_in_trouble, with_source)

BOOST_AUTO_TEST_CASE(stops_soon_when_it_is_cancelled) {
  make("-f lavfi -i testsrc2=s=1280x720:r=30:d=3 -c:v libx264 -preset ultrafast -g 90", "mkv", avc,
       1280, 720);
  request.options.preset = "slower";
  std::atomic<bool> cancelled{false};
  std::chrono::steady_clock::time_point when;
  // The first encoded picture is far away: at that speed the look ahead alone takes seconds.
  std::thread impatient{[&] {
    vdoc::test::until(300ms, [] { return false; });
    when = std::chrono::steady_clock::now();
    cancelled = true;
  }};
  request.piece = pieces.front();
  transcoder one;
  BOOST_CHECK_THROW(one.run(request, cancelled), failure);
  impatient.join();
  BOOST_TEST((std::chrono::steady_clock::now() - when < 2s)); // all of it takes five and more
  BOOST_TEST(!std::filesystem::exists(work.path() / "encoded/large/00000.au"));
}

BOOST_AUTO_TEST_CASE(gives_up_when_nothing_moves) {
  make("-f lavfi -i testsrc2=s=1280x720:r=30:d=3 -c:v libx264 -preset ultrafast -g 90", "mkv", avc,
       1280, 720);
  // An encoder that looks far ahead and no patience at all stand in for one that hangs.
  request.options.preset = "slower";
  request.patience = 0s;
  request.piece = pieces.front();
  transcoder one;
  BOOST_CHECK_EXCEPTION(one.run(request, no), failure, [](const failure& why) {
    return why.why().whose == culprit::ours && why.why().what.starts_with("no progress");
  });
}

BOOST_AUTO_TEST_CASE(counts_what_could_not_be_decoded) {
  make_plain(2);
  auto damaged = source;
  for (std::size_t i = 10; i < 14; ++i)
    std::fill(damaged.units[i].bytes.begin(), damaged.units[i].bytes.end(), 0);
  pieces = cut(damaged, work.path(), 900ms);
  transcoder one;
  const auto result = run(one, pieces.front());
  BOOST_TEST(result.lost.pictures >= 4U); // and what leans on them
  BOOST_TEST(result.lost.pictures <= 8U);
  BOOST_TEST(result.frames_decoded == pieces.front().frames - result.lost.pictures);
  BOOST_TEST(run(one, pieces.back()).lost.pictures == 0U);
}

BOOST_AUTO_TEST_CASE(fills_a_fragment_without_any_picture_with_black) {
  make_plain(2);
  auto damaged = source;
  for (std::size_t i = 0; i < 30; ++i)
    std::fill(damaged.units[i].bytes.begin(), damaged.units[i].bytes.end(), 0);
  pieces = cut(damaged, work.path(), 900ms);
  transcoder one;
  const auto result = run(one, pieces.front());
  BOOST_TEST(result.frames_decoded == 0U);
  BOOST_TEST(result.lost.pictures == 30U);
  const auto next = run(one, pieces.back());
  BOOST_TEST(next.frames_decoded == 30U);
  BOOST_TEST(result.renditions.front().frames == 30U);
  BOOST_TEST(result.renditions.front().codec_config == next.renditions.front().codec_config,
             boost::test_tools::per_element());
  const auto shown = luma(as_h264("large", next), 320, 180);
  BOOST_REQUIRE(shown.size() == 60U);
  BOOST_TEST(int{shown[29][1000]} <= 1);
}

BOOST_AUTO_TEST_CASE(says_so_when_there_is_no_decoder) {
  make_plain(1);
  auto strange = source;
  strange.format.caps = "video/x-never-heard-of";
  pieces = cut(strange, work.path(), 900ms);
  request.source.codec_name = "VVC (H.266)";
  request.piece = pieces.front();
  transcoder one;
  BOOST_CHECK_EXCEPTION(one.run(request, no), failure, [](const failure& why) {
    return why.why().whose == culprit::user &&
           why.why().what == "there is no decoder for VVC (H.266) here";
  });
}

BOOST_AUTO_TEST_CASE(refuses_options_that_x264_has_not) {
  make_plain(1);
  request.options.preset = "warp";
  request.piece = pieces.front();
  transcoder one;
  BOOST_CHECK_EXCEPTION(one.run(request, no), failure,
                        [](const failure& why) { return why.why().whose == culprit::user; });
}

BOOST_AUTO_TEST_SUITE_END()
