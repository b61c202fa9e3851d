#include "pipelines/gst/movie_chapters.hpp"
#include "pipelines/gst/movie_mender.hpp"
#include "test/gst/demux_media.hpp"
#include "test/support/box_edits.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc;
using namespace vdoc::test;
using namespace std::chrono_literals;

namespace {

/// A film of 12 s with three chapters, as ffmpeg writes them: in both ways.
std::filesystem::path film_with_chapters(const std::string& name, const std::string& options = "") {
  const auto texts = written("chapters.txt", ";FFMETADATA1\n"
                                             "[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=2000\n"
                                             "title=Opening\n"
                                             "[CHAPTER]\nTIMEBASE=1/1000\nSTART=2000\nEND=4567\n"
                                             "title=Größe & more\n"
                                             "[CHAPTER]\nTIMEBASE=1/1000\nSTART=4567\nEND=9000\n"
                                             "title=End\n");
  return made(name, "{pictures} {sound} -i " + texts.string() +
                        " -map 0 -map 1 -map_metadata 2 -c:v libx264 -preset ultrafast -c:a aac " +
                        options);
}

const std::vector<probe::chapter> three_chapters{
    {0s, 2s, "Opening"}, {2s, 4567ms, "Größe & more"}, {4567ms, 9s, "End"}};

std::filesystem::path without(const std::filesystem::path& movie, const std::string& box) {
  auto bytes = read_file(movie);
  for (auto at = bytes.find(box); at != std::string::npos; at = bytes.find(box, at + 1))
    bytes.replace(at, 4, "free");
  return written("without_" + box + "_" + movie.filename().string(), bytes);
}

bool are_three(const std::filesystem::path& movie) {
  return gst::read_movie_chapters(movie) == three_chapters;
}

/// Big-endian, of four bytes.
std::string word(std::uint32_t value) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8)
    out += static_cast<char>(value >> static_cast<unsigned>(shift) & 0xFFU);
  return out;
}

std::string box(const std::string& kind, const std::string& payload) {
  return word(static_cast<std::uint32_t>(payload.size() + 8)) + kind + payload;
}

/// The length that the movie lost, in ms; its bytes are changed.
std::int64_t lost_length_ms(std::string& moov) {
  const auto length =
      gst::forget_movie_length({reinterpret_cast<std::uint8_t*>(moov.data()), moov.size()});
  return length.count() / 1'000'000;
}

std::string header_of(std::uint32_t per_second, std::uint32_t length) {
  return box("mvhd",
             std::string(12, '\0') + word(per_second) + word(length) + std::string(80, '\0'));
}

} // namespace

BOOST_AUTO_TEST_SUITE(chapters_of_a_movie)

BOOST_AUTO_TEST_CASE(are_read_from_the_text_track_that_the_others_name) {
  BOOST_TEST(are_three(film_with_chapters("track.mp4", "-movflags disable_chpl")));
  BOOST_TEST(are_three(film_with_chapters("track.mov", "")));
  BOOST_TEST(are_three(film_with_chapters("track.m4v", "-movflags +faststart+disable_chpl")));
}

BOOST_AUTO_TEST_CASE(are_read_from_neros_list) {
  const auto listed = without(film_with_chapters("list.mp4"), "tref");
  auto should = three_chapters;
  for (auto& one : should)
    one.end = 0s; // the list says where they begin
  BOOST_TEST((gst::read_movie_chapters(listed) == should));
}

BOOST_AUTO_TEST_CASE(all_end_once_the_movie_is_inspected) {
  auto should = three_chapters;
  BOOST_TEST((gst::inspect(film_with_chapters("both.mp4"), {}).probe.chapters == should));
  const auto listed = gst::inspect(without(film_with_chapters("list2.mp4"), "tref"), {}).probe;
  should.back().end = listed.duration;
  BOOST_TEST((listed.duration == 12s));
  BOOST_TEST((listed.chapters == should));
}

BOOST_AUTO_TEST_CASE(are_no_captions) {
  BOOST_TEST(gst::inspect(film_with_chapters("captions.mp4"), {}).probe.subtitles.empty());
}

BOOST_AUTO_TEST_CASE(keep_their_places_behind_an_empty_edit) {
  // The text track of the film, with its edit that begins at once turned into an empty one of 2 s.
  auto bytes = read_file(film_with_chapters("edit.mp4", "-movflags disable_chpl"));
  const auto edits = bytes.rfind("elst");
  BOOST_REQUIRE(edits != std::string::npos);
  bytes.replace(edits + 12, 8, word(2000) + word(0xFFFFFFFF));
  const auto late = gst::read_movie_chapters(written("late_chapters.mp4", bytes));
  BOOST_REQUIRE(late.size() == 3U);
  BOOST_TEST((late[0].begin == 2s));
  BOOST_TEST((late[2].begin == 6567ms));
}

BOOST_AUTO_TEST_CASE(are_not_made_up_where_there_are_none) {
  BOOST_TEST(gst::read_movie_chapters(made("none.mp4", "{sound} -c:a aac")).empty());
  BOOST_TEST(gst::read_movie_chapters(made("none.mkv", "{sound} -c:a aac")).empty());
  BOOST_TEST(gst::read_movie_chapters("/nowhere/at/all.mp4").empty());
}

