#include "actors/node/role_check.hpp"
#include "conf/settings.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc;

namespace {

struct a_node {
  conf::settings settings;

  std::string says(const std::string& role) {
    settings.cluster.role = role;
    return node::complaint_about_roles(settings);
  }
  static bool begins(const std::string& text, const std::string& words) {
    return text.starts_with(words) && text.find('\n') == std::string::npos;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_node_with_some_roles, a_node)

BOOST_AUTO_TEST_CASE(needs_nothing_when_it_is_everything_or_takes_jobs_and_leads) {
  BOOST_TEST(says("all") == "");
  settings.cluster.listen = "127.0.0.1:7400";
  BOOST_TEST(says("gateway,leader-candidate") == "");
}

BOOST_AUTO_TEST_CASE(has_to_share_a_ledger_when_others_lead_or_take_jobs_for_it) {
  settings.cluster.join = {"a:7400"};
  settings.cluster.listen = "127.0.0.1:7400";
  for (const auto* role : {"gateway", "gateway,worker"})
    BOOST_TEST(begins(says(role), "a node that is a gateway and cannot lead shares its ledger with "
                                  "others, which takes PostgreSQL"),
               says(role));
  for (const auto* role : {"leader-candidate", "leader-candidate,worker"})
    BOOST_TEST(begins(says(role), "a node that is no gateway and may lead shares its ledger with "
                                  "others, which takes PostgreSQL"),
               says(role));
  settings.ledger.database = "/srv/a.db";
  BOOST_TEST(says("gateway") != "");
  settings.ledger.database = "postgresql://db/x";
  for (const auto* role :
       {"gateway", "gateway,worker", "leader-candidate", "leader-candidate,worker"})
    BOOST_TEST(says(role) == "");
}

BOOST_AUTO_TEST_CASE(has_to_know_for_whom_it_works) {
  settings.ledger.database = "postgresql://db/x";
  for (const auto* role : {"worker", "gateway,worker"})
    BOOST_TEST(begins(says(role), "a worker has to know where somebody leads"), says(role));
  BOOST_TEST(says("gateway") == "");
  settings.ledger.database = "";
  settings.cluster.join = {"a:7400"};
  BOOST_TEST(says("worker") == ""); // without any database
}

BOOST_AUTO_TEST_CASE(has_to_let_workers_in_when_it_may_lead_and_is_none) {
  BOOST_TEST(begins(says("gateway,leader-candidate"),
                    "a node that may lead and is no worker needs others that work"));
}

BOOST_AUTO_TEST_SUITE_END()
