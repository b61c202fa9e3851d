#include "test/gst/source_media.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <bit>

using namespace vdoc;
using namespace vdoc::gst;
using namespace vdoc::gst::test;
using namespace std::chrono_literals;

BOOST_FIXTURE_TEST_SUITE(a_transcoder_turns_pictures_upright, with_source)

// Without autorotation of its own, ffmpeg's filters say what each orientation means: mirrored
// first, left to right, then turned clockwise.
BOOST_AUTO_TEST_CASE(in_all_eight_ways) {
  make_plain(1);
  const struct {
    bool mirrored;
    int degrees;
    const char* filter;
  } ways[] = {{false, 90, "transpose=clock"},       {false, 180, "hflip,vflip"},
              {false, 270, "transpose=cclock"},     {true, 0, "hflip"},
              {true, 90, "hflip,transpose=clock"},  {true, 180, "vflip"},
              {true, 270, "hflip,transpose=cclock"}};
  for (const auto& way : ways) {
    request.source.turn = {way.mirrored, way.degrees};
    const bool on_its_side = way.degrees % 180 != 0;
    ladder({on_its_side ? rung("large", 180, 320) : rung("large", 320, 180)});
    BOOST_TEST(worst_difference(as_h264("large", run_all()), way.filter) < 2.5, way.filter);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_transcoder, with_source)

BOOST_AUTO_TEST_CASE(makes_pixels_square) {
  make("-f lavfi -i testsrc2=s=352x288:r=30:d=1 -vf setsar=16/11 -c:v libx264 -g 30", "mkv", avc,
       352, 288);
  ladder({rung("large", 512, 288)});
  const auto made = as_h264("large", run_all());
  BOOST_TEST(tell(made, "width,height,sample_aspect_ratio") == "512,288,1:1\n");
  BOOST_TEST(worst_difference(made, "scale=512:288") < 2.5);
}

BOOST_AUTO_TEST_CASE(makes_one_picture_of_two_fields) {
  make("-f lavfi -i testsrc2=s=352x288:r=60:d=2 -vf tinterlace=interleave_top,fieldorder=tff "
       "-c:v mpeg2video -flags +ilme+ildct -q:v 2 -bf 2 -g 15",
       "ts", "tsdemux ! mpegvideoparse", 352, 288);
  const auto made = as_h264("large", run_all());
  BOOST_TEST((times(encoded(work.path(), "large")) == times(source.units)));
  BOOST_TEST(tell(made, "field_order").starts_with("progressive"));
  BOOST_TEST(worst_difference(made, "yadif=mode=send_frame:parity=tff") < 4);
}

BOOST_AUTO_TEST_CASE(keeps_the_first_field_of_h264_with_the_bottom_field_first) {
  make("-f lavfi -i testsrc2=s=352x288:r=60:d=2 -vf tinterlace=interleave_bottom,fieldorder=bff "
       "-c:v libx264 -flags +ilme+ildct -x264-params bff=1 -crf 10 -bf 2 -g 30",
       "mkv", avc, 352, 288);
  const auto made = as_h264("large", run_all());
  BOOST_TEST((times(encoded(work.path(), "large")) == times(source.units)));
  BOOST_TEST(worst_difference(made, "yadif=mode=send_frame:parity=bff") < 4);
}

BOOST_AUTO_TEST_CASE(goes_on_when_the_size_changes_midway) {
  const auto half = [&](const char* name, const char* size) {
    const auto out = work.path() / name;
    ffmpeg(std::string{"-f lavfi -i testsrc2=r=30:d=1:s="} + size +
               " -c:v libx264 -preset veryfast -g 30 -bf 2",
           out);
    return out.string();
  };
  make_plain(1);
  file = work.path() / "both.h264";
  shell("cat " + half("a.h264", "320x180") + ' ' + half("b.h264", "160x90") + " > " +
        file.string());
  source = parse(file, "h264parse ! video/x-h264,stream-format=byte-stream,alignment=au");
  // An elementary stream has no clock: here, every picture is shown after the one before.
  for (std::size_t i = 0; i < source.units.size(); ++i)
    source.units[i].dts = source.units[i].pts = i * 33ms;
  source.format.ordered_only = true;
  pieces = cut(source, work.path(), 10s);
  ladder({rung("large", 320, 180)});
  BOOST_TEST(run_all().frames_decoded == 60U);
}

BOOST_AUTO_TEST_CASE(gives_unordered_pictures_their_times_in_order) {
  make_plain();
  // As from an AVI: no pts, and dts that only count.
  const auto shown = times(source.units);
  auto unordered = source;
  unordered.format.ordered_only = true;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    unordered.units[i].pts = fragment::unknown_time;
    unordered.units[i].dts = shown[i];
  }
  fragment::access_unit_writer writer{work.path() / "runs/0.au", unordered.format};
  for (const auto& unit : unordered.units)
    writer.append(unit);
  fragment::fragment whole = pieces.front();
  whole.run_bytes = writer.flush();
  whole.end = pieces.back().end;
  whole.frames = static_cast<std::uint32_t>(shown.size());
  pieces = {whole};
  const auto made = as_h264("large", run_all());
  BOOST_TEST((times(encoded(work.path(), "large")) == shown));
  BOOST_TEST(worst_difference(made, "null") < 2.5);
}

