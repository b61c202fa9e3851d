#include "pipelines/fragment/aside_name.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace {

/// What a process that is started now says.
std::string told_by_another_process() {
  std::array<int, 2> ends{};
  BOOST_REQUIRE(::pipe(ends.data()) == 0);
  const auto child = ::fork();
  if (child == 0) {
    const auto name = vdoc::fragment::aside_name("encoded/720p/00012.au").string();
    const auto sent = ::write(ends[1], name.data(), name.size());
    ::_exit(sent == static_cast<ssize_t>(name.size()) ? 0 : 1);
  }
  ::close(ends[1]);
  std::string told(200, ' ');
  told.resize(static_cast<std::size_t>(std::max<ssize_t>(::read(ends[0], told.data(), 200), 0)));
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return told;
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_name_aside)

BOOST_AUTO_TEST_CASE(is_a_process_own_so_that_two_can_write_the_same_file) {
  const auto one = told_by_another_process();
  const auto other = told_by_another_process();
  for (const auto& name : {one, other}) {
    BOOST_TEST(name.starts_with("encoded/720p/00012.au."), name);
    BOOST_TEST(name.ends_with(".part"), name); // what is not whole is known by it
  }
  BOOST_TEST(one != other);
}

BOOST_AUTO_TEST_SUITE_END()
