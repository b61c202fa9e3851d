#include "pipelines/gst/movie_boxes.hpp"
#include "pipelines/gst/plain_text.hpp"
#include "test/gst/demux_media.hpp"
#include "test/support/box_edits.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cmath>
#include <unistd.h>

using namespace vdoc;
using namespace vdoc::test;
using namespace std::chrono_literals;

namespace {

#define X264 "-c:v libx264 -preset ultrafast -threads 1 "

gst::inspection inspected(const std::string& name, const std::string& recipe) {
  return gst::inspect(made(name, recipe), {});
}

fault refusal(const std::filesystem::path& source, const gst::inspect_limits& limits = {}) {
  try {
    gst::inspect(source, limits);
  } catch (const failure& error) {
    return error.why();
  }
  return {culprit::ours, "it was not refused", {}, {}};
}

/// The first track header's matrix, as (a, b; c, d) of -1, 0 and 1.
std::filesystem::path turned(const std::string& name, std::array<int, 4> cells) {
  auto bytes = read_file(made("turn.mp4", "-f lavfi -i testsrc2=s=128x72:r=25:d=1 " X264));
  const auto matrix = bytes.find("tkhd") + 4 + 40;
  const std::array<std::size_t, 4> places{0, 1, 3, 4};
  for (std::size_t i = 0; i < 4; ++i) {
    const auto value = static_cast<std::uint32_t>(cells[i] * 0x10000);
    for (std::size_t byte = 0; byte < 4; ++byte)
      bytes[matrix + places[i] * 4 + byte] = static_cast<char>(value >> (24 - 8 * byte) & 0xffU);
  }
  return written(name, bytes);
}

} // namespace

BOOST_AUTO_TEST_SUITE(an_inspection)