BOOST_AUTO_TEST_CASE(tells_the_players_about_colour) {
  const struct {
    const char* colorimetry;
    const char* told; ///< range, matrix, transfer, primaries as ffprobe prints them
  } colours[] = {{"bt709", "tv,bt709,bt709,bt709\n"},
                 {"bt2100-hlg", "tv,bt2020nc,arib-std-b67,bt2020\n"},
                 {"2:4:16:3", "tv,smpte170m,smpte170m,bt470bg\n"},
                 {"", "tv,smpte170m,smpte170m,smpte170m\n"}}; // small and silent: BT.601
  make_plain(1);
  for (const auto& colour : colours) {
    request.source.color.colorimetry = colour.colorimetry;
    ladder({rung("large", 320, 180), rung("small", 160, 90)});
    const auto result = run_all();
    for (const auto* name : {"large", "small"})
      BOOST_TEST(tell(as_h264(name, result), "color_range,color_space,color_transfer,"
                                             "color_primaries") == colour.told);
  }
}

BOOST_AUTO_TEST_CASE(keeps_the_full_range) {
  make("-f lavfi -i testsrc2=s=320x180:r=30:d=1 -pix_fmt yuvj420p -c:v libx264 -g 30", "mkv", avc,
       320, 180);
  const auto made = as_h264("large", run_all());
  BOOST_TEST(tell(made, "color_range").starts_with("pc"));
  BOOST_TEST(worst_difference(made, "null") < 2.5);
}

