#include "test/gst/demux_media.hpp"
#include "test/support/box_edits.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <fstream>
#include <sstream>
#include <thread>

using namespace vdoc;
using namespace vdoc::test;
using namespace std::chrono_literals;

namespace {

struct recipe {
  const char* name;
  const char* words;
  /// Pictures that ffprobe counts but gives no time to: not compared.
  int untimed = 0;
};

#define X264 "-c:v libx264 -preset ultrafast -threads 1 -bf 2 -b_strategy 0 "

const std::vector<recipe> recipes{
    {"closed.mp4", "{pictures} {sound} " X264 "-g 50 -c:a aac"},
    {"faststart.mp4", "{pictures} {sound} " X264 "-g 50 -c:a aac -movflags +faststart"},
    {"open.mp4", "{pictures} {sound} " X264
                 "-g 60 -x264-params open-gop=1:bframes=3:b-pyramid=normal -c:a mp3"},
    {"fragmented.mp4",
     "{pictures} {sound} " X264 "-g 50 -c:a aac -movflags frag_keyframe+empty_moov"},
    {"late.mp4", "-itsoffset 0.5 {pictures} {sound} " X264 "-g 50 -c:a aac"},
    {"jpeg.mov", "{pictures} {sound} -c:v mjpeg -c:a pcm_s16le"},
    {"long.mkv", "{pictures} {sound} " X264 "-g 9999 -sc_threshold 0 -c:a flac"},
    {"late_sound.mkv", "{pictures} -itsoffset 0.35 {sound} " X264 "-g 50 -c:a ac3"},
    {"vfr.mkv", "-f lavfi -i testsrc2=s=128x72:r=50:d=12,"
                "select='not(mod(n\\,7))+not(mod(n\\,3))' -vsync vfr " X264 "-g 100"},
    {"hevc.mp4", "{pictures} {sound} -c:v libx265 -preset ultrafast -x265-params "
                 "log-level=none:keyint=50:bframes=3 -c:a aac"},
    {"start.ts", "{pictures} {sound} " X264 "-g 50 -c:a aac -output_ts_offset 3000 -muxdelay 0"},
    {"wrap.ts", "{pictures} " X264 "-g 50 -output_ts_offset 95437 -muxdelay 0"},
    {"open.ts", "{pictures} {sound} " X264
                "-g 60 -x264-params open-gop=1:bframes=3:b-pyramid=normal:aud=0 -c:a mp2"},
    {"hevc.ts", "{pictures} {sound} -c:v libx265 -preset ultrafast -x265-params "
                "log-level=none:keyint=60:bframes=3 -c:a eac3"},
    {"mpeg2.ts", "{pictures} {sound} -c:v mpeg2video -bf 2 -g 15 -c:a mp2"},
    {"interlaced.ts", "{pictures} -c:v mpeg2video -flags +ilme+ildct -bf 2 -g 15"},
    {"mpeg2.mpg", "{pictures} {sound} -c:v mpeg2video -bf 2 -g 15 -c:a mp2 -f vob"},
    {"mpeg1.mpg", "{pictures} {sound} -c:v mpeg1video -bf 2 -g 15 -c:a mp2 -f mpeg", 1},
    {"mpeg4.avi", "{pictures} {sound} -c:v mpeg4 -bf 2 -g 50 -c:a mp3", 1},
    {"h264.avi", "{pictures} " X264 "-g 50", 2},
    {"no_b.avi", "{pictures} -c:v libx264 -preset ultrafast -threads 1 -bf 0 -g 50"},
    {"h264.flv", "{pictures} {sound} " X264 "-g 50 -c:a aac"},
    {"spark.flv", "{pictures} {sound} -c:v flv1 -g 50 -ar 44100 -c:a mp3"},
    {"theora.ogv", "{pictures} {sound} -c:v libtheora -g 50 -c:a libvorbis"},
    {"h263.3gp", "-f lavfi -i testsrc2=s=176x144:r=15:d=6 -c:v h263 -g 30"},
    {"two.wmv", "{pictures} {sound} -c:v wmv2 -g 50 -c:a wmav2"},
    {"eight.webm", "{pictures} {sound} -c:v libvpx -deadline realtime -cpu-used 8 -threads 1 "
                   "-auto-alt-ref 1 -lag-in-frames 16 -g 50 -c:a libvorbis"},
    {"nine.webm", "{pictures} {sound} -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -threads 1 "
                  "-auto-alt-ref 1 -lag-in-frames 16 -g 50 -c:a libopus"},
    {"one.mkv", "{pictures} -c:v libsvtav1 -preset 12 -g 50"},
};

double largest_difference(const std::vector<double>& ours, const std::vector<double>& theirs) {
  double largest = 0;
  for (std::size_t i = 0; i < std::min(ours.size(), theirs.size()); ++i)
    largest = std::max(largest, std::abs(ours[i] - ours[0] - (theirs[i] - theirs[0])));
  return largest;
}

/// Where sound begins, seen from the first picture; priming that is not heard counts as heard.
double lead(double sound, double picture) {
  return sound - picture;
}

void follow_each_other(const std::vector<fragment::fragment>& pieces) {
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    BOOST_TEST(pieces[i].index == i);
    BOOST_TEST((i == 0 || pieces[i].begin == pieces[i - 1].end));
    BOOST_TEST((pieces[i].end - pieces[i].begin <= 6040ms));
  }
}

