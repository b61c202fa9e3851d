#include "test/engine/exact_sources.hpp"

#include "test/engine/engine_run.hpp"
#include "test/support/exactness.hpp"
#include "test/support/ffprobe.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>

namespace vdoc::test {
namespace {

void check_shape(const package_seen& package, const source& recipe) {
  const double width =
      recipe.display_width_px > 0 ? recipe.display_width_px : recipe.master.width_px;
  const double height =
      recipe.display_height_px > 0 ? recipe.display_height_px : recipe.master.height_px;
  for (const auto& one : package.video) {
    const auto stream = first_stream(ffprobe_streams(one.track.input), "video");
    const int made_width = stream.at("width"), made_height = stream.at("height");
    BOOST_TEST(made_width % 2 == 0);
    BOOST_TEST(made_height % 2 == 0);
    // Even sizes near the source's shape: at most two pixels off.
    BOOST_TEST(std::abs(made_width - made_height * width / height) <= 2.0,
               one.track.name << " is " << made_width << "x" << made_height);
    BOOST_TEST(made_width <= width + 1);
    BOOST_TEST(stream.value("sample_aspect_ratio", "1:1") == "1:1");
    // Full range goes by a name of its own.
    const bool full = stream.value("color_range", "tv") == "pc";
    BOOST_TEST(stream.at("pix_fmt") == (full ? "yuvj420p" : "yuv420p"));
    BOOST_TEST(stream.value("field_order", "progressive") == "progressive");
  }
}

void check_report(const nlohmann::json& job, const package_seen& package, const source_truth& truth,
                  const source& recipe) {
  BOOST_TEST(job.value("state", "") == "succeeded");
  BOOST_TEST(job.value("restarts", -1) == 0);
  BOOST_TEST(job.value("hdr", false) == recipe.hdr);
  if (!recipe.video)
    return;
  BOOST_REQUIRE(job.at("renditions").size() == package.video.size());
  for (const auto& one : job.at("renditions"))
    BOOST_TEST(one.at("frames").get<std::size_t>() == truth.frames.size());
}

/// LANGUAGE of each rendition of a type in the master playlist.
std::vector<std::string> languages_in(const package_seen& package, const std::string& type) {
  std::vector<std::string> found;
  for (const auto& one : package.master.media)
    if (one.at("TYPE") == type)
      found.push_back(one.contains("LANGUAGE") ? one.at("LANGUAGE") : "");
  return found;
}

} // namespace

void becomes_exact(const source& recipe) {
  const auto file = make(recipe);
  const auto truth = truth_of(file.string(), recipe.video, recipe.audio);
  const temp_folder out;
  const bool texts = !recipe.caption_languages.empty() || !recipe.chapters.empty();
  auto flags = renditions_only();
  if (texts)
    flags = {"--segment", "2s"};
  const auto result = run_engine({{file.string()}, flags, small_ladder()}, out.path());
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  const auto folder = out.path() / file.stem();
  const auto found = check_everything(
      folder, truth,
      {.zero = recipe.zero_slack, .numbers = recipe.numbered, .sync = recipe.sync_slack});
  BOOST_TEST(found.empty(), recipe.name << found);
  const auto package = read_package(folder);
  BOOST_TEST(package.video.empty() != recipe.video);
  check_shape(package, recipe);
  check_report(job_of(folder), package, truth, recipe);
  if (!recipe.audio_languages.empty())
    BOOST_TEST(languages_in(package, "AUDIO") == recipe.audio_languages,
               boost::test_tools::per_element());
  if (!recipe.caption_languages.empty())
    BOOST_TEST(languages_in(package, "SUBTITLES") == recipe.caption_languages,
               boost::test_tools::per_element());
}

} // namespace vdoc::test
