#include "pipelines/document/key_pictures.hpp"
#include "test/document/synthetic_pictures.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>

using namespace vdoc::document;
using namespace vdoc::document::test;
using namespace std::chrono_literals;

namespace {

/// One picture a second for so long.
std::vector<picture> film(std::chrono::seconds length,
                          const std::function<drawing(double second)>& show) {
  std::vector<picture> pictures;
  for (std::int64_t second = 0; second < length.count(); ++second)
    pictures.push_back(at(std::chrono::seconds{second}, show(static_cast<double>(second))));
  return pictures;
}

/// When the chosen pictures begin, in seconds.
std::vector<int> begins(const std::vector<picture>& pictures) {
  std::vector<int> seconds;
  for (const auto& one : choose_key_pictures(pictures))
    seconds.push_back(static_cast<int>(one.begin / 1s));
  return seconds;
}

using vector = std::vector<int>;

} // namespace

BOOST_AUTO_TEST_SUITE(a_choice_of_key_pictures)

BOOST_AUTO_TEST_CASE(takes_each_slide_once) {
  const auto pictures = film(120s, [](double s) {
    return slide(static_cast<unsigned>(s / 20)).noise(static_cast<unsigned>(s), 1.5);
  });
  BOOST_TEST(begins(pictures) == (vector{0, 20, 40, 60, 80, 100}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(takes_a_slide_again_when_it_comes_back) {
  const auto pictures = film(60s, [](double s) { return slide(s < 20 || s >= 40 ? 1 : 2); });
  BOOST_TEST(begins(pictures) == (vector{0, 20, 40}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(takes_a_talking_head_once) {
  const auto pictures =
      film(600s, [](double s) { return talking_head(s * 0.9).noise(static_cast<unsigned>(s), 3); });
  BOOST_TEST(begins(pictures) == (vector{0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(takes_no_notice_of_noise_and_of_light) {
  const auto pictures = film(
      120s, [](double s) { return slide(3).brighter(-s / 4).noise(static_cast<unsigned>(s), 4); });
  BOOST_TEST(begins(pictures) == (vector{0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(takes_the_picture_after_a_fade_and_not_the_one_within) {
  const auto pictures = film(30s, [](double s) {
    const double part = std::clamp((s - 10) / 4, 0.0, 1.0);
    drawing mixed = slide(4);
    const drawing next = slide(5);
    for (std::size_t cell = 0; cell < 256; ++cell)
      mixed.cells[cell] = (1 - part) * mixed.cells[cell] + part * next.cells[cell];
    return mixed;
  });
  const auto chosen = choose_key_pictures(pictures);
  BOOST_REQUIRE_EQUAL(chosen.size(), 2U);
  BOOST_TEST(chosen[1].index >= 13U);
  BOOST_TEST(chosen[1].index <= 15U);
}

BOOST_AUTO_TEST_CASE(skips_black_white_and_plain_pictures) {
  const auto pictures = film(40s, [](double s) {
    if (s < 5)
      return drawing{}.fill(4).noise(static_cast<unsigned>(s), 2);
    if (s >= 15 && s < 18)
      return drawing{}.fill(250);
    return slide(s < 15 ? 6 : 7);
  });
  BOOST_TEST(begins(pictures) == (vector{5, 18}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(ignores_a_flash_that_goes_back_to_what_was_there) {
  const auto pictures = film(30s, [](double s) { return slide(s == 12 ? 9 : 8); });
  BOOST_TEST(begins(pictures) == (vector{0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(keeps_to_its_number_for_a_minute_when_the_scene_never_rests) {
  const auto pictures =
      film(600s, [](double s) { return slide(static_cast<unsigned>(s) / 3 + 100); });
  const auto chosen = choose_key_pictures(pictures);
  BOOST_TEST(chosen.size() <= 60U);
  BOOST_TEST(chosen.size() >= 40U);
  for (std::size_t at = 6; at < chosen.size(); ++at)
    BOOST_TEST((chosen[at].begin - chosen[at - 6].begin >= 60s));
}

BOOST_AUTO_TEST_CASE(takes_some_picture_of_restless_motion) {
  const auto pictures = film(60s, [](double s) { return slide(static_cast<unsigned>(s) + 300); });
  const auto chosen = choose_key_pictures(pictures);
  BOOST_TEST(chosen.size() >= 3U);
  BOOST_TEST(chosen.size() <= 6U);
}

BOOST_AUTO_TEST_CASE(keeps_to_its_number_in_all) {
  const auto pictures =
      film(3600s, [](double s) { return slide(static_cast<unsigned>(s) / 15 + 500); });
  change_limits limits;
  limits.most = 50;
  const auto chosen = choose_key_pictures(pictures, limits);
  BOOST_TEST(chosen.size() <= 50U);
  BOOST_TEST(chosen.size() >= 45U);
  BOOST_TEST(chosen.front().index == 0U);
}

BOOST_AUTO_TEST_CASE(has_nothing_to_choose_from_nothing) {
  BOOST_TEST(choose_key_pictures({}).empty());
  BOOST_TEST(begins(film(20s, [](double) { return drawing{}; })).empty());
}

BOOST_AUTO_TEST_SUITE_END()
