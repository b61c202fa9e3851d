#include "net/zmq/key_files.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <sys/stat.h>

using namespace vdoc;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(the_keys_of_a_service)

BOOST_AUTO_TEST_CASE(are_made_once_for_their_owner_alone) {
  const test::temp_folder folder;
  const auto first = net::keys_in(folder / "keys");
  const auto again = net::keys_in(folder / "keys");
  BOOST_TEST(first.service.public_key == again.service.public_key);
  BOOST_TEST(first.service.secret_key == again.service.secret_key);
  BOOST_TEST(first.admin.public_key != first.service.public_key);
  for (const char* file : {"keys/service.key", "keys/admin.key"}) {
    struct stat how {};
    BOOST_REQUIRE(::stat((folder / file).c_str(), &how) == 0);
    BOOST_TEST((how.st_mode & 0777) == 0600u);
  }
  std::string open;
  std::ifstream{folder / "keys/service.pub"} >> open;
  BOOST_TEST(open == first.service.public_key);
  BOOST_TEST(net::read_key_file(folder / "keys/admin.key").server_key == open);
}

BOOST_AUTO_TEST_CASE(are_not_used_when_others_can_read_them) {
  const test::temp_folder folder;
  (void)net::keys_in(folder / "keys");
  fs::permissions(folder / "keys/service.key", fs::perms{0640});
  BOOST_CHECK_THROW((void)net::keys_in(folder / "keys"), net::bad_key_file);
}

BOOST_AUTO_TEST_CASE(are_never_written_over) {
  const test::temp_folder folder;
  net::write_key_file(folder / "a.key", {net::new_key_pair(), std::string(40, 'x')}, "a");
  BOOST_CHECK_THROW(net::write_key_file(folder / "a.key", {net::new_key_pair(), ""}, "a"),
                    net::bad_key_file);
}

BOOST_AUTO_TEST_CASE(say_what_is_wrong_with_a_file) {
  const test::temp_folder folder;
  BOOST_CHECK_THROW((void)net::read_key_file(folder / "none"), net::bad_key_file);
  std::ofstream{folder / "a.key"} << "public_key = \"short\"\n";
  fs::permissions(folder / "a.key", fs::perms{0600});
  try {
    (void)net::read_key_file(folder / "a.key");
    BOOST_ERROR("taken");
  } catch (const net::bad_key_file& why) {
    BOOST_TEST(std::string{why.what()}.find("has no public_key of 40 characters") !=
               std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()
