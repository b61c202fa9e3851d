#include "test/engine/engine_run.hpp"
#include "test/support/box_edits.hpp"
#include "test/support/ffprobe.hpp"
#include "test/support/media_catalogue.hpp"
#include "test/support/mp4_boxes.hpp"
#include "test/support/one_case_each.hpp"
#include "test/support/package_seen.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace {

using namespace vdoc::test;

/// "range,matrix,transfer,primaries" as ffprobe names them; "unknown" for what is not said.
std::string colours_told(const nlohmann::json& stream) {
  std::string all;
  for (const char* key : {"color_range", "color_space", "color_transfer", "color_primaries"})
    all += (all.empty() ? "" : ",") + stream.value(key, "unknown");
  return all;
}

/// What the sequence parameter set says, with no container around it.
std::string told_by_the_stream(const std::string& input, const temp_folder& work) {
  const auto bare = (work / "bare.h264").string();
  run_or_throw({"ffmpeg", "-v", "error", "-y", "-i", input, "-map", "0:v:0", "-c", "copy", "-bsf:v",
                "h264_mp4toannexb", bare});
  return colours_told(first_stream(ffprobe_streams(bare), "video"));
}

/// Primaries, transfer, matrix and range of a colr box (ISO 14496-12, 12.1.5) as code points.
std::array<std::uint64_t, 4> told_by_the_container(const std::filesystem::path& file) {
  const auto bytes = read_file(file);
  const auto entry = box_at(bytes, "moov/trak/mdia/minf/stbl/stsd");
  const auto at = bytes.find("colrnclx", entry.begin);
  BOOST_REQUIRE_MESSAGE(at < entry.end, file << " has no colr box");
  return {big_endian(bytes, at + 8, 2), big_endian(bytes, at + 10, 2),
          big_endian(bytes, at + 12, 2), big_endian(bytes, at + 14, 1) >> 7U};
}

/// Code points of ITU-T H.273 by ffprobe's names.
std::array<std::uint64_t, 4> code_points(const std::string& told) {
  const std::map<std::string, std::uint64_t> points{
      {"bt709", 1},      {"bt470bg", 5},       {"smpte170m", 6}, {"bt2020", 9}, {"bt2020nc", 9},
      {"smpte2084", 16}, {"arib-std-b67", 18}, {"pc", 1},        {"tv", 0}};
  std::array<std::uint64_t, 4> of{};
  std::size_t begin = 0;
  for (const std::size_t place : {3, 2, 1, 0}) {
    const auto end = std::min(told.find(',', begin), told.size());
    of.at(place) = points.at(told.substr(begin, end - begin));
    begin = end + 1;
  }
  return of;
}

/// The first picture in small, red, green and blue by ffmpeg's reading of what the file says.
std::string seen_colours(const std::string& input, const std::string& reading) {
  return run_or_throw({"ffmpeg", "-v", "error", "-nostdin", "-i", input, "-map", "0:v:0",
                       "-frames:v", "1", "-vf",
                       "scale=flags=bicubic" + reading + ",format=rgb24,scale=32:18:flags=area",
                       "-f", "rawvideo", "-"})
      .out;
}

struct coloured {
  std::string name;
  std::string file;
  std::string options; ///< of ffmpeg, from lavfi's colour bars to the file
  std::string told;    ///< of every rendition
  std::string range = "SDR";
  std::string reading{}; ///< how a player has to read a source that says nothing
  int height_px = 180;
  std::string skipped{};
};

std::string x264(const std::string& told) {
  return "-c:v libx264 -preset ultrafast -qp 6 -g 600 -pix_fmt yuv420p -x264-params " + told;
}

std::string x265(const std::string& told) {
  return "-pix_fmt yuv420p10le -c:v libx265 -preset ultrafast -tag:v hvc1 -x265-params "
         "log-level=none:qp=6:colorprim=bt2020:colormatrix=bt2020nc:transfer=" +
         told;
}

