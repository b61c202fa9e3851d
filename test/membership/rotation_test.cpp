#include "cluster/membership/rotation.hpp"
#include "cluster/membership/safe_file.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc;
using namespace vdoc::membership;

namespace {

const file_stamps old{{1, 100, 5}, {2, 200, 5}};
const file_stamps half{{3, 100, 9}, {2, 200, 5}};
const file_stamps fresh{{3, 100, 9}, {4, 200, 10}};

} // namespace

BOOST_AUTO_TEST_SUITE(rotation_of_certificates)

BOOST_AUTO_TEST_CASE(tries_nothing_while_nothing_changes) {
  rotation rules{old};
  for (int i = 0; i < 5; ++i)
    BOOST_TEST(!rules.look(old));
}

BOOST_AUTO_TEST_CASE(tries_what_is_the_same_at_two_looks) {
  rotation rules{old};
  BOOST_TEST(!rules.look(fresh));
  BOOST_TEST(rules.look(fresh));
  rules.tried();
  BOOST_TEST(!rules.look(fresh));
}

BOOST_AUTO_TEST_CASE(does_not_try_a_key_without_its_certificate) {
  rotation rules{old};
  BOOST_TEST(!rules.look(half));
  BOOST_TEST(!rules.look(fresh));
  BOOST_TEST(rules.look(fresh));
}

BOOST_AUTO_TEST_CASE(tries_files_that_were_not_good_once_and_again_when_they_change) {
  rotation rules{old};
  BOOST_TEST(!rules.look(half));
  BOOST_TEST(rules.look(half));
  rules.tried(); // and refused
  BOOST_TEST(!rules.look(half));
  BOOST_TEST(!rules.look(fresh));
  BOOST_TEST(rules.look(fresh));
}

BOOST_AUTO_TEST_CASE(notices_that_the_old_files_are_back_after_others_were_tried) {
  rotation rules{old};
  BOOST_TEST(!rules.look(fresh));
  BOOST_TEST(rules.look(fresh));
  rules.tried();
  BOOST_TEST(!rules.look(old));
  BOOST_TEST(rules.look(old));
}

BOOST_AUTO_TEST_CASE(sees_a_file_that_was_replaced_by_one_of_the_same_size) {
  test::temp_folder folder;
  const auto file = folder / "node.pem";
  write_file(file, "one", for_all);
  const auto before = stamps_of({file, folder / "missing"});
  write_file(file, "two", for_all);
  const auto after = stamps_of({file, folder / "missing"});
  BOOST_TEST((before != after));
  BOOST_TEST((after.at(1) == file_stamp{}));
  BOOST_TEST((after == stamps_of({file, folder / "missing"})));
}

BOOST_AUTO_TEST_SUITE_END()
