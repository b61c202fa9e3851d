#include "pipelines/content/source_digest.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <sys/stat.h>
#include <system_error>

using namespace vdoc::content;
namespace fs = std::filesystem;

namespace {

struct some_files {
  vdoc::test::temp_folder folder;

  fs::path has(const std::string& name, const std::string& content) const {
    std::ofstream{folder / name, std::ios::binary} << content;
    return folder / name;
  }
  /// Read in one go, or in slices.
  static std::string digest(std::vector<source_part> parts, std::size_t slice = 1'000'000'000) {
    source_digest it{std::move(parts)};
    while (!it.read(slice)) {
    }
    return it.hex();
  }
};

constexpr std::size_t three_mib = std::size_t{3} << 20U;

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_source_digest, some_files)

BOOST_AUTO_TEST_CASE(is_the_same_for_the_same_bytes_in_another_file_however_they_are_read) {
  const std::string bytes(three_mib, 'x');
  const auto one = has("one.mp4", bytes);
  const auto other = has("other.mkv", bytes);
  const auto all = digest({{one, ""}});
  BOOST_TEST(all.size() == 64U);
  BOOST_TEST(digest({{other, ""}}) == all);
  BOOST_TEST(digest({{one, ""}}, 65'537) == all);
}

BOOST_AUTO_TEST_CASE(differs_by_one_byte_in_the_middle_of_a_long_file) {
  std::string bytes(three_mib, 'x');
  const auto before = digest({{has("a", bytes), ""}});
  bytes[three_mib / 2 + 12'345] = 'y';
  BOOST_TEST(digest({{has("a", bytes), ""}}) != before);
}

BOOST_AUTO_TEST_CASE(counts_captions_beside_the_video_and_their_language) {
  const auto video = has("talk.mp4", "video");
  const auto text = has("talk.srt", "words");
  const auto alone = digest({{video, ""}});
  const auto english = digest({{video, ""}, {text, "en"}});
  BOOST_TEST(english != alone);
  BOOST_TEST(digest({{video, ""}, {text, "de"}}) != english);
  has("talk.srt", "other");
  BOOST_TEST(digest({{video, ""}, {text, "en"}}) != english);
}

BOOST_AUTO_TEST_CASE(cannot_be_had_by_cutting_the_same_bytes_elsewhere) {
  const auto a = digest({{has("1", "abc"), ""}, {has("2", "def"), "en"}});
  const auto b = digest({{has("1", "abcd"), ""}, {has("2", "ef"), "en"}});
  BOOST_TEST(a != b);
}

BOOST_AUTO_TEST_CASE(of_an_empty_file_is_one_too) {
  BOOST_TEST(digest({{has("empty", ""), ""}}) != digest({{has("a", "a"), ""}}));
}

BOOST_AUTO_TEST_CASE(is_refused_when_the_file_is_written_to_meanwhile) {
  const auto file = has("grows.mp4", std::string(100'000, 'x'));
  source_digest it{{{file, ""}}};
  BOOST_TEST(!it.read(10));
  std::ofstream{file, std::ios::app} << "more";
  BOOST_CHECK_THROW(it.read(1'000'000), std::system_error);
}

BOOST_AUTO_TEST_CASE(is_refused_when_another_file_takes_the_place) {
  const auto file = has("talk.mp4", std::string(100'000, 'x'));
  source_digest it{{{file, ""}}};
  BOOST_TEST(!it.read(10));
  fs::rename(has("new.mp4", std::string(100'000, 'y')), file);
  BOOST_CHECK_THROW(it.read(1'000'000), std::system_error);
}

BOOST_AUTO_TEST_CASE(says_what_it_was_taken_of) {
  const auto file = has("talk.mp4", "video");
  source_digest it{{{file, ""}}};
  it.read(100);
  BOOST_TEST(it.identity() == identity_of(file));
  BOOST_TEST(!it.identity().empty());
}

BOOST_AUTO_TEST_CASE(of_a_pipe_or_of_nothing_is_refused_at_once) {
  const auto pipe = folder / "pipe";
  BOOST_REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  source_digest of_pipe{{{pipe, ""}}};
  BOOST_CHECK_THROW(of_pipe.read(1), std::system_error);
  source_digest of_nothing{{{folder / "nothing", ""}}};
  BOOST_CHECK_THROW(of_nothing.read(1), std::system_error);
  BOOST_TEST(identity_of(folder / "nothing") == "");
}

BOOST_AUTO_TEST_SUITE_END()