std::vector<coloured> all_colours() {
  const std::string to_709 = "-vf scale=out_color_matrix=bt709 ";
  const std::string to_2020 = "-vf scale=out_color_matrix=bt2020 ";
  const std::string bt709 = "tv,bt709,bt709,bt709", bt601 = "tv,smpte170m,smpte170m,smpte170m";
  return {
      {"bt709", "bt709.mp4",
       to_709 + x264("colorprim=bt709:transfer=bt709:colormatrix=bt709") +
           " -color_primaries bt709 -color_trc bt709 -colorspace bt709 -color_range tv",
       bt709},
      {"bt601_525", "bt601_525.mkv",
       x264("colorprim=smpte170m:transfer=smpte170m:colormatrix=smpte170m"), bt601},
      {"bt601_625", "bt601_625.mkv",
       x264("colorprim=bt470bg:transfer=smpte170m:colormatrix=bt470bg"),
       "tv,smpte170m,smpte170m,bt470bg"},
      {"small_and_silent", "small_and_silent.avi", "-c:v mpeg4 -q:v 2 -pix_fmt yuv420p", bt601},
      {"large_and_silent", "large_and_silent.mkv", to_709 + x264("keyint=600"), bt709, "SDR",
       ":in_color_matrix=bt709", 720},
      {"huge_and_silent", "huge_and_silent.mkv", to_709 + x264("keyint=600"), bt709, "SDR",
       ":in_color_matrix=bt709", 2160},
      // Without a word, ffmpeg and GStreamer both take grey alone for full range.
      {"grey", "grey.mkv", "-c:v libx264 -preset ultrafast -qp 6 -pix_fmt gray",
       "pc,smpte170m,smpte170m,smpte170m"},
      {"full_range", "full_range.mp4",
       "-vf scale=out_range=full " + x264("fullrange=on") + " -pix_fmt yuvj420p -color_range pc",
       "pc,smpte170m,smpte170m,smpte170m"},
      {"motion_jpeg", "motion_jpeg.avi", "-c:v mjpeg -q:v 2 -pix_fmt yuvj420p",
       "pc,smpte170m,smpte170m,smpte170m"},
      {"red_green_blue", "red_green_blue.avi", "-c:v rawvideo -pix_fmt bgr24", bt601},
      {"red_green_blue_h264", "red_green_blue_h264.mkv",
       "-c:v libx264rgb -preset ultrafast -qp 4 -pix_fmt bgr24", bt601},
      {"bt2020_sdr", "bt2020_sdr.mp4", to_2020 + x265("bt709"), "tv,bt2020nc,bt709,bt2020"},
      {"hybrid_log_gamma", "hybrid_log_gamma.mp4", to_2020 + x265("arib-std-b67"),
       "tv,bt2020nc,arib-std-b67,bt2020", "HLG"},
      {"perceptual_quantiser", "perceptual_quantiser.mkv", to_2020 + x265("smpte2084"),
       "tv,bt2020nc,smpte2084,bt2020", "PQ"},
      {"perceptual_quantiser_in_ts", "perceptual_quantiser_in_ts.ts", to_2020 + x265("smpte2084"),
       "tv,bt2020nc,smpte2084,bt2020", "PQ"},
      {"vp9_bt709", "vp9_bt709.webm",
       to_709 + "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -crf 10 -b:v 0 -pix_fmt yuv420p "
                "-colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv",
       bt709},
      {"vp9_full_range", "vp9_full_range.mp4",
       "-vf scale=out_color_matrix=bt709:out_range=full -c:v libvpx-vp9 -deadline realtime "
       "-cpu-used 8 -crf 10 -b:v 0 -pix_fmt yuv420p -colorspace bt709 -color_primaries bt709 "
       "-color_trc bt709 -color_range pc",
       "pc,bt709,bt709,bt709"},
      {"av1_perceptual_quantiser", "av1_perceptual_quantiser.mp4",
       to_2020 + "-pix_fmt yuv420p10le -c:v libsvtav1 -preset 12 -qp 10 -colorspace bt2020nc "
                 "-color_primaries bt2020 -color_trc smpte2084 -color_range tv",
       "tv,bt2020nc,smpte2084,bt2020", "PQ"},
      {"prores_bt709", "prores_bt709.mov",
       to_709 + "-c:v prores_ks -profile:v 2 -pix_fmt yuv422p10le -colorspace bt709 "
                "-color_primaries bt709 -color_trc bt709 -color_range tv",
       bt709, "SDR", ":in_color_matrix=bt709"}, // ffmpeg overlooks what only the container says
      {"mpeg2_bt709", "mpeg2_bt709.ts",
       to_709 + "-c:v mpeg2video -q:v 2 -pix_fmt yuv420p -colorspace bt709 -color_primaries bt709 "
                "-color_trc bt709",
       bt709},
  };
}

void keeps_its_colours(const coloured& one) {
  const auto size = std::to_string(one.height_px * 16 / 9) + "x" + std::to_string(one.height_px);
  const source recipe{.name = "colours_" + one.name,
                      .file = one.file,
                      .steps = {"-f lavfi -i smptebars=s=" + size +
                                ":r=25:d=" + (one.height_px > 720 ? "0.2 " : "1 ") + one.options +
                                " -bitexact {out}"}};
  const auto file = make(recipe);
  const temp_folder out;
  auto flags = renditions_only();
  flags.push_back("--mp4");
  auto ladder = small_ladder();
  if (one.height_px > 180)
    ladder = {
        {"VIDEO_DOC_LADDER_RUNGS", std::to_string(one.height_px) + ":40000:80000,90:300:600"}};
  const auto result = run_engine({{file.string()}, flags, ladder}, out.path());
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  const auto folder = out.path() / file.stem();
  const auto package = read_package(folder);
  BOOST_REQUIRE(package.video.size() == 2U);
  const auto expected = seen_colours(file.string(), one.reading);
  for (const auto& [listed, track] : package.video) {
    BOOST_TEST_INFO(one.name << " " << track.name);
    BOOST_TEST(told_by_the_stream(track.input, out) == one.told);
    const auto init = track.segments.front().file.parent_path() / track.playlist.map_uri;
    BOOST_TEST(told_by_the_container(init) == code_points(one.told),
               boost::test_tools::per_element());
    BOOST_TEST(listed.says.at("VIDEO-RANGE") == one.range);
    const auto made = seen_colours(track.input, "");
    BOOST_REQUIRE(made.size() == expected.size());
    double sum = 0;
    for (std::size_t n = 0; n < made.size(); ++n)
      sum +=
          std::abs(static_cast<unsigned char>(made[n]) - static_cast<unsigned char>(expected[n]));
    BOOST_TEST(sum / static_cast<double>(made.size()) < 3.0, one.name << " " << track.name);
  }
  BOOST_TEST(told_by_the_container(folder / "video.mp4") == code_points(one.told),
             boost::test_tools::per_element());
  BOOST_TEST(job_of(folder).value("hdr", false) == (one.range != "SDR"));
}

const one_case_each cases{"colours_are_carried_or_converted", all_colours(), keeps_its_colours};

} // namespace
