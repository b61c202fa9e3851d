#include "net/blobs/piece_cache.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <fstream>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace {

using namespace vdoc;
namespace fs = std::filesystem;

void put(const fs::path& folder, std::size_t bytes) {
  fs::create_directories(folder / "runs");
  std::ofstream{folder / "runs" / "00000.au"} << std::string(bytes, 'x');
}

struct a_cache {
  test::temp_folder folder;
  blobs::piece_cache cache{folder.path(), "host-1", 1'000};

  fs::path use(const std::string& piece, std::size_t bytes) {
    auto where = cache.take(piece);
    put(where, bytes);
    cache.release(piece);
    return where;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_cache_of_pieces, a_cache)

BOOST_AUTO_TEST_CASE(gives_the_same_folder_for_the_same_piece) {
  const auto first = use("a", 100);
  BOOST_TEST(cache.take("a") == first);
  BOOST_TEST(fs::file_size(first / "runs" / "00000.au") == 100u);
  BOOST_TEST(cache.take("b") != first);
}

BOOST_AUTO_TEST_CASE(removes_what_was_used_longest_ago_when_it_is_full) {
  const auto a = use("a", 400), b = use("b", 400);
  use("a", 400); // again
  const auto c = use("c", 400);
  BOOST_TEST(fs::exists(a));
  BOOST_TEST(!fs::exists(b));
  BOOST_TEST(fs::exists(c));
  BOOST_TEST(cache.bytes() == 800u);
  const auto again = cache.take("b");
  BOOST_TEST(again != b); // whoever has the old one open is not mistaken
  BOOST_TEST(fs::is_empty(again));
}

BOOST_AUTO_TEST_CASE(never_removes_what_is_in_use_nor_the_last) {
  const auto in_use = cache.take("a");
  put(in_use, 900);
  const auto large = use("b", 5'000);
  BOOST_TEST(fs::exists(in_use));
  BOOST_TEST(fs::exists(large));
  cache.release("a");
  BOOST_TEST(!fs::exists(in_use));
  BOOST_TEST(fs::exists(large)); // used last
  use("c", 10);
  BOOST_TEST(!fs::exists(large));
}

BOOST_AUTO_TEST_CASE(gives_an_empty_folder_of_another_name_when_what_it_had_is_wrong) {
  const auto wrong = use("a", 100);
  BOOST_TEST(cache.take("a") == wrong);
  const auto fresh = cache.take_anew("a");
  BOOST_TEST(fresh != wrong);
  BOOST_TEST(!fs::exists(wrong));
  cache.release("a");
  BOOST_TEST(!fs::exists(fresh)); // nothing was put there
}

BOOST_AUTO_TEST_CASE(is_one_process_alone) {
  BOOST_CHECK_THROW((blobs::piece_cache{folder.path(), "host-1", 1}), std::system_error);
  blobs::piece_cache other{folder.path(), "host-2", 1}; // and does not touch the first
  BOOST_TEST(fs::exists(use("a", 1)));
}

BOOST_AUTO_TEST_CASE(is_not_made_where_somebody_else_has_put_something) {
  BOOST_TEST((fs::status(folder.path()).permissions() == fs::perms::owner_all));
  fs::create_directory(folder / "elsewhere");
  fs::create_directory_symlink(folder / "elsewhere", folder / "link");
  BOOST_CHECK_THROW((blobs::piece_cache{folder / "link", "host-1", 1}), std::system_error);
}

BOOST_AUTO_TEST_CASE(removes_what_a_process_left_that_was_killed) {
  const auto child = ::fork();
  if (child == 0) {
    blobs::piece_cache killed{folder.path(), "host-7", 1'000};
    put(killed.take("a"), 100);
    ::kill(::getpid(), SIGKILL);
  }
  int how = 0;
  ::waitpid(child, &how, 0);
  BOOST_REQUIRE(WIFSIGNALED(how));
  const auto left = folder / "host-7" / "1";
  BOOST_TEST(fs::exists(left));
  const auto mine = use("a", 100);
  const blobs::piece_cache next{folder.path(), "host-3", 1};
  BOOST_TEST(!fs::exists(left));
  BOOST_TEST(fs::exists(mine));
}

BOOST_AUTO_TEST_SUITE_END()
