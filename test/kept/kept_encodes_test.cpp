#include "actors/transcode/kept_encodes.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <system_error>
#include <thread>

namespace {

using namespace std::chrono_literals;
using vdoc::transcode::kept_encodes;
namespace fs = std::filesystem;

const std::vector<std::string> names{"encoded/720p/00003.au", "pictures/00003-000.jpg"};

struct a_node {
  vdoc::test::temp_folder temp;
  fs::path folder = temp / "encodes";
  fs::path desk = temp / "desk";

  static void write(const fs::path& file, const std::string& text) {
    fs::create_directories(file.parent_path());
    std::ofstream{file, std::ios::binary} << text;
  }
  static std::string read(const fs::path& file) {
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
  }
  /// An encode of so many bytes, and a picture of three.
  void made(std::size_t bytes = 5) const {
    write(desk / names[0], std::string(bytes, 'e'));
    write(desk / names[1], "jpg");
  }
  kept_encodes host(const std::string& name, kept_encodes::limits within = {}) const {
    return {folder, name, within};
  }
  void age(const std::string& key, std::chrono::seconds by) const {
    fs::last_write_time(folder / key, fs::file_time_type::clock::now() - by);
  }
  [[nodiscard]] std::size_t entries() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator{folder}, fs::directory_iterator{}));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(what_was_encoded_for_nobody, a_node)

BOOST_AUTO_TEST_CASE(is_taken_once_by_another_host_of_the_node) {
  auto one = host("host-1"), other = host("host-2");
  made();
  one.keep("abc", desk, names, std::string_view{"an\0swer", 7});
  BOOST_TEST(other.keys() == std::vector<std::string>{"abc"});
  BOOST_TEST(!other.take("abd"));
  auto had = other.take("abc");
  BOOST_REQUIRE(had);
  BOOST_TEST(had->said() == (std::string{"an\0swer", 7}));
  BOOST_TEST(read(had->files() / names[0]) == "eeeee");
  BOOST_TEST(read(had->files() / names[1]) == "jpg");
  BOOST_TEST(!one.take("abc"));
  BOOST_TEST(one.keys().empty());
  had.reset();
  BOOST_TEST(entries() == 0u);
}

BOOST_AUTO_TEST_CASE(is_had_whole_by_one_of_many_that_try) {
  made(100'000);
  for (int round = 0; round < 20; ++round) {
    host("host-0").keep("abc", desk, names, "x");
    std::vector<int> had(4);
    {
      std::vector<std::jthread> all;
      for (std::size_t i = 0; i < had.size(); ++i)
        all.emplace_back([&, i] {
          auto mine = host("host-" + std::to_string(i + 1));
          if (const auto it = mine.take("abc"))
            had[i] = read(it->files() / names[0]).size() == 100'000 &&
                             read(it->files() / names[1]) == "jpg"
                         ? 1
                         : 100;
        });
    }
    BOOST_TEST(std::ranges::count(had, 1) == 1);
    BOOST_TEST(std::ranges::count(had, 0) == 3);
  }
}

BOOST_AUTO_TEST_CASE(is_there_once_when_two_hosts_have_made_the_same) {
  auto one = host("host-1"), other = host("host-2");
  made();
  one.keep("abc", desk, names, "x");
  other.keep("abc", desk, names, "x");
  BOOST_TEST(entries() == 1u);
  BOOST_TEST(one.take("abc") != nullptr);
  BOOST_TEST(entries() == 0u);
}

BOOST_AUTO_TEST_CASE(goes_after_ten_minutes) {
  auto one = host("host-1");
  made();
  one.keep("old", desk, names, "x");
  one.keep("young", desk, names, "x");
  age("old", 601s);
  age("young", 590s);
  one.sweep();
  BOOST_TEST(one.keys() == std::vector<std::string>{"young"});
  age("young", 601s);
  BOOST_TEST(!one.take("young"));
  BOOST_TEST(entries() == 0u);
}

BOOST_AUTO_TEST_CASE(is_not_more_than_its_limit_and_the_oldest_goes_first) {
  auto one = host("host-1", {.bytes = 250});
  made(96); // with its picture and its answer 100
  one.keep("a", desk, names, "x");
  age("a", 3s);
  one.keep("b", desk, names, "x");
  age("b", 5s);
  BOOST_TEST(one.keys() == (std::vector<std::string>{"a", "b"}));
  one.keep("c", desk, names, "x");
  BOOST_TEST(one.keys() == (std::vector<std::string>{"c", "a"}));
  made(300);
  one.keep("huge", desk, names, "x"); // and does not drive out the others
  BOOST_TEST(one.keys() == (std::vector<std::string>{"c", "a"}));
  BOOST_TEST(entries() == 2u);
}

BOOST_AUTO_TEST_CASE(is_told_as_far_as_the_leader_wants_to_hear_it) {
  auto one = host("host-1");
  made();
  for (int i = 0; i < 20; ++i) {
    one.keep("k" + std::to_string(i), desk, names, "x");
    age("k" + std::to_string(i), std::chrono::seconds{100 - i});
  }
  BOOST_TEST(one.keys().size() == 16u);
  BOOST_TEST(one.keys().front() == "k19");
}

BOOST_AUTO_TEST_CASE(is_whole_or_not_there) {
  auto one = host("host-1");
  made();
  fs::remove(desk / names[1]);
  BOOST_CHECK_THROW(one.keep("abc", desk, names, "x"), std::system_error);
  BOOST_TEST((!fs::exists(folder) || entries() == 0u));
  BOOST_TEST(!one.take("abc"));
}

BOOST_AUTO_TEST_CASE(leaves_nothing_for_ever_when_a_host_is_killed_while_it_keeps_or_has_it) {
  auto one = host("host-1");
  write(folder / "aside-host-2-1" / "files" / names[0], "half");
  one.sweep();
  BOOST_TEST(entries() == 1u); // it may be just at it
  BOOST_TEST(one.keys().empty());
  age("aside-host-2-1", 601s);
  one.sweep();
  BOOST_TEST(entries() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
