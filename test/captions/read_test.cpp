#include "pipelines/captions/language.hpp"
#include "pipelines/captions/read.hpp"
#include "pipelines/captions/text.hpp"
#include "pipelines/captions/write.hpp"
#include "pipelines/fault.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <random>

using namespace vdoc::captions;
using namespace std::chrono_literals;

namespace {

read_result read(std::string_view text) {
  return read_subtitles(text);
}

struct folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() /
                               ("vdoc_read_" + std::to_string(std::random_device{}()));
  folder() { std::filesystem::create_directories(path); }
  ~folder() { std::filesystem::remove_all(path); }
  void touch(const std::string& name) const { std::ofstream{path / name} << "x"; }
};

} // namespace

BOOST_AUTO_TEST_SUITE(a_caption_reader)

BOOST_AUTO_TEST_CASE(reads_subrip_with_windows_line_ends_and_a_byte_order_mark) {
  const auto got = read("\xEF\xBB\xBF"
                        "1\r\n00:00:01,500 --> 00:00:03,000\r\n<i>Hello</i>\r\nworld\r\n\r\n"
                        "2\r\n00:00:04,000 --> 00:00:05,000\r\n{\\an8}up here\r\n");
  BOOST_TEST(got.warnings.empty());
  const std::vector<cue> expected{{1500ms, 3s, "Hello\nworld"}, {4s, 5s, "up here"}};
  BOOST_TEST((got.cues == expected));
}

BOOST_AUTO_TEST_CASE(reads_webvtt_with_notes_styles_names_and_settings) {
  const auto got = read("WEBVTT - a title\nKind: captions\n\nNOTE nobody\nreads this\n\n"
                        "STYLE\n::cue { color: red }\n\nintro\n"
                        "01:02.500 --> 01:04.000 line:0 align:start\n<v Ann>Fish &amp; chips\n\n"
                        "10:00:00.000 --> 10:00:01.000\n<c.loud>Late</c>\n");
  BOOST_TEST(got.warnings.empty());
  const std::vector<cue> expected{{62500ms, 64s, "Fish & chips"}, {10h, 10h + 1s, "Late"}};
  BOOST_TEST((got.cues == expected));
}

BOOST_AUTO_TEST_CASE(takes_western_bytes_when_it_is_not_utf8) {
  const auto got = read("1\n00:00:01,000 --> 00:00:02,000\ncaf\xE9 \x80 5\n");
  BOOST_REQUIRE_EQUAL(got.cues.size(), 1U);
  BOOST_TEST(got.cues[0].text == "caf\xC3\xA9 \xE2\x82\xAC 5");
}

BOOST_AUTO_TEST_CASE(reads_utf16) {
  std::string wide = "\xFF\xFE";
  for (const char byte : std::string{"1\n00:00:01,000 --> 00:00:02,000\nhi\n"})
    wide += {byte, '\0'};
  const auto got = read(wide);
  BOOST_REQUIRE_EQUAL(got.cues.size(), 1U);
  BOOST_TEST(got.cues[0].text == "hi");
}

