#include "test/engine/engine_run.hpp"
#include "test/engine/exact_sources.hpp"
#include "test/support/box_edits.hpp"
#include "test/support/exactness.hpp"
#include "test/support/ffprobe.hpp"
#include "test/support/one_case_each.hpp"
#include "test/support/playlists_seen.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <map>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;

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

struct caption_time {
  std::chrono::milliseconds begin, end;
};
using caption_times = std::vector<caption_time>;

/// When the captions of a source stand, by ffprobe, on the job's timeline. Matroska by ffmpeg is
/// shifted as a whole by what its encoder of sound puts before the sound: 21 ms for AAC.
caption_times times_by_ffprobe(const std::string& name) {
  const auto file = make(source_named(name)).string();
  const auto zero = std::chrono::duration<double>(truth_of(file, true, true).zero).count();
  const auto in_ms = [](double seconds) {
    return std::chrono::milliseconds{std::llround(seconds * 1000)};
  };
  caption_times out;
  const auto packets = ffprobe(file, {"-select_streams", "s:0", "-show_packets"}).at("packets");
  for (const auto& one : packets) {
    const auto begin = number_in(one, "pts_time", -1) - zero;
    out.push_back({in_ms(begin), in_ms(begin + number_in(one, "duration_time", 0))});
  }
  return out;
}

/// "00:00:01,021 --> 00:00:02,521"
std::string written_as(const caption_time& times, char point) {
  const auto one = [&](std::chrono::milliseconds time) {
    std::array<char, 32> out{};
    const auto ms = static_cast<int>(time.count());
    std::snprintf(out.data(), out.size(), "%02d:%02d:%02d%c%03d", ms / 3'600'000, ms / 60'000 % 60,
                  ms / 1000 % 60, point, ms % 1000);
    return std::string{out.data()};
  };
  return one(times.begin) + " --> " + one(times.end);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(captions_of_the_source, a_job_with_texts)

BOOST_AUTO_TEST_CASE(win_over_recognition_and_keep_their_times_and_words) {
  // Where nothing shifts the whole source, the times are those that were written.
  const caption_times written{{1000ms, 2500ms}, {3000ms, 5000ms}};
  const std::map<std::string, caption_times> sources{
      {"mkv_srt", times_by_ffprobe("mkv_srt")},
      {"mkv_ass", times_by_ffprobe("mkv_ass")},
      {"mkv_srt_flac", written},
      {"mp4_mov_text", written},
      {"mp4_sidecar_srt", written},
  };
  for (const auto& [name, times] : sources) {
    BOOST_TEST_INFO_SCOPE(name);
    run_on(name);
    const auto language = name.starts_with("mkv_srt") ? "fr" : "en";
    const auto srt = text(std::string{"captions/"} + language + ".srt");
    BOOST_REQUIRE(times.size() == 2U);
    BOOST_TEST(srt.find(written_as(times[0], ',') + "\nThe first caption\n") != std::string::npos,
               srt);
    BOOST_TEST(srt.find(written_as(times[1], ',') + "\n") != std::string::npos, srt);
    BOOST_TEST(srt.find("second") != std::string::npos, srt);
    BOOST_TEST(count(srt, "-->") == 2U, srt);
    const auto vtt = text(std::string{"captions/"} + language + ".vtt");
    BOOST_TEST(vtt.starts_with("WEBVTT"));
    BOOST_TEST(vtt.find(written_as(times[0], '.')) != std::string::npos, vtt);
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
  const auto times = times_by_ffprobe("mkv_srt");
  BOOST_REQUIRE(times.size() == 2U);
  BOOST_TEST(count(all, written_as(times[1], '.')) == 2U, all);
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
    const auto file = make(source_named(name)).string();
    const auto should = ffprobe(file, {"-show_chapters"}).at("chapters");
    for (std::size_t n = 0; n < 3; ++n)
      for (const auto& [ours, theirs] :
           {std::pair{"begin_ns", "start_time"}, std::pair{"end_ns", "end_time"}})
        BOOST_TEST(std::abs(chapters[n].at(ours).get<double>() / 1e9 -
                            number_in(should.at(n), theirs, -1)) < 0.001,
                   name << ": " << ours << " of chapter " << n);
    std::filesystem::remove_all(folder);
  }
}

BOOST_AUTO_TEST_SUITE_END()
