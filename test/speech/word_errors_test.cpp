#include "pipelines/speech/word_errors.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc::speech;

namespace {

word_errors between(std::string_view said, std::string_view heard) {
  return compare_words(plain_words(said), plain_words(heard));
}

} // namespace

BOOST_AUTO_TEST_SUITE(the_word_error_rate)

BOOST_AUTO_TEST_CASE(is_nought_for_the_same_words) {
  BOOST_TEST(between("Ask not, what your country", "ask not what your country").total() == 0U);
  BOOST_TEST(between("", "").rate() == 0.0);
}

BOOST_AUTO_TEST_CASE(tells_changed_added_and_missing_words_apart) {
  BOOST_TEST((between("the cat sat", "the bat sat") == word_errors{3, 1, 0, 0}));
  BOOST_TEST((between("the cat sat", "the black cat sat") == word_errors{3, 0, 1, 0}));
  BOOST_TEST((between("the cat sat", "cat sat") == word_errors{3, 0, 0, 1}));
  BOOST_TEST((between("a b c d e f", "x b d e f") == word_errors{6, 1, 0, 1}));
}

BOOST_AUTO_TEST_CASE(is_the_share_of_what_was_said) {
  BOOST_TEST(between("one two three four", "one two tree").rate() == 0.5);
  BOOST_TEST(between("one", "two three four").rate() == 3.0);
  BOOST_TEST(between("", "in so").rate() == 2.0);
}

BOOST_AUTO_TEST_CASE(adds_up_over_clips) {
  auto all = between("a b", "a c");
  all += between("d e f", "d e");
  BOOST_TEST((all == word_errors{5, 1, 0, 1}));
  BOOST_TEST(all.rate() == 0.4);
}

BOOST_AUTO_TEST_CASE(compares_words_without_case_and_punctuation) {
  const std::vector<std::string> wanted{"beauty's", "rose", "mak'st", "it", "3", "times"};
  BOOST_TEST(plain_words("Beauty's ROSE -- 'mak'st' it: 3 times!") == wanted,
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
