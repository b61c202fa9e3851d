#include "pipelines/probe/language.hpp"

#include <boost/test/unit_test.hpp>

using vdoc::probe::language;

BOOST_AUTO_TEST_SUITE(a_language)

BOOST_AUTO_TEST_CASE(becomes_its_shortest_code) {
  BOOST_TEST(language("eng") == "en");
  BOOST_TEST(language("ger") == "de");
  BOOST_TEST(language("deu") == "de");
  BOOST_TEST(language("zul") == "zu");
  BOOST_TEST(language("aar") == "aa");
  BOOST_TEST(language("ENG") == "en");
  BOOST_TEST(language("fr") == "fr");
}

BOOST_AUTO_TEST_CASE(keeps_its_region) {
  BOOST_TEST(language("pt-br") == "pt-BR");
  BOOST_TEST(language("por_BR") == "pt-BR");
  BOOST_TEST(language("zh-Hant") == "zh-Hant");
}

BOOST_AUTO_TEST_CASE(keeps_a_three_letter_code_that_has_no_shorter_one) {
  BOOST_TEST(language("haw") == "haw");
}

BOOST_AUTO_TEST_CASE(is_empty_when_nothing_is_said) {
  for (const auto* said : {"", "und", "UND", "mul", "zxx", "qaa", "e1", "x", "english"})
    BOOST_TEST(language(said).empty(), said);
}

BOOST_AUTO_TEST_SUITE_END()