void check_pictures(const recipe& one) {
  const auto source = made(one.name, one.words);
  const auto theirs = pictures_by_ffprobe(source);
  const auto ours = demux(source);
  BOOST_REQUIRE(ours.summary.has_value());
  BOOST_TEST(ours.summary->warnings.empty());
  BOOST_REQUIRE(!theirs.empty());
  BOOST_TEST(ours.frames() == theirs.size() + static_cast<std::size_t>(one.untimed));
  BOOST_TEST(ours.pictures_ms.size() == ours.frames());
  const auto twice = std::adjacent_find(ours.pictures_ms.begin(), ours.pictures_ms.end());
  BOOST_TEST((twice == ours.pictures_ms.end()));
  BOOST_TEST(largest_difference(ours.pictures_ms, theirs) <= 1.05);
  follow_each_other(ours.fragments);
  BOOST_TEST(ours.fragments.back().end == ours.summary->video_end);
}

void check_sound(const recipe& one) {
  const auto source = made(one.name, one.words);
  const auto theirs = sound_by_ffprobe(source);
  const auto ours = demux(source);
  if (theirs.empty()) {
    BOOST_TEST(ours.chunks.empty());
    return;
  }
  const auto& chunks = ours.chunks.at(0);
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    BOOST_TEST(chunks[i].index == i);
    BOOST_TEST(chunks[i].last == (i + 1 == chunks.size()));
  }
  const auto& units = ours.sound.at(0);
  for (std::size_t i = 2; i < units.size(); ++i) // the first may be priming without a time
    BOOST_TEST((units[i].pts > units[i - 1].pts));
  const auto last = static_cast<double>(units.back().pts.count()) / 1e6;
  const auto is_stated = source.extension() != ".avi" && source.extension() != ".mov";
  if (is_stated) // how AVI and MOV cut PCM into packets is the reader's choice
    BOOST_TEST(std::abs(lead(last, ours.pictures_ms.front()) -
                        lead(theirs.back(), pictures_by_ffprobe(source).front())) <= 25);
  const auto first = static_cast<double>(units[1].pts.count()) / 1e6;
  if (is_stated && theirs.size() > 1 && units.size() > 1)
    BOOST_TEST(std::abs(lead(first, ours.pictures_ms.front()) -
                        lead(theirs[units.size() == theirs.size() ? 1 : 0],
                             pictures_by_ffprobe(source).front())) <= 25);
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_demuxer)

BOOST_AUTO_TEST_CASE(gives_every_picture_once_at_its_time) {
  for (const auto& one : recipes)
    BOOST_TEST_CONTEXT(one.name) {
      check_pictures(one);
    }
}

BOOST_AUTO_TEST_CASE(gives_every_sound_once_and_keeps_it_beside_its_picture) {
  for (const auto& one : recipes)
    BOOST_TEST_CONTEXT(one.name) {
      check_sound(one);
    }
}

BOOST_AUTO_TEST_CASE(keeps_sound_and_pictures_apart_by_the_millisecond) {
  for (const auto* name : {"closed.mp4", "late.mp4", "late_sound.mkv", "start.ts", "mpeg2.mpg",
                           "h264.flv", "fragmented.mp4", "hevc.ts"}) {
    const auto found = std::find_if(recipes.begin(), recipes.end(), [&](const recipe& one) {
      return std::string{one.name} == name;
    });
    const auto source = made(name, found->words);
    const auto ours = demux(source);
    const auto pictures = pictures_by_ffprobe(source);
    const auto sound = sound_by_ffprobe(source);
    const auto first = static_cast<double>(ours.sound.at(0).front().pts.count()) / 1e6;
    BOOST_TEST(std::abs(lead(first, ours.pictures_ms.front()) -
                        lead(sound.front(), pictures.front())) <= 1.05,
               name << ": " << first << " and " << ours.pictures_ms.front() << " for "
                    << sound.front() << " and " << pictures.front());
    BOOST_TEST(std::min(std::max(first, 0.0), ours.pictures_ms.front()) == 0);
  }
}