BOOST_AUTO_TEST_CASE(of_a_broken_file_are_read_as_far_as_they_make_sense) {
  const auto whole = read_file(film_with_chapters("whole.mp4"));
  const auto tables = whole.rfind("stts");
  for (const char* table : {"stsz", "stsc", "stco", "stts", "mdhd", "hdlr"}) {
    // With what the table counts set to the most that it can: whatever comes, it ends.
    auto bytes = whole;
    const auto at = bytes.rfind(table);
    bytes.replace(at + 8, 8, word(0xFFFFFFFF) + word(0xFFFFFFFF));
    BOOST_TEST(gst::read_movie_chapters(written("broken.mp4", bytes)).size() <= 1000U, table);
    BOOST_TEST(gst::read_movie_chapters(written("broken.mp4", whole.substr(0, at + 6))).size() <=
                   3U,
               table);
  }
  auto late = whole; // each lasts 136 years
  late.replace(tables + 16, 4, word(0xFFFFFFFF));
  for (const auto& one : gst::read_movie_chapters(written("years.mp4", late)))
    BOOST_TEST(one.begin.count() >= 0);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(sound_of_a_movie)

BOOST_AUTO_TEST_CASE(that_is_pcm_is_not_marked_as_variable) {
  const auto track = [](const std::string& kind, const std::string& compression) {
    const auto entry = box(kind, std::string(20, '\0') + compression + std::string(40, '\0'));
    const auto table = box("stbl", box("stsd", word(0) + word(1) + entry));
    return box("trak", box("mdia", box("hdlr", word(0) + "mhlrsoun") + box("minf", table)));
  };
  const auto mended = [](std::string moov) {
    gst::mark_pcm_as_constant({reinterpret_cast<std::uint8_t*>(moov.data()), moov.size()});
    return moov;
  };
  const std::string variable{"\xFF\xFE"}, constant(2, '\0');
  const auto compressed = track("mp4a", variable);
  BOOST_TEST(mended(box("moov", compressed + track("lpcm", variable))) ==
             box("moov", compressed + track("lpcm", constant)));
  const auto cut = box("moov", track("lpcm", variable)).substr(0, 90);
  BOOST_TEST(mended(cut) == cut);
}

BOOST_AUTO_TEST_CASE(has_all_of_its_times_when_it_is_pcm_of_a_high_rate) {
  const auto found =
      demux(made("high.mov", "{pictures} {sound} -c:v mjpeg -ar 96000 -c:a pcm_s24le"));
  const auto& units = found.sound.at(0);
  const auto end = units.back().pts + units.back().duration;
  BOOST_TEST(std::abs((end - 12s).count()) < 1'000'000);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(the_length_of_a_movie)

BOOST_AUTO_TEST_CASE(is_taken_out_of_its_header) {
  auto moov = box("moov", header_of(1000, 4680) + box("trak", "..."));
  const auto unknown = box("moov", header_of(1000, 0) + box("trak", "..."));
  BOOST_TEST(lost_length_ms(moov) == 4680);
  BOOST_TEST(moov == unknown);
  BOOST_TEST(lost_length_ms(moov) == 0);
}

BOOST_AUTO_TEST_CASE(is_that_of_its_fragments_where_it_has_some) {
  const auto with = [](std::uint32_t length) {
    return box("moov", header_of(600, 0) + box("mvex", box("trex", std::string(24, '\0')) +
                                                           box("mehd", word(0) + word(length))));
  };
  auto moov = with(1200);
  BOOST_TEST(lost_length_ms(moov) == 2000);
  BOOST_TEST(moov == with(0));
}

BOOST_AUTO_TEST_CASE(may_be_too_long_to_make_sense_or_cut_off) {
  auto endless = box("moov", header_of(1000, 0xFFFFFFFF));
  BOOST_TEST(lost_length_ms(endless) == 0);
  for (std::size_t size = 0; size < 116; size += 5) {
    auto cut = box("moov", header_of(1000, 4680)).substr(0, size);
    BOOST_TEST(lost_length_ms(cut) == 0);
  }
}

BOOST_AUTO_TEST_CASE(ends_no_track_before_its_own_edits_do) {
  // 12 s, of which the edits leave 7.7 s from within a group of pictures.
  const auto whole = made("to_cut.mp4", "{pictures} {sound} -c:v libx264 -preset ultrafast -g 50 "
                                        "-bf 2 -sc_threshold 0 -c:a aac");
  const auto cut = demux_folder() / "cut.mov";
  said_by("ffmpeg -v error -y -ss 3.3 -i " + whole.string() + " -t 7.7 -c copy " + cut.string());
  const auto by_engine = demux(cut);
  BOOST_REQUIRE(by_engine.summary.has_value());
  const auto pictures = pictures_by_ffprobe(cut);
  BOOST_TEST(by_engine.frames() == pictures.size());
  const auto& units = by_engine.sound.at(0);
  const auto end = units.back().pts + units.back().duration;
  const auto should = std::stod(said_by("ffprobe -v error -select_streams a -show_entries "
                                        "stream=duration -of csv=p=0 " +
                                        cut.string()));
  BOOST_TEST(std::abs(static_cast<double>(end.count()) / 1e9 - should) < 0.022);
}

BOOST_AUTO_TEST_SUITE_END()
