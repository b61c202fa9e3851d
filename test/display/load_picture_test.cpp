#include "actors/node/load_picture.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

using nlohmann::json;
using vdoc::node::load_picture;

BOOST_AUTO_TEST_SUITE(a_picture_of_load)

BOOST_AUTO_TEST_CASE(shows_what_a_node_says) {
  auto node = json::parse(R"({"protocols": {"oldest": 4, "newest": 5},
    "slots": {"taken": 1, "of": 2},
    "load": {"busy": 1.4251, "memory_free_mib": 900, "disk_free_mib": 63000, "hosts": []}})");
  BOOST_TEST(load_picture(node) ==
             "  protocol 4-5  slots 1/2  load 1.43  memory 900 MiB free  disk 63000 MiB free");
  node["load"].erase("disk_free_mib");
  node.erase("slots");
  BOOST_TEST(load_picture(node) == "  protocol 4-5  load 1.43  memory 900 MiB free");
  BOOST_TEST(load_picture(json::object()) == "");
  BOOST_TEST(load_picture(json::parse(R"({"protocols": {"oldest": 4, "newest": 4}})")) ==
             "  protocol 4");
}

BOOST_AUTO_TEST_SUITE_END()
