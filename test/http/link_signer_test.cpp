#include "net/http/link_signer.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <sys/stat.h>

using namespace vdoc::net;
using vdoc::test::temp_folder;

BOOST_AUTO_TEST_SUITE(a_link)

BOOST_AUTO_TEST_CASE(holds_for_its_job_until_it_expires) {
  const link_signer signer{secret_key{1, 2, 3}};
  const auto link = signer.sign("id-1", 1'000);
  BOOST_TEST(link.starts_with("1000-"));
  BOOST_TEST(signer.holds("id-1", link, 999));
  BOOST_TEST(!signer.holds("id-1", link, 1'000));
  BOOST_TEST(!signer.holds("id-2", link, 999));
  const link_signer other{secret_key{1, 2, 4}};
  BOOST_TEST(!other.holds("id-1", link, 999));
}

BOOST_AUTO_TEST_CASE(does_not_hold_when_anything_in_it_is_another) {
  const link_signer signer{secret_key{1, 2, 3}};
  const auto link = signer.sign("id-1", 1'000);
  for (std::size_t i = 0; i < link.size(); ++i) {
    auto other = link;
    other[i] = other[i] == '7' ? '8' : '7';
    BOOST_TEST(!signer.holds("id-1", other, 1), other);
  }
  for (const auto* wrong : {"", "-", "1000", "1000-", "-1000-x", "9999999999999999999999-x"})
    BOOST_TEST(!signer.holds("id-1", wrong, 1), wrong);
  BOOST_TEST(!signer.holds("id-1", link + "A", 1));
}

BOOST_AUTO_TEST_CASE(is_signed_with_a_key_that_outlives_the_process_and_is_its_owners) {
  const temp_folder folder;
  const auto file = folder / "links.key";
  const auto key = secret_in(file);
  BOOST_TEST((secret_in(file) == key));
  BOOST_TEST((key != secret_key{}));
  struct stat found {};
  BOOST_REQUIRE(::stat(file.c_str(), &found) == 0);
  BOOST_TEST((found.st_mode & 0777) == 0600u);
  std::ofstream{file} << "short";
  BOOST_CHECK_THROW(secret_in(file), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