BOOST_AUTO_TEST_CASE(tells_size_rate_and_sound_of_a_plain_film) {
  const auto [probe, copy] =
      inspected("plain.mp4", "{pictures} {sound} " X264 "-g 50 -metadata title=Talk -c:a aac "
                             "-metadata:s:a:0 language=ger");
  BOOST_TEST(probe.container == "mp4");
  BOOST_TEST(probe.title == "Talk");
  BOOST_TEST(std::abs((probe.duration - 12s).count()) < 50'000'000);
  BOOST_REQUIRE(probe.video.size() == 1);
  const auto& video = probe.video[0];
  BOOST_TEST(video.codec == "h264");
  BOOST_TEST(video.coded_width_px == 128);
  BOOST_TEST(video.display_height_px == 72);
  BOOST_TEST(video.fps_numerator == 25 * video.fps_denominator);
  BOOST_TEST(video.bit_depth == 8);
  BOOST_TEST(video.chroma == "4:2:0");
  BOOST_TEST(!video.interlaced);
  BOOST_TEST(video.bitrate_bps > 10'000);
  BOOST_REQUIRE(probe.audio.size() == 1);
  BOOST_TEST(probe.audio[0].codec == "aac");
  BOOST_TEST(probe.audio[0].language == "de");
  BOOST_TEST(probe.audio[0].rate_hz == 48'000);
  BOOST_TEST(probe.audio[0].channels == 1);
  BOOST_TEST(copy.h264_high_or_lower);
  BOOST_TEST(copy.yuv420_8bit_progressive);
  BOOST_TEST(copy.closed_gop);
  BOOST_TEST(std::abs(copy.longest_key_distance_s - 2) < 0.01);
}

BOOST_AUTO_TEST_CASE(lets_no_open_or_high_bit_stream_be_copied) {
  const auto open =
      inspected("open_gop.mp4", "{pictures} " X264 "-x264-params open-gop=1:bframes=3:keyint=60");
  BOOST_TEST(!open.copy.closed_gop);
  const auto deep = inspected("deep.mp4", "{pictures} " X264 "-pix_fmt yuv420p10le");
  BOOST_TEST(!deep.copy.yuv420_8bit_progressive);
  BOOST_TEST(!deep.copy.h264_high_or_lower);
  BOOST_TEST(deep.probe.video[0].bit_depth == 10);
  const auto full = inspected("full.mp4", "{pictures} " X264 "-pix_fmt yuv444p");
  BOOST_TEST(full.probe.video[0].chroma == "4:4:4");
  const auto fields = inspected("fields.ts", "{pictures} " X264 "-flags +ildct -x264-params tff=1");
  BOOST_TEST(fields.probe.video[0].interlaced);
  BOOST_TEST(!fields.copy.yuv420_8bit_progressive);
}

BOOST_AUTO_TEST_CASE(knows_hdr_and_pixels_that_are_not_square) {
  const auto wide = inspected("hlg.mkv", "-f lavfi -i testsrc2=s=144x72:r=25:d=2,setsar=16/15 "
                                         "-c:v libx265 -pix_fmt yuv420p10le -preset ultrafast "
                                         "-x265-params log-level=none:transfer=arib-std-b67:"
                                         "colorprim=bt2020:colormatrix=bt2020nc");
  const auto& video = wide.probe.video[0];
  BOOST_TEST(video.color.hdr);
  BOOST_TEST(video.color.transfer == "arib-std-b67");
  BOOST_TEST(video.color.primaries == "bt2020");
  BOOST_TEST(video.color.matrix == "bt2020nc");
  BOOST_TEST(video.bit_depth == 10);
  BOOST_TEST(video.aspect_numerator == 16);
  BOOST_TEST(video.display_width_px == 154);
  BOOST_TEST(video.display_height_px == 72);
}

BOOST_AUTO_TEST_CASE(says_nothing_of_a_rate_that_varies) {
  const auto uneven =
      inspected("uneven.mkv", "-f lavfi -i testsrc2=s=128x72:r=50:d=6,"
                              "select='not(mod(n\\,7))+not(mod(n\\,3))' -vsync vfr " X264);
  BOOST_TEST(uneven.probe.video[0].fps_numerator == 0);
  const auto ntsc = inspected("ntsc.mkv", "-f lavfi -i testsrc2=s=128x72:r=30000/1001:d=4 " X264);
  BOOST_TEST(ntsc.probe.video[0].fps_numerator == 30000);
  BOOST_TEST(ntsc.probe.video[0].fps_denominator == 1001);
}

BOOST_AUTO_TEST_CASE(keeps_the_rate_of_an_avi_whose_key_frames_alone_have_times) {
  const auto avi = inspected("film.avi", "-f lavfi -i testsrc2=s=128x72:r=25:d=6 " X264 "-g 12");
  BOOST_TEST(avi.probe.video[0].fps_numerator == 25);
  BOOST_TEST(avi.probe.video[0].fps_denominator == 1);
}

BOOST_AUTO_TEST_CASE(knows_the_eight_ways_a_picture_may_lie) {
  struct way {
    std::array<int, 4> cells;
    probe::orientation turn;
  };
  const std::array<way, 8> ways{{
      {{1, 0, 0, 1}, {false, 0}},
      {{0, 1, -1, 0}, {false, 90}},
      {{-1, 0, 0, -1}, {false, 180}},
      {{0, -1, 1, 0}, {false, 270}},
      {{-1, 0, 0, 1}, {true, 0}},
      {{0, -1, -1, 0}, {true, 90}},
      {{1, 0, 0, -1}, {true, 180}},
      {{0, 1, 1, 0}, {true, 270}},
  }};
  for (std::size_t i = 0; i < ways.size(); ++i) {
    const auto probe =
        gst::inspect(turned("turned" + std::to_string(i) + ".mp4", ways[i].cells), {});
    const auto& video = probe.probe.video[0];
    BOOST_TEST((video.turn == ways[i].turn),
               "way " << i << ": " << video.turn.mirrored << " " << video.turn.clockwise_degrees);
    const auto upright = ways[i].turn.clockwise_degrees % 180 == 0;
    BOOST_TEST(video.display_width_px == (upright ? 128 : 72));
  }
}

BOOST_AUTO_TEST_CASE(lists_tracks_chapters_and_subtitles) {
  const auto words = written("words.srt", "1\n00:00:01,000 --> 00:00:02,000\nHello\n");
  const auto chapters =
      written("chapters.txt", ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=4000\n"
                              "title=One\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=4000\nEND=12000\n"
                              "title=Two\n");
  const auto [probe, copy] = inspected(
      "rich.mkv", "{pictures} {sound} -i " + words.string() + " -i " + chapters.string() +
                      " -map 0:v -map 1:a -map 1:a -map 2:s -map_metadata 3 " X264
                      "-c:a aac -c:s srt -metadata:s:a:0 language=eng "
                      "-metadata:s:a:1 language=fre -metadata:s:a:1 title=Commentaire "
                      "-disposition:a:1 default -disposition:a:0 0 -metadata:s:s:0 language=eng");
  BOOST_REQUIRE(probe.audio.size() == 2);
  BOOST_TEST(probe.audio[0].language == "en");
  BOOST_TEST(probe.audio[1].language == "fr");
  BOOST_TEST(probe.audio[1].title == "Commentaire");
  BOOST_TEST(!probe.audio[0].is_default);
  BOOST_TEST(probe.audio[1].is_default);
  BOOST_REQUIRE(probe.subtitles.size() == 1);
  BOOST_TEST(probe.subtitles[0].is_text);
  BOOST_TEST(probe.subtitles[0].language == "en");
  BOOST_REQUIRE(probe.chapters.size() == 2);
  BOOST_TEST(probe.chapters[1].title == "Two");
  BOOST_TEST((probe.chapters[0].end == 4s));
  BOOST_TEST((probe.chapters[1].begin == 4s));
}

BOOST_AUTO_TEST_CASE(takes_cover_art_for_no_film) {
  const auto cover = made("cover.png", "-f lavfi -i testsrc2=s=64x64 -frames:v 1");
  const auto [probe, copy] =
      inspected("song.mp3", "{sound} -i " + cover.string() +
                                " -map 0 -map 1 -c:a mp3 -c:v copy -id3v2_version 3");
  BOOST_TEST(probe.video.empty());
  BOOST_TEST(probe.audio.size() == 1);
}

BOOST_AUTO_TEST_CASE(knows_alpha) {
  const auto [probe, copy] = inspected(
      "alpha.webm", "-f lavfi -i testsrc2=s=128x72:r=25:d=1,format=yuva420p -c:v libvpx-vp9 "
                    "-deadline realtime -cpu-used 8");
  BOOST_TEST(probe.video[0].alpha);
}

BOOST_AUTO_TEST_CASE(uses_the_first_of_too_many_sound_tracks_and_says_so) {
  std::string maps;
  for (int i = 0; i < 40; ++i)
    maps += "-map 1:a ";
  const auto [probe, copy] =
      inspected("forty.mkv", "{pictures} {sound} -map 0:v " + maps + X264 "-c:a pcm_s16le -t 1");
  BOOST_TEST(probe.audio.size() == 16);
  BOOST_TEST(probe.refused.size() == 24);
  BOOST_REQUIRE(probe.warnings.size() == 1);
  BOOST_TEST(probe.warnings[0] == "only the first 16 audio tracks are used");
}

BOOST_AUTO_TEST_CASE(refuses_a_size_before_anything_is_decoded) {
  const auto source = made("large.mp4", "-f lavfi -i testsrc2=s=640x360:r=25:d=1 " X264);
  const auto why = refusal(source, {.largest_width_px = 600});
  BOOST_TEST((why.whose == culprit::user));
  BOOST_TEST(why.what == "large.mp4 is too large: 640x360 pixels");
}

BOOST_AUTO_TEST_CASE(says_whose_fault_it_is_when_there_is_nothing_to_read) {
  const auto check = [](const std::filesystem::path& source, const std::string& part) {
    const auto why = refusal(source);
    BOOST_TEST((why.whose == culprit::user), source);
    BOOST_TEST(why.what.find(part) != std::string::npos, why.what << " for " << part);
    BOOST_TEST(!why.advice.empty());
  };
  check(demux_folder() / "nowhere.mp4", "does not exist");
  check(demux_folder(), "is a folder");
  check(written("zero.mp4", ""), "is empty (0 bytes)");
  check(written("letter.mp4", std::string(40, 'x') + " this is a letter and no film\n"),
        "no media file");
  std::string noise;
  for (std::uint32_t i = 0, state = 7; i < 40'000; ++i, state = state * 1664525 + 1013904223)
    noise += static_cast<char>(state >> 24U);
  check(written("noise.mp4", noise), "no");
  const auto whole = read_file(made("plain.mp4", "{pictures} {sound} " X264 "-g 50 -c:a aac"));
  check(written("cut.mp4", whole.substr(0, whole.size() / 2)), "moov");
  auto renamed = whole;
  for (auto at = renamed.find("avc1"); at != std::string::npos; at = renamed.find("avc1"))
    renamed.replace(at, 4, "vvc1");
  renamed.replace(renamed.find("mp4a"), 4, "zzzz");
  const auto vvc = refusal(written("vvc.mp4", renamed));
  BOOST_TEST(vvc.what.find("VVC (H.266)") != std::string::npos, vvc.what);
  if (::geteuid() != 0) {
    const auto closed = written("closed_off.mp4", whole);
    std::filesystem::permissions(closed, std::filesystem::perms::none);
    check(closed, "no permission");
  }
}

BOOST_AUTO_TEST_CASE(goes_on_with_what_is_left_of_a_damaged_file) {
  auto bytes = read_file(made("plain.mp4", "{pictures} {sound} " X264 "-g 50 -c:a aac"));
  for (std::size_t at = bytes.size() / 4; at < bytes.size() / 2; at += 997)
    bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
  const auto ours = demux(written("flipped.mp4", bytes));
  BOOST_TEST(ours.summary.has_value());
  BOOST_TEST(ours.frames() > 200U);
  const auto fast = read_file(made("fast.mp4", "{pictures} " X264 "-g 50 -movflags +faststart"));
  const auto half = demux(written("half.mp4", fast.substr(0, fast.size() / 2)));
  BOOST_REQUIRE(half.summary.has_value());
  BOOST_TEST(half.frames() > 100U);
  BOOST_TEST(half.frames() < 200U);
  BOOST_TEST(!half.summary->warnings.empty());
}

BOOST_AUTO_TEST_CASE(names_dolby_vision_that_cannot_be_shown) {
  auto bytes =
      read_file(made("hevc.mp4", "-f lavfi -i testsrc2=s=128x72:r=25:d=1 {sound} -c:v libx265 "
                                 "-preset ultrafast -x265-params log-level=none -c:a aac -t 1"));
  const auto entry = bytes.find("hev1", bytes.find("stsd"));
  bytes.replace(entry, 4, "dvhe");
  const auto inner = bytes.find("pasp", entry); // 16 bytes, as good a place as any
  BOOST_REQUIRE(inner != std::string::npos);
  bytes.replace(inner, 4, "dvcC");
  bytes[inner + 4 + 2] = 5 << 1;
  const auto [probe, copy] = gst::inspect(written("dolby.mp4", bytes), {});
  BOOST_TEST(probe.video.empty());
  BOOST_REQUIRE(probe.refused.size() == 1);
  BOOST_TEST(probe.refused[0].what.starts_with("Dolby Vision"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_subtitle)

BOOST_AUTO_TEST_CASE(loses_its_markup_but_not_its_words) {
  using gst::plain_text;
  using gst::text_markup;
  BOOST_TEST(plain_text("<i>Hello</i> <font color=\"red\">you</font>", text_markup::tags) ==
             "Hello you");
  BOOST_TEST(plain_text("{\\an8}5 &lt; 6 &amp;&#x26; a<b", text_markup::tags) == "5 < 6 && a<b");
  BOOST_TEST(plain_text("  one \n\n two\r\n", text_markup::tags) == "one\ntwo");
  BOOST_TEST(plain_text("<v Anna>Ja, <c.loud>nein</c>", text_markup::tags) == "Ja, nein");
  BOOST_TEST(plain_text("3,0,Default,,0,0,0,,{\\pos(1,2)}Yes, and\\Nno\\hway &amp;",
                        text_markup::substation) == "Yes, and\nno way &amp;");
  BOOST_TEST(plain_text("a & b; 3 < 4", text_markup::tags) == "a & b; 3 < 4");
}

BOOST_AUTO_TEST_SUITE_END()