BOOST_AUTO_TEST_CASE(cuts_the_same_source_the_same_way_every_time) {
  for (const auto index : {0U, 2U, 6U, 10U}) {
    const auto& one = recipes[index];
    const auto source = made(one.name, one.words);
    const auto first = demux(source);
    BOOST_TEST((demux(source).fragments == first.fragments), one.name);
  }
}

BOOST_AUTO_TEST_CASE(goes_on_from_the_first_fragment_wanted) {
  for (const auto index : {0U, 6U}) { // a run each; one run with all
    const auto& one = recipes[index];
    const auto source = made(one.name, one.words);
    const auto all = demux(source);
    const auto rest = demux(source, [](gst::demux_request& request) { request.first_wanted = 2; });
    BOOST_REQUIRE(all.fragments.size() == 3);
    BOOST_REQUIRE(rest.fragments.size() == 1);
    BOOST_TEST((rest.fragments[0] == all.fragments[2]));
    BOOST_TEST((rest.runs ==
                std::vector<std::string>{std::filesystem::path{all.fragments[2].run}.filename()}));
  }
}

/// Who encodes the sound may be reading a chunk when the source is read again.
BOOST_AUTO_TEST_CASE(replaces_a_chunk_of_sound_without_touching_the_one_that_is_in_use) {
  const auto work = demux_folder() / "read-again";
  std::filesystem::create_directories(work / "audio");
  const auto earlier = work / "audio" / "00-000000.au";
  std::ofstream{earlier} << "as it was";
  const auto in_use = demux_folder() / "in-use.au";
  std::filesystem::create_hard_link(earlier, in_use);
  const auto ours = demux(made("closed.mp4", recipes[0].words),
                          [&](gst::demux_request& request) { request.work = work; });
  BOOST_TEST(read_file(in_use) == "as it was");
  BOOST_REQUIRE(!ours.sound.empty());
  BOOST_TEST(ours.chunks.at(0).front().file == "audio/00-000000.au");
  BOOST_TEST(ours.sound.at(0).size() > 500U); // 12 s of 1024 samples each
}

BOOST_AUTO_TEST_CASE(keeps_what_the_edit_list_needs_but_does_not_show_it) {
  const auto whole = made("closed.mp4", recipes[0].words);
  const auto source = made("edited.mp4", "-ss 1.3 -i " + whole.string() + " -c copy");
  const auto ours = demux(source);
  const auto theirs = pictures_by_ffprobe(source);
  BOOST_TEST(ours.frames() == theirs.size());
  BOOST_TEST(largest_difference(ours.pictures_ms, theirs) <= 1.05);
  BOOST_TEST(ours.pictures_ms.front() >= 0);
  BOOST_TEST(ours.summary->access_units > ours.frames());
}

BOOST_AUTO_TEST_CASE(unpacks_pictures_that_share_a_chunk) {
  const auto source =
      made("packed.avi", "{pictures} {sound} -c:v libxvid -bf 2 -g 50 -b:v 500k -c:a mp3");
  const auto ours = demux(source);
  BOOST_TEST(ours.frames() >= 298U);
  BOOST_TEST(ours.frames() <= 300U);
  for (std::size_t i = 2; i < ours.pictures_ms.size(); ++i)
    BOOST_TEST(std::abs(ours.pictures_ms[i] - ours.pictures_ms[i - 1] - 40) < 1);
}

BOOST_AUTO_TEST_CASE(knows_only_the_order_of_h264_in_avi) {
  const auto ours = demux(made("h264.avi", "{pictures} " X264 "-g 50"));
  BOOST_REQUIRE(ours.fragments.size() == 3);
  BOOST_TEST(ours.fragments[1].skip == ours.fragments[0].frames);
  BOOST_TEST(ours.fragments[2].skip == ours.fragments[0].frames + ours.fragments[1].frames);
  BOOST_TEST(ours.runs.size() == 1);
}

BOOST_AUTO_TEST_CASE(cuts_for_copying_at_idr_pictures_only) {
  const auto source = made("open.mp4", recipes[2].words);
  const auto ours =
      demux(source, [](gst::demux_request& request) { request.cut_only_at_idr = true; });
  BOOST_TEST(ours.fragments.size() == 1); // x264 writes recovery points instead
  BOOST_TEST(ours.frames() == 300U);
}

