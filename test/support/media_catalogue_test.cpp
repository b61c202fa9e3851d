#include "test/support/decoded_media.hpp"
#include "test/support/exactness.hpp"
#include "test/support/ffprobe.hpp"
#include "test/support/media_catalogue.hpp"
#include "test/support/one_case_each.hpp"
#include "test/support/sources_broken.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

// Is a source what its name says, and can its frames be told apart? Otherwise what the engine makes
// of it proves nothing.

namespace {

using namespace vdoc::test;

std::vector<source> every_short_source() {
  std::vector<source> all;
  for (const auto& list : {containers_that_work(), codecs_that_work(), pictures_that_work(),
                           sounds_that_work(), texts_that_work(), copyable_sources()})
    all.insert(all.end(), list.begin(), list.end());
  return all;
}

nlohmann::json video_of(const std::string& name) {
  return first_stream(ffprobe_streams(make(source_named(name)).string()), "video");
}

/// Packets of the video as "pts dts flags".
nlohmann::json packets_of(const std::string& name) {
  return ffprobe(make(source_named(name)).string(), {"-select_streams", "v:0", "-show_packets"})
      .at("packets");
}

void frames_can_be_told_apart(const source& one) {
  const auto file = make(one);
  const auto truth = truth_of(file.string(), one.video, one.audio);
  BOOST_TEST(truth.sounds.empty() != one.audio);
  BOOST_TEST(truth.frames.empty() != one.video);
  int before = -1;
  for (std::size_t n = 0; n < truth.frames.size(); ++n) {
    BOOST_TEST_INFO("frame " << n << " of " << file);
    BOOST_REQUIRE(truth.frames[n].number > before);
    before = truth.frames[n].number;
    if (n > 0)
      BOOST_REQUIRE(truth.frames[n].time > truth.frames[n - 1].time);
  }
}

const one_case_each cases{"sources_whose_frames_can_be_told_apart", every_short_source(),
                          frames_can_be_told_apart};

} // namespace

BOOST_AUTO_TEST_SUITE(the_catalogue)

BOOST_AUTO_TEST_CASE(names_every_source_once) {
  std::set<std::string> names;
  for (const auto& one : every_short_source())
    BOOST_TEST(names.insert(one.name).second, one.name);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(sources)

BOOST_AUTO_TEST_CASE(with_an_edit_list_have_pictures_that_are_not_shown) {
  const auto packets = packets_of("mov_edit_list");
  const auto hidden = std::ranges::count_if(packets, [](const nlohmann::json& one) {
    return one.at("flags").get<std::string>().find('D') != std::string::npos;
  });
  BOOST_TEST(hidden == 8); // key frame at 1.0 s, shown from 1.32 s on, 25 frames a second
  const auto frames = decode_video(make(source_named("mov_edit_list")).string()).frames;
  BOOST_TEST(frames.front().number == 33);
}

BOOST_AUTO_TEST_CASE(with_an_empty_edit_start_later_than_their_sound) {
  const auto truth = truth_of(make(source_named("mp4_empty_edit")).string(), true, true);
  BOOST_TEST(truth.frames.front().time.count() == 480'000'000);
  BOOST_TEST(truth.sounds.at(0).begin.count() == 0);
}

BOOST_AUTO_TEST_CASE(with_open_gop_have_key_frames_that_are_no_idr) {
  const auto packets = packets_of("mp4_h264_open_gop");
  // A picture shown before the key frame, stored behind it: it leans on the GOP before.
  bool leading = false;
  long key_pts = 0;
  for (const auto& one : packets) {
    if (one.at("flags").get<std::string>().starts_with("K"))
      key_pts = one.at("pts").get<long>();
    leading = leading ||
              (key_pts > 0 && one.at("pts").get<long>() < key_pts && one.at("dts").get<long>() > 0);
  }
  BOOST_TEST(leading);
}

BOOST_AUTO_TEST_CASE(in_transport_streams_start_where_they_say) {
  const auto start = [](const char* name) { return number_in(video_of(name), "start_time", -1); };
  BOOST_TEST(start("ts_starts_at_11s") == 11.4, boost::test_tools::tolerance(0.01));
  // ffprobe counts back from the wrap at 2^33 ticks: the stream begins before it and ends after it.
  BOOST_TEST(start("ts_wraps_around") == 95'441.4 - 8'589'934'592.0 / 90'000,
             boost::test_tools::tolerance(0.01));
}

BOOST_AUTO_TEST_CASE(without_delimiters_have_none) {
  const auto bytes =
      ffprobe(make(source_named("ts_without_delimiters")).string(),
              {"-select_streams", "v:0", "-show_packets", "-show_data", "-read_intervals", "%+#3"});
  for (const auto& one : bytes.at("packets"))
    BOOST_TEST(one.at("data").get<std::string>().find("0000 0109") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(are_as_interlaced_deep_and_coloured_as_they_say) {
  BOOST_TEST(video_of("ts_interlaced_mpeg2").value("field_order", "") == "tt");
  BOOST_TEST(video_of("mkv_interlaced_h264").value("field_order", "").starts_with("t"));
  BOOST_TEST(video_of("mkv_h264_10bit").at("pix_fmt") == "yuv420p10le");
  BOOST_TEST(video_of("mkv_h264_444").at("pix_fmt") == "yuv444p");
  BOOST_TEST(video_of("mp4_hevc_10bit_hlg").at("color_transfer") == "arib-std-b67");
  BOOST_TEST(video_of("mp4_non_square_pixels").at("sample_aspect_ratio") == "4:3");
  BOOST_TEST(video_of("webm_odd_size").at("width") == 321);
  BOOST_TEST(video_of("webm_vp9_alpha").at("tags").at("alpha_mode") == "1");
  BOOST_TEST(video_of("mp4_120fps").at("r_frame_rate") == "120/1");
}

BOOST_AUTO_TEST_CASE(of_speech_begin_each_sentence_when_they_should) {
  auto sound = decode_audio(make(source_named("speech_at_known_times")).string());
  for (const auto& sentence : spoken_sentences()) {
    const auto at = static_cast<std::size_t>(sentence.begin.count() * 48);
    const auto loudest = [&](std::size_t from, std::size_t to) {
      float most = 0;
      for (auto n = from; n < to; ++n)
        most = std::max(most, std::abs(sound.samples.at(n)));
      return most;
    };
    BOOST_TEST(loudest(at - 9600, at - 960) < 0.01F, sentence.text);
    BOOST_TEST(loudest(at, at + 9600) > 0.05F, sentence.text);
  }
}

BOOST_AUTO_TEST_CASE(that_are_broken_are_made_all_of_them) {
  const temp_folder folder;
  const auto all = make_broken_sources(folder.path());
  BOOST_TEST(all.size() == 17U);
  for (const auto& one : all)
    BOOST_TEST((std::filesystem::exists(one.file) == (one.name != "no_such_file")), one.name);
}

BOOST_AUTO_TEST_SUITE_END()
