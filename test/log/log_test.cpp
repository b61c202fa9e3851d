#include "net/log/log.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

using namespace vdoc::log;

BOOST_AUTO_TEST_SUITE(a_log_line)

BOOST_AUTO_TEST_CASE(reads_well_as_text) {
  BOOST_TEST(written(format::text, level::normal, "job succeeded",
                     {{"job", "019a"}, {"attempt", "2"}, {"cause", "a \"good\" one"}}) ==
             R"(info    job succeeded  job=019a attempt=2 cause="a \"good\" one")");
  BOOST_TEST(written(format::text, level::warning, "nothing is known", {}) ==
             "warning nothing is known");
  BOOST_TEST(written(format::text, level::normal, "job running", {{"job", "019a"}}, "node-1") ==
             "info    node-1: job running  job=019a");
}

BOOST_AUTO_TEST_CASE(is_one_json_object_with_its_fields) {
  const auto line = written(format::json, level::error, "it broke",
                            {{"job", "019a"}, {"trace", ""}, {"cause", "\"\xff\n{"}}, "node-1");
  const auto read = nlohmann::json::parse(line);
  BOOST_TEST(read["level"] == "error");
  BOOST_TEST(read["message"] == "it broke");
  BOOST_TEST(read["node"] == "node-1");
  BOOST_TEST(read["job"] == "019a");
  BOOST_TEST(read["cause"] == "\"\xef\xbf\xbd\\n{");
  BOOST_TEST(!read.contains("trace"));
}

BOOST_AUTO_TEST_CASE(stays_one_line_whatever_strangers_put_into_it) {
  for (const auto how : {format::text, format::json}) {
    const auto line = written(how, level::normal, "a\nb\x1e\x1f\x1b[31m", {{"job", "x\x1ey\r\n"}});
    BOOST_TEST(line.find_first_of("\n\r\x1b\x1e\x1f") == std::string::npos, line);
  }
}

BOOST_AUTO_TEST_CASE(names_the_trace_of_a_traceparent) {
  BOOST_TEST(trace_of("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01") ==
             "0af7651916cd43dd8448eb211c80319c");
  BOOST_TEST(trace_of("").empty());
}

BOOST_AUTO_TEST_CASE(is_not_made_when_nobody_sees_it) {
  set_up(level::warning, format::text);
  BOOST_TEST(!is_seen(level::normal));
  BOOST_TEST(is_seen(level::warning));
}

BOOST_AUTO_TEST_SUITE_END()