BOOST_AUTO_TEST_CASE(begins_a_run_where_the_size_changes) {
  const auto small = made("small.ts", "{pictures} " X264 "-g 50 -muxdelay 0");
  const auto large = made("large.ts", "-f lavfi -i testsrc2=s=256x144:r=25:d=6 " X264
                                      "-g 50 -muxdelay 0 -output_ts_offset 12");
  const auto source = demux_folder() / "joined.ts";
  said_by("cat " + small.string() + " " + large.string() + " > " + source.string());
  const auto ours = demux(source);
  follow_each_other(ours.fragments);
  BOOST_TEST(ours.frames() >= 449U); // tsdemux may lose the picture that the joint cuts off
  BOOST_TEST(ours.pictures_ms.size() == ours.frames());
  BOOST_TEST(ours.runs.size() == ours.fragments.size());
}

BOOST_AUTO_TEST_CASE(reads_subtitles_of_every_kind_as_plain_text) {
  const auto words = demux_folder() / "words.srt";
  said_by("printf '1\\n00:00:01,000 --> 00:00:02,500\\n<i>Hello</i> there\\nsecond line\\n\\n"
          "2\\n00:00:05,000 --> 00:00:06,000\\nBye\\n' > " +
          words.string());
  const auto closed = made("closed.mp4", recipes[0].words);
  for (const auto* kind :
       {"subs.mkv srt", "subs.mkv ass", "subs.mkv webvtt", "subs.mp4 mov_text"}) {
    const std::string text = kind;
    const auto codec = text.substr(text.find(' ') + 1);
    const auto source =
        made(codec + text.substr(0, text.find(' ')),
             "-i " + closed.string() + " -i " + words.string() + " -map 0 -map 1 -c copy -c:s " +
                 codec + " -metadata:s:s:0 language=eng");
    const auto ours = demux(source);
    BOOST_REQUIRE_MESSAGE(ours.texts.size() == 2, kind << ": " << ours.texts.size());
    BOOST_TEST(ours.texts[0].text == "Hello there\nsecond line", kind);
    BOOST_TEST(ours.texts[1].text == "Bye", kind);
    BOOST_TEST(std::abs((ours.texts[0].begin - 1s).count()) < 25'000'000);
    BOOST_TEST(std::abs((ours.texts[0].end - 2500ms).count()) < 25'000'000);
  }
}

BOOST_AUTO_TEST_CASE(says_where_a_stream_is_damaged_and_goes_on) {
  const auto whole = made("start.ts", recipes[10].words);
  const auto source = demux_folder() / "damaged.ts";
  const auto size = std::filesystem::file_size(whole);
  const auto cut = size / 2 / 188 * 188;
  std::ostringstream line;
  line << "(head -c " << cut << ' ' << whole << "; tail -c +" << cut + 188UL * 40 + 1 << ' '
       << whole << ") > " << source;
  said_by(line.str());
  const auto ours = demux(source);
  BOOST_REQUIRE(ours.summary.has_value());
  BOOST_REQUIRE(ours.summary->warnings.size() == 1);
  const auto missing = 300 - ours.frames();
  BOOST_TEST(ours.summary->warnings.front().ends_with(": " + std::to_string(missing) +
                                                      " pictures missing"));
  BOOST_TEST(ours.frames() > 280U);
}

BOOST_AUTO_TEST_CASE(waits_for_credit_and_says_that_it_lives) {
  struct counting final : gst::demux_listener {
    std::atomic<int> fragments{0};
    std::atomic<bool> ended{false};
    void on_fragment(const fragment::fragment&) override { ++fragments; }
    void on_audio(const gst::audio_chunk&) override {}
    void on_text(const gst::timed_text&) override {}
    void on_end(const gst::demux_summary&) override { ended = true; }
    void on_failure(const fault&) override { ended = true; }
  } told;
  const auto source = made("closed.mp4", recipes[0].words);
  gst::demux_request request;
  request.source = source;
  request.work = demux_folder() / "credit";
  request.probe = gst::inspect(source, {}).probe;
  request.credit = 1;
  gst::demuxer demuxer{request, told};
  demuxer.start();
  const auto until = std::chrono::steady_clock::now() + 120s;
  const auto holds = [&](auto condition) {
    while (!condition() && std::chrono::steady_clock::now() < until)
      std::this_thread::yield();
    return condition();
  };
  BOOST_TEST(holds([&] { return told.fragments == 1; }));
  const auto then = demuxer.progress();
  BOOST_TEST(holds([&] { return demuxer.progress() > then + 3; }));
  BOOST_TEST(told.fragments == 1);
  demuxer.grant(8);
  BOOST_TEST(holds([&] { return told.ended.load(); }));
  BOOST_TEST(told.fragments == 3);
}

BOOST_AUTO_TEST_SUITE_END()
