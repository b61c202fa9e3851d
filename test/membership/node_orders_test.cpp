#include "cluster/membership/node_orders.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace vdoc::membership;

node_order order(const std::string& why) {
  return {why, "ann (token 7)", 1'764'576'000'000, ""};
}

} // namespace

BOOST_AUTO_TEST_SUITE(orders_on_a_node)

BOOST_AUTO_TEST_CASE(are_read_as_they_were_written) {
  node_orders all;
  all.cordon = order("new \"disk\"\n");
  all.drain = order("");
  all.drain->incarnation = "p-1";
  all.quarantine = order("3 of 4 failed here");
  const auto stored = to_document("b", all);
  BOOST_TEST(stored.kind == "node_order");
  BOOST_TEST(stored.key == "b");
  BOOST_TEST((orders_in(stored) == all));
  all.quarantine.reset();
  BOOST_TEST((orders_in(to_document("b", all)) == all));
}

BOOST_AUTO_TEST_CASE(are_removed_when_there_are_none) {
  BOOST_TEST(to_document("b", {}).body == "");
  BOOST_TEST(node_orders{}.first() == nullptr);
}

BOOST_AUTO_TEST_CASE(show_the_gravest_first) {
  node_orders all;
  all.cordon = order("c");
  BOOST_TEST(all.first()->why == "c");
  all.drain = order("d");
  BOOST_TEST(all.first()->why == "d");
  all.quarantine = order("q");
  BOOST_TEST(all.first()->why == "q");
}

BOOST_AUTO_TEST_CASE(are_none_when_they_cannot_be_read) {
  for (const auto* body : {"", "no JSON", "[]", R"({"cordon": 7})", R"({"cordon": {"why": 7}})"})
    BOOST_TEST(orders_in({"node_order", "b", body}).none(), body);
}

BOOST_AUTO_TEST_SUITE_END()
