#include "test/support/box_edits.hpp"
#include "test/support/exactness.hpp"
#include "test/support/folder_bytes.hpp"
#include "test/support/media_catalogue.hpp"
#include "test/support/mp4_boxes.hpp"
#include "test/support/stand_in.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

// A check that cannot fail proves nothing: here each is shown a right output, made by ffmpeg, and
// one with the mistake that it is there to find.

namespace {

using namespace vdoc::test;
using names = std::vector<std::string>;

/// One source and its right outputs, made once for all cases.
struct bench {
  std::filesystem::path source = make(source_named("mp4_faststart"));
  source_truth truth = truth_of(source.string(), true, true);
  temp_folder right;
  bench() {
    make_stand_in(source, right / "fmp4");
    make_stand_in(source, right / "ts", {.transport = true});
  }
  static bench& shared() {
    static bench one;
    return one;
  }
};

struct damaged_output {
  bench& at = bench::shared();
  temp_folder out;
  std::filesystem::path folder = out / "job";

  void take(const char* kind) {
    std::filesystem::copy(at.right / kind, folder, std::filesystem::copy_options::recursive);
  }
  void make(const stand_in_options& options) { make_stand_in(at.source, folder, options); }
  void replace(const char* file, const std::string& from, const std::string& to) const {
    auto text = read_file(folder / file);
    const auto place = text.find(from);
    BOOST_REQUIRE_MESSAGE(place != std::string::npos, from << " is not in " << file);
    write_file(folder / file, text.replace(place, from.size(), to));
  }
  /// Puts another value for an attribute of the first variant.
  void claim(const std::string& name, const std::string& value) const {
    auto text = read_file(folder / "master.m3u8");
    const auto place = text.find(name + "=", text.find("STREAM-INF")) + name.size() + 1;
    const auto end =
        text[place] == '"' ? text.find('"', place + 1) + 1 : text.find_first_of(",\n", place);
    write_file(folder / "master.m3u8", text.replace(place, end - place, value));
  }
  [[nodiscard]] findings found() const { return check_everything(folder, at.truth); }
  void finds(const names& expected) const {
    const auto all = found();
    BOOST_TEST(checks_in(all) == expected, "" << all);
  }
};

/// Sets the bytes at the first `what` behind `after` in a segment.
void poke(const std::filesystem::path& file, const std::string& what, std::size_t skip,
          const std::string& bytes) {
  auto all = read_file(file);
  const auto place = all.find(what);
  BOOST_REQUIRE(place != std::string::npos);
  write_file(file, all.replace(place + skip, bytes.size(), bytes));
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_checks, damaged_output)

BOOST_AUTO_TEST_CASE(find_nothing_wrong_with_a_right_output) {
  take("fmp4");
  finds({});
}

BOOST_AUTO_TEST_CASE(find_nothing_wrong_with_right_transport_streams) {
  take("ts");
  finds({});
}

BOOST_AUTO_TEST_CASE(know_the_source_by_its_numbers) {
  BOOST_TEST(at.truth.frames.size() == 150U);
  for (int n = 0; n < 150; ++n) {
    BOOST_TEST(at.truth.frames[static_cast<std::size_t>(n)].number == n);
    BOOST_TEST(at.truth.frames[static_cast<std::size_t>(n)].time.count() == n * 40'000'000LL);
  }
  BOOST_TEST(at.truth.flashes.size() == 5U);
  BOOST_REQUIRE(at.truth.sounds.size() == 1U);
  BOOST_TEST(at.truth.sounds[0].bursts.size() == 5U);
}

BOOST_AUTO_TEST_CASE(find_a_dropped_frame) {
  make({.spoil_video = {{90, "select=not(eq(n\\,70))"}}});
  BOOST_TEST(checks_in(found()) == names{"frames"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(find_a_frame_shown_twice_in_place_of_another) {
  make(
      {.spoil_video = {{90, "loop=loop=1:size=1:start=69,select=not(eq(n\\,71)),setpts=N/25/TB"}}});
  finds({"frames"});
}

BOOST_AUTO_TEST_CASE(find_a_late_picture) {
  make({.spoil_video = {{180, "setpts=PTS+gte(N\\,90)*0.004/TB"}}});
  finds({"aligned", "frames"});
}

BOOST_AUTO_TEST_CASE(find_a_mirrored_picture) {
  make({.spoil_video = {{180, "hflip"}}});
  finds({"frames"});
}

BOOST_AUTO_TEST_CASE(find_late_sound) {
  make({.spoil_audio = "adelay=30:all=1"});
  finds({"audio", "sync"});
}

BOOST_AUTO_TEST_CASE(find_sound_that_drifts) {
  make({.spoil_audio = "atempo=1.01"});
  finds({"audio", "sync"});
}

BOOST_AUTO_TEST_CASE(find_a_hole_in_the_sound) {
  make({.heights_px = {90}});
  const auto list = folder / "audio/en/index.m3u8";
  auto text = read_file(list);
  const auto from = text.find("#EXTINF", text.find("00001.m4s"));
  text.erase(from, text.find("#EXTINF", from + 1) - from);
  write_file(list, text);
  const auto all = checks_in(found());
  BOOST_TEST((std::ranges::find(all, "audio") != all.end()));
  BOOST_TEST((std::ranges::find(all, "joins") != all.end()));
}

BOOST_AUTO_TEST_CASE(find_swapped_segments) {
  take("fmp4");
  const auto one = folder / "video/90p/00001.m4s", other = folder / "video/90p/00002.m4s";
  std::filesystem::rename(one, folder / "x");
  std::filesystem::rename(other, one);
  std::filesystem::rename(folder / "x", other);
  const auto all = checks_in(found());
  for (const char* check : {"aligned", "frames", "joins", "order"})
    BOOST_TEST((std::ranges::find(all, check) != all.end()), check);
}

BOOST_AUTO_TEST_CASE(find_a_decode_time_that_does_not_go_on) {
  take("fmp4");
  poke(folder / "video/90p/00002.m4s", "tfdt", 15, "\x01");
  const auto all = checks_in(found());
  BOOST_TEST((std::ranges::find(all, "joins") != all.end()));
}

BOOST_AUTO_TEST_CASE(find_a_wrong_sequence_number) {
  take("fmp4");
  poke(folder / "video/90p/00002.m4s", "mfhd", 11, "\x09");
  finds({"joins"});
}

BOOST_AUTO_TEST_CASE(find_a_lost_transport_packet) {
  take("ts");
  const auto file = folder / "video/180p/00001.ts";
  auto bytes = read_file(file);
  write_file(file, bytes.erase(std::size_t{188} * 20, 188));
  const auto all = checks_in(found());
  BOOST_TEST((std::ranges::find(all, "joins") != all.end()));
}

BOOST_AUTO_TEST_CASE(find_missing_programme_tables) {
  take("ts");
  const auto file = folder / "video/180p/00001.ts";
  const auto bytes = read_file(file);
  std::string rest;
  for (std::size_t at = 0; at < bytes.size(); at += 188)
    if ((big_endian(bytes, at + 1, 2) & 0x1fffU) != 0)
      rest += bytes.substr(at, 188);
  write_file(file, rest);
  const auto all = checks_in(found());
  BOOST_TEST((std::ranges::find(all, "joins") != all.end()));
}

BOOST_AUTO_TEST_CASE(find_a_segment_that_starts_without_an_idr) {
  take("fmp4");
  const auto file = folder / "video/180p/00002.m4s";
  const auto bytes = read_file(file);
  const auto header = read_init(read_file(folder / "video/180p/init.mp4"));
  const auto first = read_fragments(bytes, header).at(0).samples.at(0).bytes;
  const auto place = first.find('\x65'); // nal_ref_idc 3, type 5
  BOOST_REQUIRE(place != std::string_view::npos);
  auto changed = bytes;
  changed[static_cast<std::size_t>(first.data() - bytes.data()) + place] = '\x61';
  write_file(file, changed);
  const auto all = checks_in(found());
  BOOST_TEST((std::ranges::find(all, "idr") != all.end()));
}

BOOST_AUTO_TEST_CASE(find_renditions_cut_at_other_times) {
  make({.key_frames_at = {{90, "0,2.04,4"}}});
  const auto all = checks_in(found());
  BOOST_TEST((std::ranges::find(all, "aligned") != all.end()));
}

BOOST_AUTO_TEST_CASE(find_a_playlist_that_is_wrong_about_lengths) {
  take("fmp4");
  replace("video/180p/index.m3u8", "#EXTINF:2.000000", "#EXTINF:2.010000");
  const auto all = checks_in(found());
  BOOST_TEST((std::ranges::find(all, "playlist") != all.end()));
}

BOOST_AUTO_TEST_CASE(find_a_target_duration_that_is_too_short) {
  take("fmp4");
  replace("video/180p/index.m3u8", "TARGETDURATION:2", "TARGETDURATION:1");
  finds({"playlist"});
}

BOOST_AUTO_TEST_CASE(find_a_playlist_that_never_ended) {
  take("fmp4");
  replace("audio/en/index.m3u8", "#EXT-X-ENDLIST\n", "");
  finds({"playlist"});
}

BOOST_AUTO_TEST_CASE(find_each_wrong_attribute) {
  for (const auto& [name, value] :
       std::map<std::string, std::string>{{"BANDWIDTH", "1000"},
                                          {"AVERAGE-BANDWIDTH", "9000000"},
                                          {"CODECS", "\"avc1.640028,mp4a.40.2\""},
                                          {"RESOLUTION", "322x180"},
                                          {"FRAME-RATE", "25.005"}}) {
    std::filesystem::remove_all(folder);
    take("fmp4");
    claim(name, value);
    const auto all = found();
    BOOST_TEST(all.size() == 1U, name << ": " << all);
    BOOST_TEST(all.at(0).check == "attributes");
    BOOST_TEST(all.at(0).what.starts_with(name));
  }
}

BOOST_AUTO_TEST_CASE(say_so_when_a_segment_is_missing) {
  take("fmp4");
  std::filesystem::remove(folder / "video/90p/00002.m4s");
  finds({"readable"});
}

BOOST_AUTO_TEST_CASE(tell_outputs_apart_by_one_byte) {
  take("fmp4");
  BOOST_TEST(differences(at.right / "fmp4", folder).empty());
  write_file(folder / "job.json", "{}");
  BOOST_TEST(differences(at.right / "fmp4", folder).empty());
  flip_bits(folder / "video/90p/00002.m4s", 1, 1, 0.5, 0.6);
  const auto found = differences(at.right / "fmp4", folder);
  BOOST_TEST(found.size() == 1U);
  BOOST_TEST(found.at(0).starts_with("video/90p/00002.m4s differs at byte "));
  std::filesystem::remove(folder / "video/90p/00002.m4s");
  BOOST_TEST(differences(at.right / "fmp4", folder).at(0) == "video/90p/00002.m4s is missing");
}

BOOST_AUTO_TEST_SUITE_END()
