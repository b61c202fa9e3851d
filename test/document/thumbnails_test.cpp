#include "pipelines/document/thumbnails.hpp"
#include "test/document/synthetic_pictures.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <sstream>

using namespace vdoc::document;
using namespace vdoc::document::test;
using namespace std::chrono_literals;

namespace {

struct some_pictures {
  vdoc::test::temp_folder here;
  std::vector<picture> pictures;

  void take(int count, std::chrono::seconds apart, image_size size = {320, 180}) {
    for (int at = 0; at < count; ++at) {
      const std::string name = std::to_string(at) + ".jpg";
      const auto shown = at == 0 ? drawing{}.fill(3) : slide(static_cast<unsigned>(at));
      paint(here / name, shown, size);
      pictures.push_back(test::at(apart * at, shown, name));
    }
  }

  [[nodiscard]] std::string text(const std::string& name) const {
    std::ifstream in{here / name};
    std::stringstream all;
    all << in.rdbuf();
    return all.str();
  }
};

/// Mean of red over a rectangle.
double mean_of(const image& picture, int left, int top, int width, int height) {
  double sum = 0;
  for (int y = top; y < top + height; ++y)
    for (int x = left; x < left + width; ++x)
      sum += picture.rgb[3 * (static_cast<std::size_t>(y) * picture.size.width_px + x)];
  return sum / (width * height);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_set_of_thumbnails, some_pictures)

BOOST_AUTO_TEST_CASE(has_a_tile_for_each_interval) {
  take(12, 2s);
  const auto made = write_thumbnails(pictures, here.path(), 24s, here / "thumbnails");
  BOOST_TEST(made.count == 24U);
  BOOST_TEST((made.interval == 1s));
  BOOST_TEST((jpeg_size(here / "thumbnails/sprite-01.jpg") == image_size{1600, 270}));
  const auto vtt = text("thumbnails/thumbnails.vtt");
  BOOST_TEST(vtt.starts_with("WEBVTT\n\n1\n00:00:00.000 --> 00:00:01.000\n"
                             "sprite-01.jpg#xywh=0,0,160,90\n"));
  BOOST_TEST(vtt.ends_with("24\n00:00:23.000 --> 00:00:24.000\n"
                           "sprite-01.jpg#xywh=480,180,160,90\n"));
}

BOOST_AUTO_TEST_CASE(shows_in_a_tile_what_was_there_at_that_time) {
  take(6, 4s);
  write_thumbnails(pictures, here.path(), 24s, here / "thumbnails");
  const auto sheet = read_jpeg(here / "thumbnails/sprite-01.jpg", {1600, 270});
  BOOST_REQUIRE(sheet.has_value());
  BOOST_TEST(mean_of(*sheet, 0, 0, 160, 90) < 20);        // black at 0 s
  BOOST_TEST(mean_of(*sheet, 4 * 160, 0, 160, 90) > 120); // the slide of 4 s
}

BOOST_AUTO_TEST_CASE(takes_more_sheets_and_longer_intervals_for_a_long_video) {
  take(4, 600s);
  const auto made = write_thumbnails(pictures, here.path(), 40min, here / "thumbnails");
  BOOST_TEST((made.interval == 10s));
  BOOST_TEST(made.count == 240U);
  BOOST_TEST(made.hrefs.size() == 3U);
  BOOST_TEST((jpeg_size(here / "thumbnails/sprite-03.jpg") == image_size{1600, 360}));
  BOOST_TEST(text("thumbnails/thumbnails.vtt").find("sprite-03.jpg#xywh=1440,270,160,90") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(keeps_a_portrait_upright) {
  take(3, 2s, {180, 320});
  const auto made = write_thumbnails(pictures, here.path(), 6s, here / "thumbnails");
  BOOST_TEST(made.tile_width_px == 90);
  BOOST_TEST(made.tile_height_px == 160);
}

BOOST_AUTO_TEST_CASE(has_a_poster_that_is_not_black) {
  take(6, 2s);
  BOOST_TEST(choose_poster(pictures, 12s) > 0U);
  write_thumbnails(pictures, here.path(), 12s, here / "thumbnails");
  const auto poster = read_jpeg(here / "thumbnails/poster.jpg", {320, 180});
  BOOST_REQUIRE(poster.has_value());
  BOOST_TEST((poster->size == image_size{320, 180}));
  BOOST_TEST(mean_of(*poster, 0, 0, 320, 180) > 100);
}

BOOST_AUTO_TEST_CASE(looks_for_a_poster_early) {
  for (int at = 0; at < 100; ++at)
    pictures.push_back(test::at(at * 10s, at < 2 ? drawing{} : slide(1)));
  pictures[50] = test::at(500s, drawing{}.fill(0).box(0, 0, 8, 16, 255)); // striking, but late
  BOOST_TEST(choose_poster(pictures, 1000s) == 2U);
}

BOOST_AUTO_TEST_CASE(gets_over_pictures_that_cannot_be_read) {
  take(4, 2s);
  std::ofstream{here / "1.jpg"} << "no picture";
  std::filesystem::resize_file(here / "2.jpg", 0);
  const auto made = write_thumbnails(pictures, here.path(), 8s, here / "thumbnails");
  BOOST_TEST(made.count == 8U);
  BOOST_TEST(jpeg_size(here / "thumbnails/poster.jpg").has_value());
}

BOOST_AUTO_TEST_CASE(is_not_there_without_pictures) {
  BOOST_TEST(write_thumbnails({}, here.path(), 8s, here / "thumbnails").count == 0U);
  BOOST_TEST(!std::filesystem::exists(here / "thumbnails"));
}

BOOST_AUTO_TEST_SUITE_END()
