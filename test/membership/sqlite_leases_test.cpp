#include "cluster/ledger/open_store.hpp"
#include "test/membership/lease_contract.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

namespace {

using namespace vdoc;
using namespace vdoc::ledger;

struct an_empty_folder {
  test::temp_folder folder;
  std::string file = (folder / "video-doc.db").string();
  test::lease_maker make{[this] { return open_lease_store(file); },
                         [this] { return open_store(file); },
                         [this](fence by) { return open_store(file, std::move(by)); }};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(leases_in_sqlite, an_empty_folder)

#define OWES(clause)                                                                               \
  BOOST_AUTO_TEST_CASE(clause) {                                                                   \
    test::clause(make);                                                                            \
  }
VDOC_LEASE_CONTRACT(OWES)
#undef OWES

BOOST_AUTO_TEST_CASE(say_why_a_file_cannot_be_opened) {
  std::ofstream{file} << std::string(5000, 'x');
  BOOST_CHECK_THROW(open_lease_store(file), cannot_open);
}

BOOST_AUTO_TEST_SUITE_END()
