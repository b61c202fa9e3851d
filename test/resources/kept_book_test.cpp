#include "cluster/resources/kept_book.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(the_book_of_kept_results)

BOOST_AUTO_TEST_CASE(sums_up_what_the_jobs_of_a_tenant_keep) {
  vdoc::resources::kept_book book;
  BOOST_TEST(book.bytes_of("a") == 0U);
  book.set("one", "a", 1'000);
  book.set("two", "a", 20);
  book.set("three", "b", 5);
  BOOST_TEST(book.bytes_of("a") == 1'020U);
  book.set("one", "a", 300); // done again
  BOOST_TEST(book.bytes_of("a") == 320U);
  book.remove("two");
  book.remove("nobody");
  BOOST_TEST((book.tenants() == std::map<std::string, std::uint64_t>{{"a", 300}, {"b", 5}}));
  book.set("one", "a", 0);
  BOOST_TEST((book.tenants() == std::map<std::string, std::uint64_t>{{"b", 5}}));
}

BOOST_AUTO_TEST_SUITE_END()
