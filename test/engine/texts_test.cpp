#include "test/engine/engine_run.hpp"
#include "test/engine/exact_sources.hpp"
#include "test/support/box_edits.hpp"
#include "test/support/one_case_each.hpp"
#include "test/support/playlists_seen.hpp"

#include <algorithm>
#include <sstream>

namespace {

using namespace vdoc::test;

/// Those of the texts that do not need a recogniser.
std::vector<source> written_texts() {
  auto all = texts_that_work();
  std::erase_if(all, [](const source& one) {
    return one.name == "speech_at_known_times" || one.name == "minute_of_music_and_noise";
  });
  return all;
}

const one_case_each cases{"texts_and_languages_come_along", written_texts(), becomes_exact};

struct a_job_with_texts {
  temp_folder out;
  std::filesystem::path folder;
  void run_on(const std::string& name) {
    const auto file = make(source_named(name));
    const auto result =
        run_engine({{file.string()}, {"--segment", "2s"}, small_ladder()}, out.path());
    BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
    folder = out.path() / file.stem();
  }
  [[nodiscard]] std::string text(const std::string& file) const { return read_file(folder / file); }
};

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
    ++found;
  return found;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(captions_of_the_source, a_job_with_texts)

BOOST_AUTO_TEST_CASE(win_over_recognition_and_keep_their_times_and_words) {
  for (const char* name : {"mkv_srt", "mkv_ass", "mp4_mov_text", "mp4_sidecar_srt"}) {
    BOOST_TEST_INFO_SCOPE(name);
    run_on(name);
    const std::string language = std::string{name} == "mkv_srt" ? "fr" : "en";
    const auto srt = text("captions/" + language + ".srt");
    BOOST_TEST(srt.find("00:00:01,000 --> 00:00:02,500\nThe first caption\n") != std::string::npos,
               srt);
    BOOST_TEST(srt.find("00:00:03,000 --> 00:00:05,000\n") != std::string::npos, srt);
    BOOST_TEST(srt.find("second") != std::string::npos, srt);
    BOOST_TEST(count(srt, "-->") == 2U, srt);
    const auto vtt = text("captions/" + language + ".vtt");
    BOOST_TEST(vtt.starts_with("WEBVTT"));
    BOOST_TEST(vtt.find("00:00:01.000 --> 00:00:02.500") != std::string::npos, vtt);
    const auto spoken = nlohmann::json::parse(text("transcript.json"));
    BOOST_TEST(spoken.at("automatic") == false);
    BOOST_TEST(spoken.at("utterances").size() == 2U);
    std::filesystem::remove_all(folder);
  }
}

BOOST_AUTO_TEST_CASE(are_cut_into_segments_that_cover_the_whole) {
  run_on("mkv_srt");
  const auto master = read_master_playlist(text("master.m3u8"));
  const auto listed = std::ranges::find_if(
      master.media, [](const auto& one) { return one.at("TYPE") == "SUBTITLES"; });
  BOOST_REQUIRE((listed != master.media.end()));
  for (const auto& variant : master.variants)
    BOOST_TEST(variant.says.at("SUBTITLES") == listed->at("GROUP-ID"));
  const std::filesystem::path uri = listed->at("URI");
  const auto list = read_media_playlist(text(uri));
  BOOST_TEST(list.ended);
  double seconds = 0;
  std::string all;
  for (const auto& segment : list.segments) {
    seconds += segment.seconds;
    const auto part = text(uri.parent_path() / segment.uri);
    BOOST_TEST(part.starts_with("WEBVTT"));
    BOOST_TEST(part.find("X-TIMESTAMP-MAP=") != std::string::npos);
    all += part;
  }
  BOOST_TEST(std::abs(seconds - 6.0) < 0.05);
  BOOST_TEST(all.find("The first caption") != std::string::npos);
  // The second cue, 3 s to 5 s, lies in the segments from 2 s and from 4 s on.
  BOOST_TEST(count(all, "00:00:03.000 --> 00:00:05.000") == 2U, all);
}

BOOST_AUTO_TEST_CASE(beside_the_source_are_found_by_its_name) {
  run_on("mp4_sidecar_vtt");
  BOOST_TEST(text("captions/de.vtt").find("Der erste Untertitel") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(chapters_of_the_source, a_job_with_texts)

BOOST_AUTO_TEST_CASE(become_chapters_of_the_document) {
  for (const char* name : {"mp4_chapters", "mkv_chapters"}) {
    run_on(name);
    const auto page = text("document/index.html"), plain = text("document.md");
    for (const char* title : {"Opening", "The middle &amp; more", "End"})
      BOOST_TEST(page.find(title) != std::string::npos, name << ": " << title);
    BOOST_TEST(plain.find("Opening") < plain.find("The middle"), name);
    const auto chapters = job_of(folder).at("probe").at("chapters");
    BOOST_REQUIRE(chapters.size() == 3U);
    std::filesystem::remove_all(folder);
  }
}

BOOST_AUTO_TEST_SUITE_END()
