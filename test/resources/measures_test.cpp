#include "cluster/resources/measures.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

using namespace vdoc::resources;

BOOST_AUTO_TEST_SUITE(a_histogram)

BOOST_AUTO_TEST_CASE(counts_a_bound_into_its_own_bucket_and_what_is_above_all_of_them) {
  histogram sizes{{1, 10}};
  for (const double value : {0.5, 1.0, 1.001, 10.0, 11.0, 1e9})
    sizes.observe(value);
  const auto now = sizes.read();
  BOOST_TEST(now.counts == (std::vector<std::uint64_t>{2, 2, 2}), boost::test_tools::per_element());
  BOOST_TEST(now.sum == 0.5 + 1 + 1.001 + 10 + 11 + 1e9);
}

BOOST_AUTO_TEST_CASE(loses_nothing_when_threads_count_at_once) {
  family<histogram> all{{1}};
  constexpr int each = 20'000;
  const auto work = [&] {
    for (int i = 0; i < each; ++i)
      all.of({i % 2 == 0 ? "a" : "b"}).observe(1);
  };
  std::thread one{work}, other{work};
  one.join();
  other.join();
  BOOST_TEST(all.of({"a"}).read().counts[0] == std::uint64_t{each});
  BOOST_TEST(all.of({"b"}).read().sum == each);
}

BOOST_AUTO_TEST_SUITE_END()
