#include "cluster/membership/node_book.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using membership::node_book;

desk::node_view node(const std::string& name) {
  desk::node_view made;
  made.at.node = name;
  made.incarnation = name + "-1";
  made.version = "1.2.3";
  made.roles = {"gateway"};
  made.since_unix_ms = 1'000;
  return made;
}

struct two_nodes {
  node_book book{node("a")};
  node_book other{node("b")};
  node_book::time_point now{1h};

  void reads(std::int64_t version_of_b) {
    auto mine = book.announcement(2'000);
    auto theirs = other.announcement(7'000'000); // another clock
    mine.version = 1;
    theirs.version = version_of_b;
    book.read({mine, theirs}, now);
  }
  desk::node_view b() const { return book.all().at(1); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_book_of_nodes, two_nodes)

BOOST_AUTO_TEST_CASE(knows_itself_before_anything_is_read) {
  BOOST_REQUIRE(book.all().size() == 1u);
  BOOST_TEST(book.all().at(0).at.node == "a");
  BOOST_TEST(book.all().at(0).here);
  BOOST_TEST(book.all().at(0).asked);
  BOOST_TEST(!book.all().at(0).leads);
}

BOOST_AUTO_TEST_CASE(knows_others_as_they_announce_themselves) {
  other.opened("tcp://b:5555", "http://b:8080");
  reads(1);
  BOOST_REQUIRE(book.all().size() == 2u);
  auto expected = node("b");
  expected.at = {"b", "tcp://b:5555", "http://b:8080"};
  expected.beat_unix_ms = 7'000'000;
  expected.here = true;
  expected.state = "up";
  BOOST_TEST((b() == expected));
}

BOOST_AUTO_TEST_CASE(knows_how_busy_others_are_for_as_long_as_they_say_it) {
  resources::node_load load{42, 900, 63'000, {{"host-1", 150, 300}}};
  other.is_loaded(load);
  reads(1);
  BOOST_TEST((b().load == load));
  load.disk_free_mib = -1;
  load.hosts.clear();
  other.is_loaded(load);
  reads(2);
  BOOST_TEST((b().load == load));
  now += 4s;
  reads(2);
  BOOST_TEST(!b().load.has_value()); // it was so
  reads(3);
  BOOST_TEST((b().load == load));
  BOOST_TEST(!book.all().at(0).load.has_value());
  book.is_loaded({7, 8, 9, {}});
  BOOST_TEST(book.all().at(0).load->busy_percent == 7u);
}

BOOST_AUTO_TEST_CASE(knows_what_others_speak_and_does_without_where_an_older_one_does_not_say) {
  auto speaking = node("b");
  speaking.oldest_protocol = 4;
  speaking.newest_protocol = 5;
  auto said = node_book{speaking}.announcement(1);
  said.version = 1;
  book.read({said}, now);
  BOOST_TEST(b().oldest_protocol == 4u);
  BOOST_TEST(b().newest_protocol == 5u);
  said.body = R"({"incarnation": "b-1", "version": "0.3.0", "beat_unix_ms": 2})";
  said.version = 2;
  book.read({said}, now);
  BOOST_TEST(b().version == "0.3.0");
  BOOST_TEST(b().newest_protocol == 0u);
  BOOST_TEST(!b().load.has_value());
  said.body = R"({"incarnation": "b-2", "beat_unix_ms": 3, "load": 7})"; // a newer one
  said.version = 3;
  book.read({said}, now);
  BOOST_TEST(b().incarnation == "b-2");
  BOOST_TEST(!b().load.has_value());
}

BOOST_AUTO_TEST_CASE(thinks_a_node_silent_whose_document_stays_as_it_is_for_four_seconds) {
  reads(1);
  now += 3'999ms;
  reads(1);
  BOOST_TEST(b().here);
  now += 1ms;
  reads(1);
  BOOST_TEST(!b().here);
  reads(2);
  BOOST_TEST(b().here);
}

BOOST_AUTO_TEST_CASE(shows_what_is_ordered_of_nodes) {
  membership::node_orders cordoned{membership::node_order{"new disk", "ann", 5'000, {}}, {}, {}};
  book.read_orders({membership::to_document("b", cordoned)});
  reads(1);
  BOOST_TEST(b().state == "cordoned");
  BOOST_TEST(b().reason == "new disk");
  BOOST_TEST(b().by == "ann");
  BOOST_TEST(b().state_since_unix_ms == 5'000);
  now += 4s;
  reads(1);
  BOOST_TEST(b().state == "silent");
  BOOST_TEST(b().reason == "also cordoned: new disk");
  book.read_orders({});
  reads(2);
  BOOST_TEST(b().state == "up");
  BOOST_TEST(b().reason == "");
}

BOOST_AUTO_TEST_CASE(takes_a_drain_for_the_process_that_it_was_meant_for) {
  membership::node_orders of_b, of_a, of_before;
  of_b.drain = membership::node_order{"upgrade", "ann", 5'000, "b-1"};
  of_a.drain = membership::node_order{"upgrade", "ann", 5'000, "a-1"};
  of_before.drain = membership::node_order{"upgrade", "ann", 5'000, "a-0"};
  book.read_orders({membership::to_document("a", of_before), membership::to_document("b", of_b)});
  reads(1);
  BOOST_TEST(b().state == "draining");
  BOOST_TEST(book.all().at(0).state == "up");
  BOOST_TEST(!book.is_to_go());
  book.read_orders({membership::to_document("a", of_a)});
  BOOST_TEST(book.is_to_go());
  BOOST_TEST(book.all().at(0).state == "draining");
  book.works(true); // MEMBERSHIP knows it
  BOOST_TEST(!book.is_to_go());
}

BOOST_AUTO_TEST_CASE(shows_who_has_joined_for_as_long_as_it_leads) {
  reads(1);
  auto worker = node("w"), same_as_b = node("b");
  worker.state = "suspect";
  same_as_b.state = "down"; // only an order on it is known there
  book.leader_knows({}, {worker, same_as_b});
  BOOST_TEST(book.all().size() == 2u); // it does not lead
  book.works(true);
  book.leader_knows({{"b", {membership::node_order{"x", "ann", 1, {}}, {}, {}}}},
                    {worker, same_as_b});
  BOOST_REQUIRE(book.all().size() == 3u);
  BOOST_TEST(book.all().at(2).state == "suspect");
  BOOST_TEST(b().state == "cordoned");
  book.read_orders({}); // read before that was written
  BOOST_TEST(b().state == "cordoned");
  book.works(false);
  BOOST_TEST(book.all().size() == 2u);
}

BOOST_AUTO_TEST_CASE(shows_how_the_work_of_a_gateway_is) {
  other.opened("tcp://b:5555", "");
  book.works(true);
  reads(1);
  auto joined = node("b");
  joined.roles = {"worker"};
  joined.here = true;
  joined.state = "suspect";
  joined.reason = "it is silent";
  joined.state_since_unix_ms = 5;
  joined.offers = {"encoder:x264enc", "gpu"};
  book.leader_knows({}, {joined});
  BOOST_REQUIRE(book.all().size() == 2u);
  BOOST_TEST(b().state == "suspect");
  BOOST_TEST(b().reason == "it is silent");
  BOOST_TEST(b().state_since_unix_ms == 5);
  BOOST_TEST(b().offers == joined.offers);
  BOOST_TEST(b().roles == std::vector<std::string>{"gateway"});
  BOOST_TEST(b().at.zmq == "tcp://b:5555");
  joined.incarnation = "b-0"; // a process before that one
  book.leader_knows({}, {joined});
  BOOST_TEST(b().state == "up");
}

BOOST_AUTO_TEST_CASE(is_told_of_without_doors_as_well) {
  other.opened("", "");
  BOOST_TEST(other.is_open());
  reads(1);
  book.leads("b-1");
  BOOST_TEST((book.leader() == desk::node_doors{"b", "", ""}));
}

BOOST_AUTO_TEST_CASE(sends_others_to_the_door_of_who_leads) {
  BOOST_TEST(!other.is_open());
  other.opened("tcp://b:5555", "");
  BOOST_TEST(other.is_open());
  reads(1);
  BOOST_TEST((book.leader() == desk::node_doors{}));
  book.leads("b-1");
  BOOST_TEST((book.leader() == desk::node_doors{"b", "tcp://b:5555", ""}));
  book.leads("b-2"); // a process that has not announced itself yet
  BOOST_TEST((book.leader() == desk::node_doors{}));
  book.leads("a-1");
  BOOST_TEST(book.leader().node == "a");
  BOOST_TEST(book.all().at(0).leads);
}

BOOST_AUTO_TEST_CASE(forgets_who_was_silent_for_an_hour_or_is_no_longer_written) {
  reads(1);
  BOOST_TEST(book.forgotten(now + 59min).empty());
  const auto gone = book.forgotten(now + 60min);
  BOOST_REQUIRE(gone.size() == 2u); // itself, too: it writes itself anew in the next second
  BOOST_TEST((gone.at(1) == ledger::document{"node", "b", "", 1}));
  book.read({}, now);
  BOOST_TEST(book.all().size() == 1u);
}

BOOST_AUTO_TEST_CASE(takes_a_document_that_it_does_not_understand_for_a_node_without_doors) {
  book.read({{"node", "b", "no JSON", 1}, {"node", "c", R"({"zmq": 7})", 1}}, now);
  BOOST_REQUIRE(book.all().size() == 3u);
  BOOST_TEST((book.all().at(2).at == desk::node_doors{"c", "", ""}));
}

BOOST_AUTO_TEST_SUITE_END()
