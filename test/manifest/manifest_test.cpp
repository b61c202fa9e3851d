#include "pipelines/manifest/durable.hpp"
#include "pipelines/manifest/manifest.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <system_error>

using namespace vdoc;
using namespace std::chrono_literals;

namespace {

struct folder {
  test::temp_folder own;
  std::filesystem::path path = own.path();

  [[nodiscard]] std::filesystem::path journal() const { return path / "manifest.jsonl"; }

  /// Writes a spec, two fragments and one result.
  void fill() const {
    manifest::journal out{journal()};
    out.append(manifest::begun{"spec"});
    fragment::fragment piece;
    piece.run = "runs/0";
    piece.end = 4s;
    out.append(manifest::fragment_cut{piece});
    piece.index = 1;
    out.append(manifest::fragment_cut{piece});
    gst::transcode_result made;
    made.renditions.push_back({"720p", "encoded/720p/00000.au", 100, 5000, {1, 2}, "bt709"});
    made.pictures.push_back({1500ms, 0xfedcba9876543210U, {7, 8}, "pictures/1.jpg"});
    made.frames_decoded = 100;
    out.append(manifest::fragment_encoded{0, 0, made});
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_manifest, folder)

BOOST_AUTO_TEST_CASE(gives_back_what_was_remembered) {
  fill();
  const auto known = manifest::read(journal());
  BOOST_TEST(known.spec == "spec");
  BOOST_TEST(known.fragments.size() == 2U);
  BOOST_TEST((known.fragments.at(0).end == 4s));
  const auto& made = known.encoded.at({0, 0});
  BOOST_TEST(made.frames_decoded == 100U);
  BOOST_TEST(made.renditions.at(0).bytes == 5000U);
  BOOST_TEST(made.pictures.at(0).hash == 0xfedcba9876543210U);
  BOOST_TEST(made.pictures.at(0).luma[1] == 8);
  BOOST_TEST(known.tracks.at("720p").codec_config.size() == 2U);
}

BOOST_AUTO_TEST_CASE(is_empty_when_there_is_none) {
  const auto known = manifest::read(journal());
  BOOST_TEST(known.spec.empty());
  BOOST_TEST(!known.source.has_value());
}

BOOST_AUTO_TEST_CASE(survives_being_cut_off_anywhere) {
  fill();
  std::ifstream in{journal(), std::ios::binary};
  const std::string whole{std::istreambuf_iterator<char>{in}, {}};
  std::size_t last = 0;
  // Every byte near the ends of lines, some in between: most of a line is numbers of a picture.
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    const auto near = whole.substr(length < 20 ? 0 : length - 20, 40);
    if (near.find('\n') == std::string::npos && length % 97 != 0)
      continue;
    std::ofstream{journal(), std::ios::binary | std::ios::trunc}.write(
        whole.data(), static_cast<std::streamsize>(length));
    const auto known = manifest::read(journal());
    const std::size_t records =
        (known.spec.empty() ? 0U : 1U) + known.fragments.size() + known.encoded.size();
    const auto lines = static_cast<std::size_t>(
        std::count(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length), '\n'));
    BOOST_TEST(records == lines);
    BOOST_TEST(records >= last);
    last = records;
  }
}

BOOST_AUTO_TEST_CASE(goes_on_after_the_last_whole_line) {
  fill();
  std::filesystem::resize_file(journal(), std::filesystem::file_size(journal()) - 3);
  {
    manifest::journal out{journal()};
    fragment::fragment piece;
    piece.index = 2;
    out.append(manifest::fragment_cut{piece});
  }
  const auto known = manifest::read(journal());
  BOOST_TEST(known.fragments.size() == 3U);
  BOOST_TEST(known.encoded.empty());
}

BOOST_AUTO_TEST_CASE(forgets_what_was_before_a_fresh_beginning) {
  fill();
  manifest::journal{journal()}.append(manifest::begun{"other"});
  const auto known = manifest::read(journal());
  BOOST_TEST(known.spec == "other");
  BOOST_TEST(known.fragments.empty());
  BOOST_TEST(known.tracks.empty());
}

BOOST_AUTO_TEST_CASE(writes_files_whole_or_not_at_all) {
  manifest::write_durably(path / "a.txt", std::string_view{"one"});
  manifest::write_durably(path / "a.txt", std::string_view{"two"});
  std::ifstream in{path / "a.txt"};
  std::string text;
  in >> text;
  BOOST_TEST(text == "two");
  BOOST_CHECK_THROW(manifest::write_durably(path / "none" / "a.txt", std::string_view{"x"}),
                    std::system_error);
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator{path})
    ++files;
  BOOST_TEST(files == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
