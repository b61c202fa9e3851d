#include "actors/watch/folder.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace vdoc::watch;
namespace fs = std::filesystem;

namespace {

struct some_files {
  vdoc::test::temp_folder folder;

  void has(const std::string& name, const std::string& content = "video") const {
    fs::create_directories((folder / name).parent_path());
    std::ofstream{folder / name} << content;
  }
  /// "a.mp4 b/c.mp4 "
  [[nodiscard]] std::string found() const {
    std::string names;
    for (const auto& it : files_in(folder.path()))
      names += fs::path{it.path}.lexically_relative(folder.path()).string() + " ";
    return names;
  }
  [[nodiscard]] std::string identity() const { return files_in(folder.path()).at(0).identity; }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_watched_folder, some_files)

BOOST_AUTO_TEST_CASE(shows_its_files_and_those_of_folders_below_in_order) {
  has("b/c.mkv");
  has("a.mp4");
  has("b/a.mp4");
  has("with space.MOV");
  BOOST_TEST(found() == "a.mp4 b/a.mp4 b/c.mkv with space.MOV ");
}

BOOST_AUTO_TEST_CASE(leaves_out_what_is_not_meant_for_us) {
  for (const auto* name : {".hidden.mp4", ".folder/a.mp4", "a.mp4.part", "a.PARTIAL", "a.tmp",
                           "a.temp", "a.mp4~", "a.mp4.crdownload", "a.filepart", ".a.mp4.swp",
                           "a.swp", "a.!qB", "talk.srt", "talk.de.VTT"})
    has(name);
  has("empty.mp4", "");
  fs::create_directory(folder / "folder.mp4");
  has("real/film.mp4");
  fs::create_symlink(folder / "real/film.mp4", folder / "link.mp4");
  fs::create_directory_symlink(folder / "real", folder / "linked");
  BOOST_TEST(found() == "real/film.mp4 ");
}

BOOST_AUTO_TEST_CASE(tells_another_content_by_size_time_or_file) {
  has("a.mp4", "video");
  const auto first = identity();
  BOOST_TEST(identity() == first);
  has("a.mp4", "longer video");
  const auto longer = identity();
  BOOST_TEST(longer != first);
  fs::last_write_time(folder / "a.mp4", fs::file_time_type::clock::now() - std::chrono::hours{1});
  const auto older = identity();
  BOOST_TEST(older != longer);
  has(".b", "longer video");
  fs::last_write_time(folder / ".b", fs::last_write_time(folder / "a.mp4"));
  fs::rename(folder / ".b", folder / "a.mp4");
  BOOST_TEST(identity() != older);
}

BOOST_AUTO_TEST_CASE(that_is_not_there_is_an_error_and_not_an_empty_one) {
  BOOST_CHECK_THROW(files_in(folder / "nowhere"), fs::filesystem_error);
}

BOOST_AUTO_TEST_SUITE_END()
