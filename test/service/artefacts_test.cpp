#include "test/service/a_service_with_a_store.hpp"

#include <algorithm>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
using nlohmann::json;

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_service_with_an_artefact_store, a_service_with_a_store)

BOOST_AUTO_TEST_CASE(has_put_all_results_there_once_when_a_job_has_succeeded) {
  const auto id = does_film();
  const auto stored = stored_of(id);
  BOOST_TEST(stored.size() > 10U);
  BOOST_TEST(stored.contains("master.m3u8"));
  BOOST_TEST(stored.contains("document.md"));
  BOOST_TEST((stored == results_of(id)));
  BOOST_TEST(report(id)["warnings"] == json::array());
  const auto files = http() + "/api/v1/jobs/" + id + "/files/";
  for (const auto& [path, bytes] : stored) {
    const auto url = files + path;
    BOOST_TEST((run({{"curl", "-s", url}, {}, {}}, 60s).out == bytes), path);
  }
  const auto puts = s3.puts();
  BOOST_TEST(puts.size() == stored.size());
  BOOST_TEST(std::ranges::all_of(puts, [](const auto& each) { return each.second == 1; }));
  BOOST_TEST(s3.mangled().empty());
  BOOST_TEST(metrics().find(R"(video_doc_artefacts_total{result="stored"} 1)") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(tries_again_what_an_overloaded_store_refuses) {
  s3.control("refuse", 2);
  const auto id = does_film();
  BOOST_TEST((stored_of(id) == results_of(id)));
  BOOST_TEST(report(id)["warnings"] == json::array());
}

BOOST_AUTO_TEST_CASE(leaves_results_while_it_is_away_and_moves_them_later_whatever_dies_meanwhile) {
  s3.kill();
  const auto first = does_film();
  const auto second = does_film();
  for (const auto& id : {first, second}) {
    BOOST_TEST_REQUIRE(report(id)["warnings"].size() == 1U);
    BOOST_TEST(report(id)["warnings"][0].get<std::string>().find("left in the data folder") !=
               std::string::npos);
    BOOST_TEST(stored_of(id).empty());
  }
  const auto shown = run_client({"cluster", "breakers"});
  BOOST_TEST(shown.out.find("artefacts") != std::string::npos, shown.story());
  BOOST_TEST(shown.out.find("open") != std::string::npos, shown.out);
  BOOST_TEST(metrics().find(R"(video_doc_artefacts_total{result="left"} 2)") != std::string::npos);
  kill_node();
  s3.start();
  start();
  BOOST_TEST(waits_until_stored(first), log());
  BOOST_TEST(waits_until_stored(second), log());
  BOOST_TEST((stored_of(first) == results_of(first)));
  BOOST_TEST((stored_of(second) == results_of(second)));
  const auto said = log();
  BOOST_TEST(said.find(secret) == std::string::npos);
  const auto puts = s3.puts();
  BOOST_TEST(std::ranges::all_of(puts, [](const auto& each) { return each.second == 1; }));
}

BOOST_AUTO_TEST_CASE(goes_on_where_it_was_killed_while_it_put_them) {
  const auto id = submit_film();
  BOOST_TEST(until(300s, [&] { return !stored_of(id).empty(); }), log());
  kill_node();
  start();
  BOOST_TEST(wait_for(id, "succeeded", 180s), log());
  BOOST_TEST((stored_of(id) == results_of(id)));
}

BOOST_AUTO_TEST_CASE(moves_them_when_the_store_dies_in_the_middle_and_comes_back) {
  s3.control("die", 200'000);
  const auto id = does_film();
  BOOST_TEST(until(60s, [&] { return s3.ended(); }));
  BOOST_TEST(!stored_of(id).contains("job.json"));
  BOOST_TEST(!stored_of(id).contains("master.m3u8"));
  BOOST_TEST(report(id)["warnings"].size() == 1U);
  s3.start();
  BOOST_TEST(waits_until_stored(id), log());
  BOOST_TEST((stored_of(id) == results_of(id)));
}

BOOST_AUTO_TEST_CASE(says_at_once_what_only_an_operator_can_set_right) {
  stop();
  environment["AWS_SECRET_ACCESS_KEY"] = "a wrong secret";
  start();
  const auto id = does_film();
  const auto warning = report(id)["warnings"].at(0).get<std::string>();
  BOOST_TEST(warning.find("SignatureDoesNotMatch") != std::string::npos, warning);
  BOOST_TEST(warning.find("check AWS_ACCESS_KEY_ID") != std::string::npos, warning);
  BOOST_TEST(warning.find("a wrong secret") == std::string::npos, warning);
  BOOST_TEST(log().find("a wrong secret") == std::string::npos);
  environment["AWS_SECRET_ACCESS_KEY"] = secret;
  stop();
  start();
  BOOST_TEST(waits_until_stored(id), log());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_service_without_credentials)

BOOST_AUTO_TEST_CASE(does_not_start_with_a_bucket_as_its_store) {
  a_service service;
  service.environment["VIDEO_DOC_ARTEFACTS_STORE"] = "s3://films";
  service.environment["AWS_ACCESS_KEY_ID"] = "";
  service.environment["AWS_SECRET_ACCESS_KEY"] = "";
  service.start();
  BOOST_TEST(service.ends_by_itself(60s) == 1);
  BOOST_TEST(service.log().find("AWS_SECRET_ACCESS_KEY") != std::string::npos, service.log());
}

BOOST_AUTO_TEST_SUITE_END()
