#include "actors/transcode/keeping.hpp"
#include "test/support/temp_folder.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <future>
#include <optional>

namespace {

using namespace std::chrono_literals;
using vdoc::allegiance;
using vdoc::transcode::keeping;
namespace fs = std::filesystem;

const std::string key(64, 'a');

struct a_node {
  vdoc::test::temp_folder temp;
  const std::atomic<bool> no{false};

  std::unique_ptr<keeping> process(const std::string& host, const std::string& life,
                                   bool is_lent = true) const {
    return std::make_unique<keeping>(temp / "kept", host, "n." + life, is_lent,
                                     std::make_shared<allegiance>());
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_media_host_that_takes_the_place_of_another, a_node)

BOOST_AUTO_TEST_CASE(waits_until_that_has_finished_what_it_had_in_hand) {
  auto before = process("host-1", "1");
  BOOST_TEST(before->linger(key));
  auto next = process("host-1", "2");
  BOOST_TEST(next->words() == std::vector<std::string>{"kept:" + key});
  auto waits = std::async(std::launch::async, [&] { next->await_predecessor(no); });
  BOOST_TEST((waits.wait_for(200ms) == std::future_status::timeout));
  before.reset(); // or its process ends, however
  BOOST_TEST((waits.wait_for(60s) == std::future_status::ready));
  BOOST_TEST(next->words().empty());
}

BOOST_AUTO_TEST_CASE(does_not_wait_for_that_of_another_host) {
  const auto before = process("host-1", "1");
  BOOST_TEST(before->linger(key));
  auto next = process("host-2", "1");
  BOOST_TEST(next->words().empty());
  auto waits = std::async(std::launch::async, [&] { next->await_predecessor(no); });
  BOOST_TEST((waits.wait_for(60s) == std::future_status::ready));
}

BOOST_AUTO_TEST_CASE(waits_no_longer_for_what_nobody_wants) {
  const auto before = process("host-1", "1");
  BOOST_TEST(before->linger(key));
  auto next = process("host-1", "2");
  std::atomic<bool> cancelled{false};
  auto waits = std::async(std::launch::async, [&] { next->await_predecessor(cancelled); });
  cancelled = true;
  BOOST_TEST((waits.wait_for(60s) == std::future_status::ready));
  BOOST_TEST(next->clear_desk().empty()); // which is still that of the other one
}

BOOST_AUTO_TEST_CASE(tells_the_leader_what_the_hosts_of_its_node_have_kept) {
  const auto one = process("host-1", "1");
  std::ofstream{temp / "file"} << "bytes";
  one->encodes().keep(key, temp.path(), {"file"}, "said");
  const auto other = process("host-2", "1");
  BOOST_TEST(other->words() == std::vector<std::string>{"kept:" + key});
}

BOOST_AUTO_TEST_CASE(encodes_into_a_folder_of_its_own_only_while_it_is_lent) {
  const auto lent = process("host-1", "1");
  BOOST_TEST(lent->clear_desk().empty()); // it does not know yet whether it is alone
  lent->await_predecessor(no);
  const auto desk = lent->clear_desk();
  BOOST_REQUIRE(fs::is_directory(desk));
  std::ofstream{desk / "left"} << "behind";
  BOOST_TEST(lent->clear_desk() == desk);
  BOOST_TEST(fs::is_empty(desk));
  const auto other = process("host-2", "1");
  other->await_predecessor(no);
  BOOST_TEST(other->clear_desk() != desk);
  const auto own = process("host-3", "1", false);
  own->await_predecessor(no);
  BOOST_TEST(own->clear_desk().empty());
}

BOOST_AUTO_TEST_SUITE_END()
