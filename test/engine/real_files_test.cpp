#include "test/engine/engine_run.hpp"
#include "test/support/exactness.hpp"
#include "test/support/one_case_each.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

// Files that other programs have made, where there are some beside the checkout: each is odd in a
// way that none of ours is. Not part of the project; without them the cases are skipped.

namespace {

using namespace vdoc::test;

constexpr std::size_t small_width = 64, small_height = 36, small_bytes = small_width * small_height;

struct real_file {
  std::string name;
  std::string oddity;          ///< why it is here
  std::size_t never_shown = 0; ///< pictures of length 0 at the very end: GStreamer leaves them out
  std::string skipped{};
};

std::filesystem::path shared_media() {
  const char* elsewhere = std::getenv("VDOC_SHARED_MEDIA"); // NOLINT(concurrency-mt-unsafe)
  return elsewhere != nullptr ? std::filesystem::path{elsewhere}
                              : std::filesystem::path{VDOC_SOURCE_DIR} / "../shared/media";
}

std::vector<real_file> all_files() {
  std::vector<real_file> all{
      {"afl_small_movie.mp4", "12 access units of which decoders show 11"},
      {"ax_av1_opus.mp4", "the sound begins later than the pictures"},
      {"ax_avc_bframes.mp4", "B-frames without an edit list: the first pts is not 0"},
      {"ax_empty_track.mp4", "a second picture track without samples; a last picture of length 0",
       1},
      {"ax_fragmented.mp4", "movie fragments, and a duration of 40 hours in the header"},
      {"ax_h263.3gp", "H.263"},
      {"ax_h264_aac.flv", "an FLV that says 60 fps and has 30"},
      {"ax_h265_bframes.mp4", "HEVC with B-frames and a size that needs cropping"},
      {"ax_hls_cea608.ts", "two pictures are missing after the first; claims 1,000,000 fps"},
      {"ax_increasing_ts_320x240_5s.mp4", "full range; recorded by a telephone"},
      {"ax_mpeg2_mp2.ts", "three pictures of MPEG-2"},
      {"ax_mpeg4_qcif.mp4", "MPEG-4 part 2"},
      {"ax_open_gop_iibbibb_editlist.mp4", "open GOP, 4:4:4, an edit list that begins within"},
      {"ax_rotate_reflect.mp4", "a display matrix with a rotation and a reflection"},
      {"ax_vp8_960x540_60fps.webm", "VP9 in truth, 60 fps"},
      {"ax_vp9_10bit.webm", "10 bit; hidden pictures in packets of their own"},
      {"ax_vp9_642x642.webm", "a square, and a size that is no multiple of 4"},
      {"ax_with_pgs.mkv", "a clock of 1/600 s, subtitles as pictures"},
      {"ax_with_srt.mkv", "says 60 fps and has 30"},
      {"forensics_movie-hello.avi", "H.264 and AAC in an AVI, which knows no pts"},
      {"moz_minimal.mp4", "one picture"},
      {"moz_video_rotation_90.mp4", "one picture, turned"},
      {"moz_white.mp4", "ten seconds with one key frame"},
      {"mp_transparent_alpha.webm", "alpha"},
      {"mt_flv1_mp3.flv", "Sorenson's H.263"},
      {"mt_h264.mov", "a MOV of QuickTime"},
      {"mt_theora_vorbis.ogv", "Theora, with a skeleton stream beside it"},
      {"muxjs_no_audio.ts", "a sound stream is announced that has no packets"},
      {"muxjs_sintel_captions.ts", "after 2.8 s without a clock reference the demuxer begins anew"},
  };
  for (auto& one : all)
    if (!std::filesystem::exists(shared_media() / "video" / one.name))
      one.skipped = "it does not lie in ../shared/media";
  return all;
}

/// Every picture in small and grey, as ffmpeg decodes it, upright.
std::string small_pictures(const std::string& input) {
  return run_or_throw({"ffmpeg", "-v", "error", "-nostdin", "-i", input, "-map", "0:v:0", "-vf",
                       "scale=64:36:flags=area,format=gray", "-vsync", "passthrough", "-f",
                       "rawvideo", "-"})
      .out;
}

/// Mean difference of picture `n` of one and picture `m` of the other.
double difference(const std::string& one, std::size_t n, const std::string& other, std::size_t m) {
  double sum = 0;
  for (std::size_t i = 0; i < small_bytes; ++i)
    sum += std::abs(static_cast<unsigned char>(one[n * small_bytes + i]) -
                    static_cast<unsigned char>(other[m * small_bytes + i]));
  return sum / static_cast<double>(small_bytes);
}

/// Each picture shows what the source shows then, and nothing that it shows a picture sooner or
/// later.
void check_pictures(const std::string& expected, const track_seen& track) {
  const auto made = small_pictures(track.input);
  BOOST_REQUIRE(made.size() == expected.size());
  const auto count = made.size() / small_bytes;
  for (std::size_t n = 0; n < count; ++n) {
    const auto own = difference(made, n, expected, n);
    BOOST_TEST_INFO(track.name << ", picture " << n << " of " << count);
    BOOST_TEST(own < 6.0); // what a small rung loses of noise is no other picture yet
    constexpr double clearly = 0.5;
    if (n > 0)
      BOOST_TEST(own < difference(made, n, expected, n - 1) + clearly);
    if (n + 1 < count)
      BOOST_TEST(own < difference(made, n, expected, n + 1) + clearly);
  }
}

void becomes_exact_renditions(const real_file& one) {
  const auto file = shared_media() / "video" / one.name;
  const temp_folder out;
  // No ceilings: what differs shall not be for want of bits.
  const std::map<std::string, std::string> ladder{
      {"VIDEO_DOC_LADDER_RUNGS", "180:20000:40000,90:20000:40000"}};
  const auto result = run_engine({{file.string()}, renditions_only(), ladder}, out.path());
  BOOST_REQUIRE_MESSAGE(result.succeeded(), one.oddity << "\n" << result.story());
  const auto package = read_package(out.path() / file.stem());
  BOOST_REQUIRE(!package.video.empty());
  auto truth = truth_of(file.string(), true, false);
  truth.frames.resize(truth.frames.size() - one.never_shown);
  findings found;
  for (const auto& some :
       {check_playlists(package), check_joins(package), check_segment_starts(package),
        check_order(package), check_alignment(package), check_attributes(package)})
    found.insert(found.end(), some.begin(), some.end());
  BOOST_TEST(found.empty(), one.name << " (" << one.oddity << ")" << found);
  auto expected = small_pictures(file.string());
  expected.resize(truth.frames.size() * small_bytes);
  for (const auto& [listed, track] : package.video) {
    const auto seen = decode_video(track.input);
    BOOST_REQUIRE_MESSAGE(seen.frames.size() == truth.frames.size(),
                          track.name << " has " << seen.frames.size() << " pictures, the source "
                                     << truth.frames.size());
    const auto tick = nanoseconds{1'000'000'000 / track.timescale + 1};
    for (std::size_t n = 1; n < seen.frames.size(); ++n) {
      const auto made = seen.time_of(seen.frames[n]) - seen.time_of(seen.frames[0]);
      const auto should = truth.frames[n].time - truth.frames[0].time;
      BOOST_TEST((abs(made - should) <= 2 * tick), track.name << ", picture " << n);
      BOOST_TEST((seen.frames[n].pts > seen.frames[n - 1].pts), track.name << ", picture " << n);
    }
    check_pictures(expected, track);
  }
}

const one_case_each cases{"real_files_become_exact_renditions", all_files(),
                          becomes_exact_renditions};

} // namespace
