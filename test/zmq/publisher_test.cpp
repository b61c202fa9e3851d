#include "net/zmq/gateway.hpp"
#include "net/zmq/publish_spool.hpp"
#include "net/zmq/publisher.hpp"
#include "test/desk/plain_desk.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <fstream>
#include <set>
#include <thread>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;

struct a_service_that_comes_and_goes {
  test::temp_folder folder;
  std::string endpoint = "ipc://" + (folder / "door").string();
  test::plain_desk desk;
  std::unique_ptr<net::zmq_gateway> door;
  std::mutex mutex;
  std::map<std::uint64_t, std::string> ids; ///< by number

  void open() {
    door = std::make_unique<net::zmq_gateway>(desk, net::gateway_terms{endpoint, false});
  }
  net::publisher::means means() {
    net::publisher::means with;
    with.endpoint = endpoint;
    with.terms.resend_after = 200ms;
    with.told = [this](const net::published& how) {
      const std::scoped_lock lock{mutex};
      ids[how.number] = how.job_id.empty() ? how.refusal : how.job_id;
    };
    return with;
  }
  std::set<std::string> keys() {
    const std::scoped_lock lock{desk.mutex};
    std::set<std::string> all;
    for (const auto& [id, job] : desk.jobs)
      all.insert(job.idempotency_key);
    return all;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_publisher_and_its_service, a_service_that_comes_and_goes)

BOOST_AUTO_TEST_CASE(get_every_job_across_a_service_that_is_not_there_yet_and_one_that_goes) {
  net::publisher publisher{means()};
  for (int i = 0; i < 1'000; ++i)
    BOOST_REQUIRE(publisher.publish(R"({"source":"/a"})").has_value());
  BOOST_TEST(!publisher.flush(50ms));
  open();
  BOOST_TEST(publisher.flush(2min));
  door.reset();
  BOOST_TEST(publisher.publish(R"({"source":"/b"})").has_value());
  open();
  BOOST_TEST(publisher.flush(2min));
  BOOST_TEST(ids.size() == 1'001u);
  BOOST_TEST(keys().size() == 1'001u);
  BOOST_TEST(!keys().contains(""));
}

BOOST_AUTO_TEST_CASE(tell_what_was_refused) {
  open();
  net::publisher publisher{means()};
  publisher.publish(R"({"source":"/a"})");
  publisher.publish(R"({"sauce":"/a"})");
  BOOST_TEST(publisher.flush(2min));
  BOOST_TEST(ids[2] == "bad_request");
  BOOST_TEST(ids[1] != "bad_request");
  BOOST_CHECK_THROW(publisher.publish("[]"), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(go_on_with_the_spool_of_a_process_that_ended) {
  auto with = means();
  with.spool = folder / "spool";
  {
    net::publisher gone{with};
    for (int i = 0; i < 5; ++i)
      gone.publish(R"({"source":"/a","idempotency_key":"k)" + std::to_string(i) + "\"}");
    BOOST_CHECK_THROW(net::publisher{with}, std::runtime_error); // one at a time
  }
  open();
  net::publisher next{with};
  BOOST_TEST(next.flush(2min));
  BOOST_TEST(keys() == (std::set<std::string>{"k0", "k1", "k2", "k3", "k4"}),
             boost::test_tools::per_element());
  BOOST_TEST(std::filesystem::file_size(folder / "spool") == 0u);
}

BOOST_AUTO_TEST_CASE(have_what_they_took_on_the_disk_and_nothing_else) {
  auto with = means();
  with.spool = folder / "spool";
  with.terms.most_open = 3;
  {
    net::publisher publisher{with};
    const std::string job = R"({"source":"/a","idempotency_key":"k"})";
    BOOST_TEST(publisher.publish_all({job, job}) == (std::vector<std::uint64_t>{1, 2}),
               boost::test_tools::per_element());
    BOOST_TEST(publisher.publish_all({job, job}) == (std::vector<std::uint64_t>{3}),
               boost::test_tools::per_element());
    BOOST_TEST(publisher.publish_all({job}).empty());
    BOOST_CHECK_THROW(publisher.publish_all({job, "no job"}), std::invalid_argument);
    BOOST_TEST(publisher.open() == 3u);
  }
  BOOST_TEST(net::publish_spool{with.spool}.left().size() == 3u);
}

BOOST_AUTO_TEST_CASE(are_published_by_many_threads_each_once) {
  auto with = means();
  with.spool = folder / "spool";
  open();
  net::publisher publisher{with};
  const std::string job = R"({"source":"/a"})";
  const auto publish = [&](int times) {
    for (int i = 0; i < times; ++i)
      publisher.publish(job);
  };
  const auto begun = std::chrono::steady_clock::now();
  publish(200);
  const auto alone = std::chrono::steady_clock::now();
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] { publish(50); });
  for (auto& one : threads)
    one.join();
  const auto together = std::chrono::steady_clock::now();
  publisher.publish_all(std::vector<std::string>(500, job));
  const auto rate = [](int jobs, auto took) {
    return std::to_string(static_cast<int>(jobs / std::chrono::duration<double>(took).count()));
  };
  BOOST_TEST_MESSAGE("jobs a second on the disk: "
                     << rate(200, alone - begun) << " one by one, " << rate(400, together - alone)
                     << " of 8 threads, " << rate(500, std::chrono::steady_clock::now() - together)
                     << " in one call");
  BOOST_TEST(publisher.flush(2min));
  BOOST_TEST(ids.size() == 1'100u);
  BOOST_TEST(keys().size() == 1'100u);
  BOOST_TEST(std::filesystem::file_size(with.spool) == 0u);
}

BOOST_AUTO_TEST_CASE(take_no_more_than_they_may_keep) {
  auto with = means();
  with.terms.most_open = 2;
  net::publisher publisher{with};
  BOOST_TEST(publisher.publish("{}").has_value());
  BOOST_TEST(publisher.publish("{}").has_value());
  BOOST_TEST(!publisher.publish("{}").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_publishers_spool)

BOOST_AUTO_TEST_CASE(keeps_what_is_not_settled_and_drops_a_line_that_was_cut_off) {
  const test::temp_folder folder;
  {
    net::publish_spool spool{folder / "s"};
    for (std::uint64_t i = 1; i <= 3; ++i)
      spool.add(i, "job " + std::to_string(i));
    spool.settle(2);
    std::ofstream{folder / "s", std::ios::app} << "+job 4 is cut o";
  }
  net::publish_spool spool{folder / "s"};
  BOOST_TEST(spool.left() == (std::vector<std::string>{"job 1", "job 3"}),
             boost::test_tools::per_element());
  spool.settle(2); // "job 3" is the second now
  spool.settle(1);
  BOOST_TEST(std::filesystem::file_size(folder / "s") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
