#include "test/engine/engine_run.hpp"
#include "test/support/browser.hpp"
#include "test/support/media_catalogue.hpp"

#include <boost/test/unit_test.hpp>

// What a browser makes of it: the scripts of test/browser drive Chromium and say in their exit code
// whether all was well, and on stderr what was not.

namespace {

using namespace vdoc::test;

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
