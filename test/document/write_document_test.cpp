#include "pipelines/document/document.hpp"
#include "pipelines/document/html.hpp"
#include "test/document/synthetic_pictures.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <fstream>
#include <sstream>

using namespace vdoc::document;
using namespace vdoc::document::test;
using namespace std::chrono_literals;

namespace {

struct a_talk {
  vdoc::test::temp_folder here;
  document_source source;

  a_talk() {
    source.title = "Tom's <script>alert(1)</script> & \"friends\"";
    source.duration = 60s;
    source.description = {"MP4, 320 x 180"};
    source.playlist_href = "../master.m3u8";
    source.media_href = "../video.mp4";
    source.picture_folder = here.path();
    source.transcript = {
        "en", "pocketsphinx", true, false, {say("hello <b>you", 1s), say("and on we go", 31s)}};
    source.captions = {{"en", "English", {{1s, 3s, "hello </script> you"}}, "../captions/en.vtt"}};
    for (int at = 0; at < 60; ++at) {
      const std::string name = std::to_string(at / 30) + ".jpg";
      const auto shown = slide(static_cast<unsigned>(at / 30) + 1);
      if (at % 30 == 0)
        paint(here / name, shown, {320, 180});
      source.pictures.push_back(test::at(std::chrono::seconds{at}, shown, name));
    }
  }

  document_summary write() { return write_document(source, here / "document"); }

  [[nodiscard]] std::string text(const std::string& name) const {
    std::ifstream in{here / ("document/" + name)};
    std::stringstream all;
    all << in.rdbuf();
    return all.str();
  }
};

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_document, a_talk)

BOOST_AUTO_TEST_CASE(shows_each_picture_beside_its_speech) {
  const auto made = write();
  BOOST_TEST(made.pictures == 2U);
  BOOST_TEST(made.words == 6U);
  const auto page = text("index.html");
  BOOST_TEST(count_of(page, "<figure>") == 2U);
  BOOST_TEST(page.find("src=\"pictures/0-00-30.000.jpg\" width=\"320\" height=\"180\"") !=
             std::string::npos);
  BOOST_TEST(std::filesystem::exists(here / "document/pictures/0-00-30.000.jpg"));
  BOOST_TEST(page.find("<span data-t=\"31400\">on</span>") != std::string::npos);
  BOOST_TEST(page.find("<span data-t=\"32200\" data-e=\"32550\">go</span>") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(escapes_whatever_it_is_told) {
  write();
  const auto page = text("index.html");
  BOOST_TEST(page.find("<script>alert") == std::string::npos);
  BOOST_TEST(page.find("<b>you") == std::string::npos);
  BOOST_TEST(count_of(page, "</script>") == 2U); // the facts and the page's own
  const auto markdown = text("document.md");
  BOOST_TEST(markdown.find("\\<script\\>") != std::string::npos);
  BOOST_TEST(markdown.find("<script>") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(says_that_a_machine_made_the_text) {
  write();
  const std::string said =
      "Made automatically by pocketsphinx; expect mistakes. Language: English.";
  BOOST_TEST(text("index.html").find(said) != std::string::npos);
  BOOST_TEST(text("document.md").find(said) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(links_nothing_outside_its_folder_and_the_one_above) {
  write();
  const auto page = text("index.html");
  for (const auto* attribute : {"src=\"", "href=\""})
    for (auto at = page.find(attribute); at != std::string::npos;
         at = page.find(attribute, at + 1)) {
      const auto value = page.substr(page.find('"', at) + 1, 9);
      const bool near = value.starts_with("../") || value.starts_with("pictures/") ||
                        value.starts_with("#") || value.starts_with("data:,");
      BOOST_TEST(near, value);
    }
}

BOOST_AUTO_TEST_CASE(has_the_same_content_in_markdown) {
  write();
  const auto markdown = text("document.md");
  BOOST_TEST(markdown.find("![The picture at 0:30](pictures/0-00-30.000.jpg)\n\n"
                           "[0:31](../video.mp4#t=31.000) and on we go\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(leads_from_the_contents_to_the_parts_in_markdown_too) {
  source.chapters = {{0s, 20s, "Hello"}, {20s, source.duration, "Bye"}};
  write();
  const auto markdown = text("document.md");
  BOOST_TEST(markdown.find("2. [Bye](#part-2) (0:20)\n") != std::string::npos);
  BOOST_TEST(markdown.find("<a id=\"part-2\"></a>") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(holds_the_typefaces_that_its_letters_need) {
  write();
  const auto ranges = [&] { return count_of(text("index.html"), "@font-face"); };
  BOOST_TEST(ranges() == 2U);
  source.title = "Zażółć gęślą jaźń";
  write();
  BOOST_TEST(ranges() == 4U);
}

BOOST_AUTO_TEST_CASE(ships_the_player_along) {
  write();
  BOOST_TEST(text("hls.min.js").find("MANIFEST_PARSED") != std::string::npos);
  source.playlist_href.clear();
  write();
  BOOST_TEST(!std::filesystem::exists(here / "document/hls.min.js"));
}

BOOST_AUTO_TEST_CASE(replaces_an_older_one_as_a_whole) {
  write();
  std::ofstream{here / "document/old.txt"} << "old";
  write();
  BOOST_TEST(!std::filesystem::exists(here / "document/old.txt"));
  BOOST_TEST(!std::filesystem::exists(here / "document.part"));
  BOOST_TEST(!std::filesystem::exists(here / "document.old"));
}

BOOST_AUTO_TEST_CASE(leaves_the_older_one_alone_when_it_cannot_be_written) {
  write();
  source.title = "new";
  std::ofstream{here / "not_a_folder"} << "x";
  BOOST_CHECK_THROW(write_document(source, here / "not_a_folder/document"), std::system_error);
  BOOST_TEST(text("index.html").find("friends") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(does_without_pictures_speech_and_video) {
  source.pictures.clear();
  source.transcript = {};
  source.speech_note = "Captions were switched off.";
  source.captions.clear();
  source.has_video = false;
  write();
  const auto page = text("index.html");
  BOOST_TEST(page.find("<audio id=\"media\"") != std::string::npos);
  BOOST_TEST(page.find("Captions were switched off.") != std::string::npos);
  BOOST_TEST(page.find("<figure>") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(leaves_out_a_picture_that_cannot_be_read) {
  std::ofstream{here / "1.jpg", std::ios::trunc} << "broken";
  BOOST_TEST(write().pictures == 1U);
}

BOOST_AUTO_TEST_CASE(is_written_quickly_for_three_hours_of_speech) {
  source.duration = 3h;
  source.transcript.utterances.clear();
  for (int at = 0; at < 2500; ++at)
    source.transcript.utterances.push_back(
        say("ten words that are said over and over once again", at * 4300ms));
  const auto begun = std::chrono::steady_clock::now();
  const auto made = write();
  BOOST_TEST(made.words == 25'000U);
  BOOST_TEST(made.sections == 40U);
  BOOST_TEST((std::chrono::steady_clock::now() - begun < 20s)); // half a second, usually
}

BOOST_AUTO_TEST_SUITE_END()
