#include "test/service/a_service.hpp"
#include "test/support/media_catalogue.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <sys/stat.h>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
using nlohmann::json;
namespace fs = std::filesystem;

const json spec{{"captions", "off"}, {"segment_ms", 2000}};

/// A service, and films that hold the same under several names.
struct a_service_with_films : a_service {
  temp_folder films;

  a_service_with_films() { start(); }

  fs::path film(const std::string& name) const {
    fs::copy_file(make(source_named("mp4_faststart")), films / name);
    return films / name;
  }
  std::string does(const fs::path& source, const json& how = spec) {
    auto id = submit({{"source", source.string()}, {"spec", how}});
    BOOST_TEST(wait_for(id, "succeeded", 300s), log());
    return id;
  }
  [[nodiscard]] fs::path folder_of(const std::string& id) const { return served() / "jobs" / id; }
  [[nodiscard]] json report(const std::string& id) const {
    return json::parse(std::ifstream{folder_of(id) / "job.json"});
  }
  /// Whose results a job has; "": it has made them itself.
  [[nodiscard]] std::string reused_by(const std::string& id) const {
    return report(id).value("reused_from", "");
  }
  /// Every file of the results with its content, those of each attempt left out.
  [[nodiscard]] std::map<std::string, std::string> results_of(const std::string& id) const {
    std::map<std::string, std::string> all;
    const auto root = folder_of(id);
    for (const auto& it : fs::recursive_directory_iterator{root}) {
      const auto name = it.path().lexically_relative(root).string();
      if (!it.is_regular_file() || name.starts_with(".work") || name == "job.json")
        continue;
      std::ifstream in{it.path(), std::ios::binary};
      all[name] = {std::istreambuf_iterator<char>{in}, {}};
    }
    return all;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_service_that_knows_its_results, a_service_with_films)

BOOST_AUTO_TEST_CASE(reuses_them_for_the_same_content_and_wish_and_says_whose_they_are) {
  fs::create_directory(films / "elsewhere");
  const auto first = does(film("talk.mp4"));
  const auto second = does(film("elsewhere/talk.mp4"));
  BOOST_TEST(reused_by(first) == "");
  BOOST_TEST(reused_by(second) == first);
  BOOST_TEST((results_of(second) == results_of(first)));
  BOOST_TEST(results_of(second).contains("master.m3u8"));
  BOOST_TEST(report(second)["renditions"] == report(first)["renditions"]);
  BOOST_TEST(report(second)["stages"].contains("transcode") == false);
  const auto status = ask("STATUS", {{"id", second}});
  BOOST_TEST(status->at("cause") == "the results of job " + first + " are reused");
  BOOST_TEST(status->at("reused_from") == first);
  BOOST_TEST(!ask("STATUS", {{"id", first}})->contains("reused_from"));
  const auto third = does(films / "talk.mp4");
  BOOST_TEST(reused_by(third) == first);
}

BOOST_AUTO_TEST_CASE(keeps_them_when_the_first_job_is_gone) {
  const auto file = film("talk.mp4");
  const auto first = does(file);
  const auto second = does(file);
  const auto before = results_of(second);
  fs::remove_all(folder_of(first));
  BOOST_TEST((results_of(second) == before));
  BOOST_TEST(reused_by(does(file)) == first); // from the second, whose work it was not
}

BOOST_AUTO_TEST_CASE(makes_them_anew_for_anything_else) {
  const auto file = film("talk.mp4");
  const auto first = does(file);
  auto other = spec;
  other["crf"] = 30;
  BOOST_TEST(reused_by(does(file, other)) == "");
  auto fresh = spec;
  fresh["fresh"] = true;
  BOOST_TEST(reused_by(does(file, fresh)) == "");
  const auto of_another = submit({{"source", file.string()}, {"spec", spec}, {"tenant", "other"}});
  BOOST_TEST(wait_for(of_another, "succeeded", 300s), log());
  BOOST_TEST(reused_by(of_another) == "");
  std::ofstream{file, std::ios::app | std::ios::binary} << std::string(8, '\0');
  BOOST_TEST(reused_by(does(file)) == "");
}

BOOST_AUTO_TEST_CASE(makes_them_anew_when_it_is_told_to) {
  stop();
  environment["VIDEO_DOC_SERVICE_REUSE_RESULTS"] = "false";
  start();
  const auto file = film("talk.mp4");
  does(file);
  BOOST_TEST(reused_by(does(file)) == "");
}

BOOST_AUTO_TEST_CASE(makes_them_anew_when_those_of_the_first_job_are_not_whole) {
  const auto file = film("talk.mp4");
  const auto first = does(file);
  const auto before = results_of(first);
  fs::remove(folder_of(first) / "video.mp4");
  const auto second = does(file);
  BOOST_TEST(reused_by(second) == "");
  BOOST_TEST((results_of(second) == before));
}

BOOST_AUTO_TEST_SUITE_END()
