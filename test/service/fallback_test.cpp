#include "test/service/a_service_with_a_store.hpp"

#include <algorithm>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
using nlohmann::json;

std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> all;
  std::error_code ignored; // what is there comes and goes
  for (const auto& one : std::filesystem::recursive_directory_iterator{folder, ignored})
    if (one.is_regular_file(ignored))
      all.push_back(one.path());
  return all;
}

/// A service whose results go to a bucket, or, while that is away, to another one that is another
/// key's.
struct a_service_with_a_fallback : a_service_with_a_store {
  s3_server spare;

  a_service_with_a_fallback() : a_service_with_a_store{false} {
    environment["VIDEO_DOC_ARTEFACTS_FALLBACK"] = "s3://films/results";
    environment["VIDEO_DOC_ARTEFACTS_FALLBACK_ENDPOINT"] = spare.endpoint();
    environment["FALLBACK_AWS_ACCESS_KEY_ID"] = "S3RVER";
    environment["FALLBACK_AWS_SECRET_ACCESS_KEY"] = secret;
    start();
  }

  [[nodiscard]] content kept_of(const std::string& id) const { return stored_in(spare, id); }
  [[nodiscard]] std::string warning(const std::string& id) const {
    const auto all = report(id)["warnings"];
    BOOST_TEST_REQUIRE(all.size() == 1U);
    return all[0];
  }
  [[nodiscard]] std::vector<std::string> told_of(const std::string& id) const {
    std::vector<std::string> all;
    for (const auto& one : vdoc::ledger::open_store(database())->history_of(id).events)
      if (one.kind == vdoc::ledger::event_kind::warned)
        all.push_back(one.cause);
    return all;
  }
  /// Files that were fetched from one store and are not yet in the other.
  [[nodiscard]] std::vector<std::filesystem::path> on_the_way() const {
    std::vector<std::filesystem::path> all;
    for (const auto& node : std::filesystem::directory_iterator{served() / "nodes"})
      for (const auto& file : files_below(node.path() / "passing"))
        all.push_back(file);
    return all;
  }
  bool moves(const std::string& id) const {
    return waits_until_stored(id) && until(60s, [&] { return kept_of(id).empty(); }) &&
           until(60s, [&] { return tasks() == 0; });
  }
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Its metrics come to say so: stock is taken twice a second.
bool comes_to_tell(const a_service_with_a_fallback& it, const std::string& line) {
  return until(60s, [&] { return has(it.metrics(), line + "\n"); });
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_service_with_a_fallback_store, a_service_with_a_fallback)

BOOST_AUTO_TEST_CASE(uses_it_while_the_store_is_away_and_says_so_and_moves_all_when_it_is_back) {
  s3.kill();
  const auto first = does_film();
  const auto second = does_film();
  for (const auto& id : {first, second}) {
    BOOST_TEST(has(warning(id), "put into the fallback store s3://films/results"), warning(id));
    BOOST_TEST((kept_of(id) == results_of(id))); // with the report that says so
    BOOST_TEST(has(told_of(id).at(0), "put into the fallback store"));
  }
  const auto shown = run_client({"cluster", "breakers"});
  BOOST_TEST(has(shown.out, "artefacts  open"), shown.out);
  BOOST_TEST(has(shown.out, "artefacts fallback  closed"), shown.out);
  BOOST_TEST(has(shown.out, "holds 2"), shown.out);
  BOOST_TEST(comes_to_tell(*this, R"(video_doc_artefacts_total{result="fallback"} 2)"));
  BOOST_TEST(comes_to_tell(*this, R"(video_doc_artefacts_waiting{in="fallback"} 2)"));
  s3.start();
  BOOST_TEST(moves(first), log());
  BOOST_TEST(moves(second), log());
  for (const auto& id : {first, second}) {
    BOOST_TEST((stored_of(id) == results_of(id)));
    BOOST_TEST(told_of(id).size() == 2U);
    BOOST_TEST(told_of(id).at(1) == "the results are in the artefact store now");
  }
  BOOST_TEST(comes_to_tell(*this, R"(video_doc_artefacts_waiting{in="fallback"} 0)"));
  BOOST_TEST(report(does_film())["warnings"] == json::array());
}

BOOST_AUTO_TEST_CASE(loses_nothing_when_it_is_killed_while_it_puts_and_while_it_moves_them) {
  s3.kill();
  spare.hold("master.m3u8");
  const auto id = submit_film();
  BOOST_TEST_REQUIRE(until(300s, [&] { return spare.holds(); }), log());
  BOOST_TEST(tasks() == 1U); // it is in the ledger before it is in the fallback
  kill_node();
  spare.release();
  start();
  BOOST_TEST_REQUIRE(wait_for(id, "succeeded", 180s), log());
  BOOST_TEST((kept_of(id) == results_of(id)));
  s3.start();
  s3.hold("master.m3u8");
  BOOST_TEST_REQUIRE(until(180s, [&] { return s3.holds(); }), log());
  kill_node();
  s3.release();
  BOOST_TEST((kept_of(id) == results_of(id))); // until the store has all of it
  start();
  BOOST_TEST(moves(id), log());
  BOOST_TEST((stored_of(id) == results_of(id)));
}

BOOST_AUTO_TEST_CASE(leaves_nothing_on_the_way_behind_that_outlasts_the_next_start) {
  stop();
  const temp_folder passed;
  environment["TMPDIR"] = passed.path();
  start();
  s3.kill();
  const auto id = does_film();
  const auto results = kept_of(id);
  stop();
  std::filesystem::remove_all(folder_of(id)); // so they are in the fallback alone
  start();
  s3.start();
  s3.hold("master.m3u8");
  BOOST_TEST_REQUIRE(until(180s, [&] { return s3.holds(); }), log());
  BOOST_TEST(on_the_way().size() == 1U);
  BOOST_TEST(bytes_of(on_the_way().at(0)) == results.at("master.m3u8"));
  kill_node();
  const auto left = on_the_way();
  BOOST_TEST(left.size() == 1U);
  s3.release();
  start();
  BOOST_TEST(moves(id), log());
  BOOST_TEST((stored_of(id) == results));
  BOOST_TEST(!std::filesystem::exists(left.at(0)));
  BOOST_TEST(until(60s, [&] { return on_the_way().empty(); }));
  for (const auto& file : files_below(passed.path()))
    BOOST_TEST(file.filename() != left.at(0).filename());
}

BOOST_AUTO_TEST_CASE(clears_it_after_a_crash_when_it_was_away_meanwhile) {
  s3.kill();
  const auto id = does_film();
  spare.kill();
  s3.start();
  BOOST_TEST(waits_until_stored(id), log());
  BOOST_TEST((stored_of(id) == results_of(id)));
  BOOST_TEST(tasks() == 1U);
  BOOST_TEST(!kept_of(id).empty());
  kill_node();
  spare.start();
  start();
  BOOST_TEST(moves(id), log());
  const auto puts = s3.puts();
  BOOST_TEST(std::ranges::all_of(puts, [](const auto& each) { return each.second == 1; }));
}

BOOST_AUTO_TEST_CASE(leaves_results_in_the_folder_of_jobs_when_both_are_away) {
  s3.kill();
  spare.kill();
  const auto id = does_film();
  BOOST_TEST(has(warning(id), "left in the data folder"), warning(id));
  BOOST_TEST(comes_to_tell(*this, R"(video_doc_artefacts_waiting{in="folder"} 1)"));
  BOOST_TEST(comes_to_tell(*this, R"(video_doc_artefacts_total{result="left"} 1)"));
  spare.start();
  s3.start();
  BOOST_TEST(moves(id), log());
  BOOST_TEST((stored_of(id) == results_of(id)));
}

BOOST_AUTO_TEST_CASE(asks_it_by_its_own_key_when_that_of_the_store_is_refused) {
  stop();
  environment["AWS_SECRET_ACCESS_KEY"] = "a wrong secret";
  start();
  const auto id = does_film();
  BOOST_TEST(has(warning(id), "SignatureDoesNotMatch"), warning(id));
  BOOST_TEST((kept_of(id) == results_of(id)));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_fallback_store)

BOOST_AUTO_TEST_CASE(has_to_be_another_place_than_the_store_and_needs_one) {
  for (const auto& [store, fallback] : {std::pair{"/tmp/a", "/tmp/a"}, std::pair{"", "/tmp/a"}}) {
    a_service service;
    service.environment["VIDEO_DOC_ARTEFACTS_STORE"] = store;
    service.environment["VIDEO_DOC_ARTEFACTS_FALLBACK"] = fallback;
    service.start();
    BOOST_TEST(service.ends_by_itself(60s) == 1);
    BOOST_TEST(has(service.log(), "artefacts.fallback is"), service.log());
  }
}

BOOST_AUTO_TEST_SUITE_END()