BOOST_AUTO_TEST_CASE(skips_damaged_blocks_and_says_where) {
  const auto got =
      read("1\n00:00:01,000 --> 00:00:02,000\ngood\n\n2\n00:00:xx --> 00:00:03\nbad\n\n"
           "nonsense\n\n3\n00:00:05,000 --> 00:00:04,000\nbackwards\n\n"
           "4\n00:00:06,000 --> 00:00:07,000\ngood too\n");
  BOOST_TEST(got.cues.size() == 2U);
  const std::vector<std::string> expected{"line 6: the time cannot be read, left out",
                                          "line 9: no time here, left out",
                                          "line 12: ends before it begins, left out"};
  BOOST_TEST(got.warnings == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(gets_along_without_empty_lines_and_in_any_order) {
  const auto got = read("1\n00:00:05,000 --> 00:00:06,000\nsecond\n2\n00:00:01,000 --> "
                        "00:00:02,000\nfirst\n3 of them\n");
  const std::vector<cue> expected{{1s, 2s, "first\n3 of them"}, {5s, 6s, "second"}};
  BOOST_TEST((got.cues == expected));
}

BOOST_AUTO_TEST_CASE(keeps_its_limits) {
  std::string many;
  for (int i = 0; i < 50; ++i)
    many += "00:00:01,000 --> 00:00:02,000\n" + std::string(100, 'x') + "\n\nbad\n\n";
  read_limits limits;
  limits.most_cues = 10;
  limits.longest_text = 20;
  limits.most_warnings = 3;
  const auto got = read_subtitles(std::string_view{many}, limits);
  BOOST_TEST(got.cues.size() == 10U);
  BOOST_TEST(got.cues[0].text == std::string(20, 'x'));
  BOOST_TEST(got.warnings.size() == 4U);
  BOOST_TEST(got.warnings.back() == "and 17 more");
}

BOOST_AUTO_TEST_CASE(survives_any_bytes) {
  std::mt19937 random{7};
  const std::string good = "WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000 a\n<b>x&#x41;&amp;\n\n";
  for (int round = 0; round < 3000; ++round) {
    std::string bytes = good + good;
    for (unsigned flips = 1 + random() % 12; flips > 0; --flips)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    bytes.resize(random() % (bytes.size() + 1));
    const auto got = read_subtitles(std::string_view{bytes});
    for (const auto& one : got.cues)
      BOOST_REQUIRE((one.end > one.begin && !one.text.empty()));
  }
}

BOOST_AUTO_TEST_CASE(reads_back_what_was_written) {
  const std::vector<cue> cues{{1s, 2s, "a < b & <c> caf\xC3\xA9\nx"}, {2s, 3500ms, "&amp; {y}"}};
  BOOST_TEST((read(write_vtt(cues, "note")).cues == cues));
}

BOOST_AUTO_TEST_CASE(says_that_a_file_cannot_be_read) {
  BOOST_CHECK_THROW(read_subtitles(std::filesystem::path{"/nowhere/talk.srt"}), vdoc::failure);
}

BOOST_AUTO_TEST_CASE(finds_the_sidecars_of_a_video) {
  const folder here;
  for (const auto* name : {"talk.mp4", "talk.srt", "talk.en.srt", "talk.en.vtt", "talk.PT-br.srt",
                           "talk.mp4.srt", "talk2.srt", "talk.commentary.srt", "talk.txt"})
    here.touch(name);
  const std::vector<sidecar> expected{{here.path / "talk.srt", ""},
                                      {here.path / "talk.en.vtt", "en"},
                                      {here.path / "talk.PT-br.srt", "pt-BR"}};
  BOOST_TEST((sidecars_of(here.path / "talk.mp4") == expected));
}

BOOST_AUTO_TEST_CASE(makes_cues_of_a_subtitle_track) {
  const std::vector<timed_text> texts{
      {4s, 4s, "no end"}, {1s, 2s, "<i>first</i>"}, {6s, 0s, "gone when the next comes"},
      {30s, 0s, "last"},  {20s, 21s, " "},          {8s, 9s, "next"}};
  const std::vector<cue> expected{{1s, 2s, "first"},
                                  {4s, 6s, "no end"},
                                  {6s, 8s, "gone when the next comes"},
                                  {8s, 9s, "next"},
                                  {30s, 35s, "last"}};
  BOOST_TEST((to_cues(texts) == expected));
}

BOOST_AUTO_TEST_CASE(knows_languages) {
  BOOST_TEST(language_tag("eng") == "en");
  BOOST_TEST(language_tag("ger") == "de");
  BOOST_TEST(language_tag("EN_us") == "en-US");
  BOOST_TEST(language_tag("und") == "");
  BOOST_TEST(language_tag("../x") == "");
  BOOST_TEST(language_name("en") == "English");
  BOOST_TEST(language_name("pt-BR") == "Portuguese (BR)");
  BOOST_TEST(language_name("") == "Unknown language");
}

BOOST_AUTO_TEST_SUITE_END()
