#include "cluster/uploads/upload_store.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <system_error>

namespace {

using namespace vdoc::uploads;
namespace fs = std::filesystem;

struct a_folder {
  vdoc::test::temp_folder where;
  upload_folder folder{where.path()};
  upload what{"0123456789abcdef0123456789abcdef", "ours", "talk.mp4", 10, "m"};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_folder_of_uploads, a_folder)

BOOST_AUTO_TEST_CASE(knows_after_a_crash_how_far_each_upload_is) {
  folder.create(what);
  {
    auto file = folder.open(what);
    file.append("abc");
    file.sync();
    BOOST_TEST(file.size() == 3u);
  }
  folder.open(what).append("de"); // and nobody said that it is safe
  const upload_store store{where.path(), {}};
  const auto all = upload_folder{where.path()}.read();
  BOOST_TEST_REQUIRE(all.size() == 1u);
  BOOST_TEST((all[0].what == what));
  BOOST_TEST(all[0].bytes == 5u);
  BOOST_TEST(store.book.find(what.id, all[0].moved_unix_ms)->safe == 5u);
}

BOOST_AUTO_TEST_CASE(removes_what_a_crash_left_of_an_upload_that_never_was) {
  folder.create(what);
  const upload file_lost{"11111111111111111111111111111111", "ours", "talk.mp4", 10, "m"};
  folder.create(file_lost);
  fs::create_directory(where / "fedcba9876543210fedcba9876543210");
  std::ofstream{where / "fedcba9876543210fedcba9876543210.json.part"} << "{";
  std::ofstream{where / "00000000000000000000000000000000.json"} << "{}";
  fs::remove(folder.file_of(file_lost));
  BOOST_TEST(folder.read(std::chrono::hours{1}).size() == 1u); // somebody may be making them
  BOOST_TEST(std::distance(fs::directory_iterator{where.path()}, {}) == 7);
  BOOST_TEST(folder.read(std::chrono::seconds{0}).size() == 1u);
  BOOST_TEST(std::distance(fs::directory_iterator{where.path()}, {}) == 2);
}

BOOST_AUTO_TEST_CASE(keeps_a_length_that_is_known_later_only) {
  what.length.reset();
  folder.create(what);
  folder.open(what).append("abc");
  BOOST_TEST(!folder.read().at(0).what.length.has_value());
  what.length = 3;
  folder.set_length(what);
  const auto all = folder.read();
  BOOST_TEST_REQUIRE(all.size() == 1u);
  BOOST_TEST((all[0].what == what));
  BOOST_TEST(all[0].bytes == 3u);
}

BOOST_AUTO_TEST_CASE(puts_bytes_aside_until_they_are_taken) {
  folder.create(what);
  auto file = folder.open(what);
  file.append("abc");
  auto aside = folder.aside(what);
  aside.append("def");
  BOOST_TEST(fs::file_size(folder.file_of(what)) == 3u);
  file.append_all_of(aside);
  BOOST_TEST(fs::file_size(folder.file_of(what)) == 6u);
  BOOST_TEST(file.size() == 6u);
}

BOOST_AUTO_TEST_CASE(has_each_byte_once_though_two_processes_write_it) {
  folder.create(what);
  auto hung = folder.open(what);
  hung.append("abc");
  auto next = folder.open(what); // its client has come back to another node
  next.append("defgh");
  hung.append("def"); // what the first one still had
  BOOST_TEST(hung.size() == 6u);
  BOOST_TEST(next.size() == 8u);
  std::ifstream in{folder.file_of(what)};
  BOOST_TEST(std::string(std::istreambuf_iterator<char>{in}, {}) == "abcdefgh");
}

BOOST_AUTO_TEST_CASE(is_empty_when_all_are_removed) {
  folder.create(what);
  folder.remove(what.id);
  folder.remove("../other");
  BOOST_TEST(fs::is_empty(where.path()));
  BOOST_CHECK_THROW((void)folder.open(what), std::system_error);
}

BOOST_AUTO_TEST_SUITE_END()
