#include "cluster/artefacts/receipt.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

namespace {

using namespace vdoc::artefacts;
namespace fs = std::filesystem;
using files = std::vector<result_file>;

struct a_folder_of_results {
  vdoc::test::temp_folder folder;

  void has(const std::string& text) const {
    fs::create_directories(receipt_in(folder.path()).parent_path());
    std::ofstream{receipt_in(folder.path())} << text;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_receipt, a_folder_of_results)

BOOST_AUTO_TEST_CASE(says_what_it_was_written_for_and_is_no_result_itself) {
  const files all{{"video/720p/1.m4s", 5'000'000'000}, {"with a space .txt", 0}, {"ä", 7}};
  BOOST_TEST(!has_receipt(folder.path()));
  BOOST_TEST(read_receipt(folder.path()).empty());
  has(receipt_of(all));
  BOOST_TEST(has_receipt(folder.path()));
  BOOST_TEST((read_receipt(folder.path()) == all));
  BOOST_TEST(results_in(folder.path()).empty());
}

BOOST_AUTO_TEST_CASE(leaves_out_lines_that_cannot_be_read) {
  has("x a\n1\n2 \n\n-1 a\n3 b\n99999999999999999999 c\n4 d");
  BOOST_TEST((read_receipt(folder.path()) == files{{"b", 3}, {"d", 4}}));
}

BOOST_AUTO_TEST_SUITE_END()
