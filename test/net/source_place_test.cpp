#include "net/http/fetch_error.hpp"
#include "net/http/source_place.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc::net;

namespace {

const std::vector<std::string> all{"file", "http", "https"};

std::string complaint_about(std::string_view source,
                            const std::vector<std::string>& allowed = all) {
  try {
    place_of(source, allowed);
  } catch (const fetch_error& wrong) {
    BOOST_TEST((wrong.whose() == at_fault::user));
    return wrong.what();
  }
  return "";
}

} // namespace

BOOST_AUTO_TEST_SUITE(the_place_of_a_source)

BOOST_AUTO_TEST_CASE(is_a_path_unless_it_is_a_url) {
  for (const char* path : {"talk.mp4", "/videos/talk.mp4", "./a:b.mp4", "12:30 talk.mp4", "http:x"})
    BOOST_TEST((place_of(path, all) == source_place{"file", path, ""}), path);
}

BOOST_AUTO_TEST_CASE(is_the_path_of_a_file_url) {
  BOOST_TEST(place_of("file:///videos/my%20talk.mp4", all).path == "/videos/my talk.mp4");
  BOOST_TEST(place_of("file:/videos/talk.mp4", all).path == "/videos/talk.mp4");
  BOOST_TEST(place_of("FILE://localhost/talk.mp4", all).path == "/talk.mp4");
  BOOST_TEST(complaint_about("file://elsewhere/talk.mp4") ==
             "file://elsewhere/talk.mp4 is no path on this machine");
}

BOOST_AUTO_TEST_CASE(is_a_url_of_the_web) {
  const auto place = place_of("HTTPS://media.example/talk.mp4?a=b", all);
  BOOST_TEST(place.scheme == "https");
  BOOST_TEST(place.url == "HTTPS://media.example/talk.mp4?a=b");
  BOOST_TEST(place.remote());
}

BOOST_AUTO_TEST_CASE(is_refused_when_its_scheme_is_not_allowed) {
  BOOST_TEST(complaint_about("ftp://media.example/talk.mp4") ==
             "sources of the kind ftp: are not allowed");
  BOOST_TEST(complaint_about("gopher://x") == "sources of the kind gopher: are not allowed");
  BOOST_TEST(complaint_about("http://x", {"file", "https"}) ==
             "sources of the kind http: are not allowed");
  BOOST_TEST(complaint_about("talk.mp4", {"https"}) == "sources of the kind file: are not allowed");
}

BOOST_AUTO_TEST_SUITE_END()