BOOST_AUTO_TEST_CASE(keeps_below_the_ceiling_of_a_rung) {
  make("-f lavfi -i testsrc2=s=320x180:r=30:d=2,noise=alls=40:allf=t -c:v libx264 -crf 10 -g 30",
       "mkv", avc, 320, 180);
  auto capped = rung("large", 320, 180);
  capped.max_bitrate_kbps = 300;
  capped.buffer_kbit = 300;
  ladder({capped});
  for (const auto& piece : pieces) {
    transcoder fresh;
    const auto result = run(fresh, piece);
    // Over a second at most the buffer and a second's worth of the rate.
    BOOST_TEST(result.renditions.front().bytes * 8 < 600'000U);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(the_bytes_of_a_rendition, with_source)

BOOST_AUTO_TEST_CASE(do_not_depend_on_what_else_is_wanted) {
  make_plain(1);
  ladder({rung("large", 320, 180), rung("middle", 240, 136), rung("small", 160, 90)});
  run_all();
  const auto file = work.path() / "encoded/small/00000.au";
  const auto together = read_file(file);
  request.wanted = {"small"};
  std::filesystem::remove(file);
  run_all();
  BOOST_TEST((read_file(file) == together));
  BOOST_TEST(!together.empty());
}

BOOST_AUTO_TEST_CASE(do_not_depend_on_what_was_decoded_before) {
  make("-f lavfi -i testsrc2=s=320x180:r=30:d=4 -c:v libx264 -preset veryfast -g 300 -bf 3 "
       "-x264-params scenecut=0",
       "mkv", avc, 320, 180);
  pieces = cut_one_run(source, work.path(), 700ms);
  BOOST_TEST(pieces.size() == 6U);
  run_all();
  std::vector<std::string> cold;
  const auto file = [&](std::size_t i) {
    return work.path() / ("encoded/large/0000" + std::to_string(i) + ".au");
  };
  for (std::size_t i = 0; i < pieces.size(); ++i)
    cold.push_back(read_file(file(i)));
  std::filesystem::remove_all(work.path() / "encoded");

  transcoder warm;
  for (const auto& piece : pieces)
    BOOST_TEST(run(warm, piece).frames_decoded == piece.frames);
  for (std::size_t i = 0; i < pieces.size(); ++i)
    BOOST_TEST((read_file(file(i)) == cold[i]), "fragment " << i);
  BOOST_TEST((times(encoded(work.path(), "large")) == times(source.units)));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_copied_rendition, with_source)

BOOST_AUTO_TEST_CASE(is_the_source_bit_for_bit) {
  make_plain();
  auto top = rung("copy", 320, 180);
  top.copied = true;
  ladder({top, rung("small", 160, 90)});
  const auto result = run_all();
  const auto copied = encoded(work.path(), "copy");
  BOOST_REQUIRE(copied.size() == source.units.size());
  for (std::size_t i = 0; i < copied.size(); ++i) {
    BOOST_TEST((copied[i].bytes == source.units[i].bytes), "unit " << i);
    BOOST_TEST((copied[i].pts == source.units[i].pts));
  }
  BOOST_TEST(luma(as_h264("copy", result), 320, 180).size() == copied.size());
}

BOOST_AUTO_TEST_CASE(is_made_of_a_transport_stream_too) {
  make("-f lavfi -i testsrc2=s=320x180:r=30:d=2 -c:v libx264 -preset veryfast -g 30 -bf 2", "ts",
       "tsdemux ! h264parse ! video/x-h264,stream-format=byte-stream,alignment=au", 320, 180);
  auto top = rung("large", 320, 180);
  top.copied = true;
  ladder({top});
  BOOST_TEST(worst_difference(as_h264("large", run_all()), "null") == 0);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(pictures_taken_along, with_source)

BOOST_AUTO_TEST_CASE(are_the_first_of_a_fragment_and_one_every_so_often) {
  make_plain(3);
  request.picture_every = 400ms;
  std::vector<std::int64_t> taken_ms;
  for (const auto& piece : pieces) {
    transcoder fresh;
    for (const auto& one : run(fresh, piece).pictures) {
      taken_ms.push_back(one.pts / 1ms);
      BOOST_TEST(read_file(work.path() / one.jpeg).starts_with("\xFF\xD8\xFF"));
    }
  }
  const std::vector<std::int64_t> expected{0, 400, 800, 1000, 1400, 1800, 2000, 2400, 2800};
  BOOST_TEST(taken_ms.size() == expected.size());
  for (std::size_t i = 0; i < std::min(taken_ms.size(), expected.size()); ++i)
    BOOST_TEST(std::abs(taken_ms[i] - expected[i]) <= 34);
}

BOOST_AUTO_TEST_CASE(are_there_as_soon_as_a_slide_is_new_or_a_scene_is_cut) {
  // One fragment of 6 s: a slide, another from 1.3 s on, which fades into a third from 2.5 to 3 s;
  // at 4.7 s a cut to something that moves.
  make("-f lavfi -i \"color=white:s=320x180:r=30:d=6,drawbox=20:20:200:30:black:fill,"
       "drawbox=enable=gte(t\\,1.3):x=20:y=70:w=240:h=90:c=navy:t=fill,"
       "fade=out:st=2.5:d=0.5:c=olive\" -f lavfi -i testsrc2=s=320x180:r=30:d=6 "
       "-filter_complex \"[0][1]overlay=enable=gte(t\\,4.7)\" -c:v libx264 -g 300 -sc_threshold 0",
       "mkv", avc, 320, 180);
  request.picture_every = 10s;
  transcoder fresh;
  std::vector<std::int64_t> taken_ms;
  for (const auto& one : run(fresh, pieces.at(0)).pictures)
    taken_ms.push_back(one.pts / 1ms);
  const std::vector<std::int64_t> expected{0, 1300, 3200, 4700};
  BOOST_TEST(taken_ms.size() == expected.size());
  for (std::size_t i = 0; i < std::min(taken_ms.size(), expected.size()); ++i)
    BOOST_TEST(std::abs(taken_ms[i] - expected[i]) <= 100);
}

BOOST_AUTO_TEST_CASE(are_near_when_they_look_alike) {
  make("-f lavfi -i testsrc2=s=320x180:r=30:d=1 -f lavfi -i mandelbrot=s=320x180:r=30 "
       "-filter_complex \"[0]split[a][b];[b]eq=brightness=0.03[c];[1]trim=duration=1[d];"
       "[a][c][d]concat=n=3\" -c:v libx264 -g 30",
       "mkv", avc, 320, 180);
  request.picture_every = 1s;
  std::vector<picture> all;
  for (const auto& piece : pieces) {
    transcoder fresh;
    for (const auto& one : run(fresh, piece).pictures)
      all.push_back(one);
  }
  BOOST_REQUIRE(all.size() >= 3U);
  BOOST_TEST(std::popcount(all[0].hash ^ all[1].hash) <= 6);
  BOOST_TEST(std::popcount(all[0].hash ^ all[2].hash) >= 16);
}

BOOST_AUTO_TEST_CASE(need_no_more_than_key_pictures_when_nothing_is_encoded) {
  make_plain(3);
  request.wanted.clear();
  request.picture_every = 1s;
  std::vector<picture> all;
  for (const auto& piece : pieces) {
    transcoder fresh;
    const auto result = run(fresh, piece);
    BOOST_TEST(result.frames_decoded == 1U);
    BOOST_TEST(result.lost.pictures == 0U);
    for (const auto& one : result.pictures)
      all.push_back(one);
  }
  BOOST_REQUIRE(all.size() == 3U);
  BOOST_TEST((all[1].pts == pieces[1].begin));
}

BOOST_AUTO_TEST_SUITE_END()
