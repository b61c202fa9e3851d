#include "actors/node/tree_picture.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

namespace {

using nlohmann::json;

json branch(int depth, const char* name, const char* strategy = "", const char* state = "up",
            int restarts = 0, const char* last = "") {
  return {{"depth", depth}, {"name", name},         {"strategy", strategy},
          {"state", state}, {"restarts", restarts}, {"last_cause", last}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_picture_of_a_tree)

BOOST_AUTO_TEST_CASE(draws_who_is_below_whom) {
  const json tree{branch(0, "node", "one_for_one"),
                  branch(1, "ledger", "", "up", 1, "gone"),
                  branch(1, "engine", "all_for_one"),
                  branch(2, "hosts"),
                  branch(3, "host-1", "", "waiting", 2, "SIGSEGV"),
                  branch(3, "host-2"),
                  branch(2, "work", "one_for_one", "down"),
                  branch(1, "lister")};
  BOOST_TEST(vdoc::node::tree_picture(tree) ==
             "node (one_for_one)\n"
             "|- ledger  restarts 1, last: gone\n"
             "|- engine (all_for_one)\n"
             "|  |- hosts\n"
             "|  |  |- host-1  waiting, restarts 2, last: SIGSEGV\n"
             "|  |  `- host-2\n"
             "|  `- work (one_for_one)  down\n"
             "`- lister\n");
}

BOOST_AUTO_TEST_CASE(is_empty_where_there_is_nothing_and_bears_jumps) {
  BOOST_TEST(vdoc::node::tree_picture(json::array()) == "");
  BOOST_TEST(vdoc::node::tree_picture(json{branch(0, "a"), branch(2, "c"), branch(1, "b")}) ==
             "a\n   `- c\n`- b\n");
}

BOOST_AUTO_TEST_SUITE_END()
