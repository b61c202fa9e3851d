#include "net/zmq/local_endpoint.hpp"
#include "net/zmq/request.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace vdoc::net;

BOOST_AUTO_TEST_SUITE(frames_of_a_request)

BOOST_AUTO_TEST_CASE(are_protocol_id_verb_and_body) {
  const auto it = read_request({"VDOC1", "7", "STATUS", "{}"});
  BOOST_REQUIRE(it.has_value());
  BOOST_TEST(!it->delimited);
  BOOST_TEST(it->id == "7");
  BOOST_TEST(it->verb == "STATUS");
  BOOST_TEST(it->body == "{}");
  const std::vector<std::string> answer{"VDOC1", "7", "OK", "{}"};
  BOOST_TEST(write_answer(*it, "OK", "{}") == answer, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(may_begin_with_an_empty_one_as_does_the_answer) {
  const auto it = read_request({"", "VDOC1", "7", "PING"});
  BOOST_REQUIRE(it.has_value());
  BOOST_TEST(it->delimited);
  BOOST_TEST(it->body == "");
  BOOST_TEST(write_answer(*it, "OK", "{}").front() == "");
}

BOOST_AUTO_TEST_CASE(are_no_request_without_protocol_and_id) {
  BOOST_TEST(!read_request({}).has_value());
  BOOST_TEST(!read_request({""}).has_value());
  BOOST_TEST(!read_request({"VDOC1"}).has_value());
  BOOST_TEST(!read_request({"VDOC1", ""}).has_value());
  BOOST_TEST(!read_request({"HTTP", "1"}).has_value());
  BOOST_TEST(!read_request({"VDOC1", std::string(65, 'x')}).has_value());
  BOOST_TEST(!read_request({"VDOC1", "1", "PING", "", "", ""}).has_value());
  BOOST_TEST(read_request({"VDOC2", "1", "PING"}).has_value()); // to be told so
}

BOOST_AUTO_TEST_CASE(of_any_kind_do_no_harm) {
  constexpr unsigned seed = 20'261'125;
  BOOST_TEST_INFO("seed " << seed);
  std::mt19937 chance{seed};
  for (int i = 0; i < 100'000; ++i) {
    std::vector<std::string> frames(chance() % 8);
    for (auto& one : frames) {
      one = chance() % 2 == 0 ? "VDOC1" : "";
      for (auto more = chance() % 8; more > 0; --more)
        one += static_cast<char>(chance());
    }
    if (const auto it = read_request(frames))
      BOOST_TEST_REQUIRE(write_answer(*it, "OK", "{}").size() >= 4u);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(an_endpoint)

BOOST_AUTO_TEST_CASE(is_local_on_loopback_and_in_files) {
  BOOST_TEST(is_local("tcp://127.0.0.1:5555"));
  BOOST_TEST(is_local("tcp://localhost:*"));
  BOOST_TEST(is_local("tcp://[::1]:5555"));
  BOOST_TEST(is_local("ipc:///run/video-doc.sock"));
  BOOST_TEST(!is_local("tcp://0.0.0.0:5555"));
  BOOST_TEST(!is_local("tcp://*:5555"));
  BOOST_TEST(!is_local("tcp://10.1.2.3:5555"));
}

BOOST_AUTO_TEST_SUITE_END()
