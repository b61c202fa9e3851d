#include "test/service/a_cluster.hpp"
#include "test/service/a_service_with_a_store.hpp"

#include <csignal>

namespace {

using namespace vdoc;
using namespace vdoc::test;
using namespace std::chrono_literals;
using ledger::event_kind;
namespace fs = std::filesystem;

/// Two nodes whose results go to the same store. The one that leads stops while it puts them there.
struct two_nodes_with_a_store : a_cluster {
  void start_with(const std::map<std::string, std::string>& settings) {
    for (auto* it : {&a, &b})
      it->environment.insert(settings.begin(), settings.end());
    start();
  }
  [[nodiscard]] fs::path folder_of(const std::string& id) const {
    return folder / "data" / "jobs" / id;
  }
  /// A film with one more file among its results, which is too large for any buffer on the way.
  std::string submit_with_a_large_file(std::size_t bytes) {
    std::string noise(bytes, '\0');
    std::uint32_t at = 1;
    for (auto& one : noise)
      one = static_cast<char>((at = at * 1'664'525U + 1'013'904'223U) >> 24U);
    std::ofstream{folder / "large.bin", std::ios::binary} << noise;
    auto id = a.submit(a_film());
    BOOST_TEST_REQUIRE(until(180s, [&] { return fs::exists(folder_of(id) / "video"); }), a.log());
    fs::rename(folder / "large.bin", folder_of(id) / "large.bin");
    return id;
  }
  /// `seen` is looked at all the time.
  template <class Function> void another_leads_and_ends(const std::string& id, Function seen) {
    BOOST_TEST_REQUIRE(until(60s, [&] { return leads(b); }), b.log());
    BOOST_TEST_REQUIRE(until(300s,
                             [&] {
                               seen();
                               return b.state_of(id) == "succeeded";
                             }),
                       b.log());
  }
  void the_first_goes_on() {
    a.signal(SIGCONT);
    BOOST_TEST(until(60s, [&] { return is_ready(a) && !leads(a); }), a.log());
    until(1s, [] { return false; }); // it leaves off
  }
  void expect_one_end(const std::string& id) {
    BOOST_TEST(count_of(id, event_kind::succeeded) == 1U);
    BOOST_TEST(count_of(id, event_kind::resumed) == 1U);
    BOOST_TEST(count_of(id, event_kind::warned) == 0U);
  }
};

struct two_nodes_with_a_bucket : two_nodes_with_a_store {
  s3_server s3;

  two_nodes_with_a_bucket() {
    start_with({{"VIDEO_DOC_ARTEFACTS_STORE", "s3://films/results"},
                {"VIDEO_DOC_ARTEFACTS_ENDPOINT", s3.endpoint()},
                {"AWS_ACCESS_KEY_ID", "S3RVER"},
                {"AWS_SECRET_ACCESS_KEY", secret}});
  }
  /// What there is whenever there is a report.
  void expect_whole(const std::string& id) const {
    const auto stored = stored_in(s3, id);
    if (stored.contains("job.json"))
      BOOST_TEST((stored == content_of(folder_of(id))));
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(a_leader_that_stops_while_it_stores_results)

BOOST_FIXTURE_TEST_CASE(leaves_off_in_the_middle_of_an_upload_when_another_one_has_led_meanwhile,
                        two_nodes_with_a_bucket) {
  s3.hold("large.bin");
  const auto id = submit_with_a_large_file(24'000'000);
  BOOST_TEST_REQUIRE(until(90s, [&] { return s3.holds(); }), a.log());
  until(1s, [] { return false; }); // as much of it is sent as goes
  BOOST_TEST(!stored_in(s3, id).contains("job.json"));
  a.signal(SIGSTOP);
  another_leads_and_ends(id, [&] { expect_whole(id); });
  const auto results = content_of(folder_of(id));
  BOOST_TEST(results.contains("large.bin"));
  BOOST_TEST((stored_in(s3, id) == results));
  auto puts = s3.puts();
  the_first_goes_on();
  s3.release();
  ++puts["/films/results/" + id + "/large.bin"]; // that one arrives now, and ends at once
  BOOST_TEST(until(60s, [&] { return s3.puts() == puts; }));
  until(2s, [] { return false; });
  BOOST_TEST((s3.puts() == puts));
  BOOST_TEST((stored_in(s3, id) == results));
  BOOST_TEST((content_of(folder_of(id)) == results));
  BOOST_TEST(s3.mangled().empty());
  expect_one_end(id);
}

BOOST_FIXTURE_TEST_CASE(does_no_harm_with_what_it_had_sent_and_arrives_late,
                        two_nodes_with_a_bucket) {
  s3.hold("job.json");
  const auto id = a.submit(a_film());
  BOOST_TEST_REQUIRE(until(300s, [&] { return s3.holds(); }), a.log());
  a.signal(SIGSTOP);
  another_leads_and_ends(id, [&] { expect_whole(id); });
  const auto results = content_of(folder_of(id));
  BOOST_TEST((stored_in(s3, id) == results));
  s3.release();
  const auto report = "/films/results/" + id + "/job.json";
  BOOST_TEST(until(60s, [&] { return s3.puts()[report] == 2; }));
  until(1s, [] { return false; });
  BOOST_TEST((stored_in(s3, id) == results));
  the_first_goes_on();
  BOOST_TEST((stored_in(s3, id) == results));
  BOOST_TEST((content_of(folder_of(id)) == results));
  expect_one_end(id);
}

BOOST_FIXTURE_TEST_CASE(leaves_nothing_half_in_a_folder, two_nodes_with_a_store) {
  const auto root = folder / "results";
  fs::create_directory(root);
  start_with({{"VIDEO_DOC_ARTEFACTS_STORE", root}});
  const auto id = submit_with_a_large_file(150'000'000);
  const auto is_half = [&] {
    std::error_code none;
    for (const auto& one : fs::directory_iterator{root / id, none})
      if (one.path().filename().string().starts_with("large.bin.")) // and ends with ".part"
        return true;
    return false;
  };
  BOOST_TEST_REQUIRE(until(300s, is_half), a.log());
  a.signal(SIGSTOP);
  BOOST_TEST_REQUIRE(is_half());
  another_leads_and_ends(id, [] {});
  const auto results = content_of(folder_of(id));
  the_first_goes_on();
  BOOST_TEST((content_of(root / id) == results)); // and nothing else, such as parts
  BOOST_TEST((content_of(folder_of(id)) == results));
  expect_one_end(id);
}

BOOST_AUTO_TEST_SUITE_END()
