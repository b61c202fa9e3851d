#include "pipelines/document/html.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>

using namespace vdoc::document;

BOOST_AUTO_TEST_SUITE(an_html_writer)

BOOST_AUTO_TEST_CASE(lets_no_text_become_markup) {
  BOOST_TEST(escape_html("<script>\"&'</script>") ==
             "&lt;script&gt;&quot;&amp;&#39;&lt;/script&gt;");
}

BOOST_AUTO_TEST_CASE(writes_only_good_characters) {
  BOOST_TEST(escape_html("a\x01\x1b[0m\xff") == "a[0m\xC3\xBF");
}

BOOST_AUTO_TEST_CASE(lets_no_path_become_an_address) {
  BOOST_TEST(escape_href("../my talk?.mp4#t=1.500") == "../my%20talk%3F.mp4#t=1.500");
  BOOST_TEST(escape_href("javascript:alert(1)") == "javascript%3Aalert(1)");
  BOOST_TEST(escape_href("//elsewhere/x") == ".//elsewhere/x");
  BOOST_TEST(escape_href("50%\"x#1.jpg") == "50%25%22x%231.jpg");
}

BOOST_AUTO_TEST_CASE(lets_no_json_end_its_script) {
  BOOST_TEST(escape_script("[\"</script><!--\"]") == "[\"\\u003c/script>\\u003c!--\"]");
}

BOOST_AUTO_TEST_CASE(fills_a_page_once) {
  BOOST_TEST(fill("<p>{{a}}{{b}}</p>", {{"a", "{{b}}"}, {"b", "2"}}) == "<p>{{b}}2</p>");
  BOOST_CHECK_THROW(fill("{{c}}", {}), std::logic_error);
}

BOOST_AUTO_TEST_SUITE_END()
