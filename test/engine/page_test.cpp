#include "test/engine/engine_run.hpp"
#include "test/support/box_edits.hpp"
#include "test/support/browser.hpp"
#include "test/support/media_catalogue.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

// What a browser makes of it: the scripts of test/browser drive Chromium and say in their exit code
// whether all was well, and on stderr what was not.

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;

std::string longest_word_of(const nlohmann::json& transcript) {
  std::string longest;
  for (const auto& utterance : transcript.at("utterances"))
    for (const auto& word : utterance.at("words"))
      if (const auto text = word.at("text").get<std::string>(); text.size() > longest.size())
        longest = text;
  return longest;
}

struct a_finished_job {
  temp_folder out;
  void run_on(const std::string& name, std::vector<std::string> flags) {
    const auto file = make(source_named(name));
    const auto result = run_engine({{file.string()}, std::move(flags), small_ladder()}, out.path());
    BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
    folder = out.path() / file.stem();
  }
  void plays() const { passes("play_hls.mjs", {folder.string(), "--rate", "4"}); }
  void reads() const { passes("document_page.mjs", {(folder / "document").string()}); }
  static void passes(const std::string& check, const std::vector<std::string>& words) {
    const auto result = browse(check, words);
    BOOST_TEST(result.succeeded(), check << ": " << result.out << result.story());
  }
  std::filesystem::path folder;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_browser, a_finished_job)

BOOST_AUTO_TEST_CASE(plays_the_renditions) {
  run_on("mp4_h264_open_gop", {"--segment", "2s", "--no-document", "--captions", "off"});
  plays();
}

BOOST_AUTO_TEST_CASE(plays_what_is_there_while_the_job_still_runs) {
  // Long enough to be far from its end when the browser has begun.
  const temp_folder place;
  const auto file = place / "ten_minutes.mp4";
  run_or_throw({"ffmpeg", "-v", "error", "-nostdin", "-stream_loop", "9", "-i",
                make(source_named("mp4_a_minute")).string(), "-c", "copy", file.string()});
  running_command engine{to_command({{file.string()},
                                     {"--segment", "2s", "--no-document", "--captions", "off",
                                      "--preset", "slower", "--workers", "1"},
                                     small_ladder()},
                                    out.path())};
  folder = out.path() / file.stem();
  BOOST_REQUIRE(until(
      60s, [&] { return std::filesystem::exists(folder / "master.m3u8") || engine.ended(); }));
  passes("play_growing.mjs", {folder.string()});
  BOOST_TEST(!engine.ended(), "the run was over before the browser had played");
}

BOOST_AUTO_TEST_CASE(reads_the_document_of_speech_without_pictures) {
  const temp_folder place;
  const auto file = place / "speech_alone.m4a";
  run_or_throw({"ffmpeg", "-v", "error", "-nostdin", "-i",
                make(source_named("speech_at_known_times")).string(), "-vn", "-c:a", "copy",
                file.string()});
  const auto result = run_engine({{file.string()}, {}, small_ladder()}, out.path());
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  folder = out.path() / "speech_alone";
  plays();
  reads();
  BOOST_TEST(std::filesystem::exists(folder / "audio.m4a"));
  BOOST_TEST(!std::filesystem::exists(folder / "video"));
  // What is said stands in the captions, the transcript and the document.
  const auto captions = read_file(folder / "captions/en.vtt");
  BOOST_TEST(captions.starts_with("WEBVTT"));
  BOOST_TEST(captions.find("-->") != std::string::npos);
  const auto transcript = nlohmann::json::parse(read_file(folder / "transcript.json"));
  BOOST_TEST(transcript.at("automatic") == true);
  BOOST_REQUIRE(transcript.at("utterances").size() >= 3U);
  const auto word = longest_word_of(transcript);
  BOOST_TEST(word.size() >= 5U);
  for (const char* text : {"document/index.html", "document.md", "transcript.txt"})
    BOOST_TEST(read_file(folder / text).find(word) != std::string::npos,
               "\"" << word << "\" is not in " << text);
  BOOST_TEST(read_file(folder / "master.m3u8").find("TYPE=SUBTITLES") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(plays_transport_streams) {
  run_on("mkv_vfr", {"--segment", "2s", "--no-document", "--captions", "off", "--container", "ts"});
  plays();
}

BOOST_AUTO_TEST_CASE(plays_sound_without_pictures) {
  run_on("audio_only_mp3", {"--segment", "2s", "--captions", "off"});
  plays();
  reads();
  BOOST_TEST(std::filesystem::exists(folder / "audio.m4a"));
}

BOOST_AUTO_TEST_CASE(plays_with_captions_and_reads_the_document) {
  run_on("speech_at_known_times", {});
  plays();
  reads();
}

BOOST_AUTO_TEST_CASE(reads_the_document_of_a_silent_video) {
  run_on("mp4_no_audio", {});
  reads();
}

BOOST_AUTO_TEST_SUITE_END()
