#include "pipelines/gst/avc.hpp"
#include "pipelines/gst/deinterlacer.hpp"
#include "pipelines/gst/demuxer.hpp"
#include "pipelines/gst/picture_memory.hpp"
#include "pipelines/gst/pictures.hpp"
#include "pipelines/gst/transcode_graphs.hpp"
#include "test/gst/transcode_media.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <stdexcept>

using namespace vdoc;
using namespace vdoc::gst;
using namespace vdoc::gst::test;

namespace {

using bytes = std::vector<std::uint8_t>;

struct with_gstreamer {
  with_gstreamer() { initialise(); }
};

constexpr const char* byte_stream = "video/x-h264, stream-format=byte-stream, alignment=au";
const bytes delimiter{0, 0, 0, 1, 9, 0x10};
const bytes sequence_set{0x67, 0x64, 0x00, 0x1E, 0xAC};
const bytes picture_set{0x68, 0xEB, 0xE3};
const bytes idr{0x65, 0x88, 0x84, 0x00, 0x00, 0x03, 0x01};
const bytes slice{0x41, 0x9A, 0x02};

bytes annex_b(std::initializer_list<bytes> nals) {
  bytes out = delimiter;
  for (const auto& one : nals) {
    out.insert(out.end(), {0, 0, 1});
    out.insert(out.end(), one.begin(), one.end());
  }
  return out;
}

bytes behind_lengths(std::initializer_list<bytes> nals) {
  bytes out;
  for (const auto& one : nals) {
    out.insert(out.end(), {0, 0, 0, static_cast<std::uint8_t>(one.size())});
    out.insert(out.end(), one.begin(), one.end());
  }
  return out;
}

/// Both sides packed as ffmpeg's rawvideo: widths are multiples of eight.
bytes rescaled(bytes from, picture_shape shape, picture_shape to) {
  GstVideoInfo before, after;
  gst_video_info_set_format(&before, shape.format, static_cast<guint>(shape.width_px),
                            static_cast<guint>(shape.height_px));
  gst_video_info_set_format(&after, to.format, static_cast<guint>(to.width_px),
                            static_cast<guint>(to.height_px));
  owned<GstBuffer> in{gst_buffer_new_memdup(from.data(), from.size())};
  owned<GstBuffer> out{gst_buffer_new_allocate(nullptr, after.size, nullptr)};
  GstVideoFrame frame_before, frame_after;
  BOOST_REQUIRE(gst_video_frame_map(&frame_before, &before, in.get(), GST_MAP_READ));
  BOOST_REQUIRE(gst_video_frame_map(&frame_after, &after, out.get(), GST_MAP_WRITE));
  rescaler{shape, to, sharpness::bicubic}.run(frame_before, frame_after);
  gst_video_frame_unmap(&frame_before);
  gst_video_frame_unmap(&frame_after);
  bytes made(after.size);
  gst_buffer_extract(out.get(), 0, made.data(), made.size());
  return made;
}

encode_plan two_rungs() {
  encode_plan out;
  out.rungs = {rung("large", 640, 360), rung("middle", 480, 270), rung("small", 320, 180)};
  out.wanted = {"large", "small"};
  out.frames = 60;
  out.fps_numerator = 30;
  out.colorimetry = "bt709";
  return out;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(an_avc_stream, with_gstreamer)

BOOST_AUTO_TEST_CASE(puts_lengths_in_place_of_start_codes) {
  avc_stream one{byte_stream};
  const auto out = one.convert(annex_b({sequence_set, picture_set, idr, slice}));
  BOOST_TEST(out == behind_lengths({idr, slice}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(makes_its_configuration_from_the_first_parameter_sets) {
  avc_stream one{byte_stream};
  BOOST_TEST(one.configuration().empty());
  (void)one.convert(annex_b({sequence_set, picture_set, idr}));
  const bytes expected{1,    0x64, 0x00, 0x1E, 0xFF, 0xE1, 0,    5,    0x67, 0x64, 0x00, 0x1E,
                       0xAC, 1,    0,    3,    0x68, 0xEB, 0xE3, 0xFD, 0xF8, 0xF8, 0};
  BOOST_TEST(one.configuration() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(leaves_what_is_avc_already) {
  avc_stream from_annex_b{byte_stream};
  (void)from_annex_b.convert(annex_b({sequence_set, picture_set, idr}));
  avc_stream one{from_annex_b.caps()};
  BOOST_TEST(one.configuration() == from_annex_b.configuration(), boost::test_tools::per_element());
  const auto unit = behind_lengths({idr, slice});
  BOOST_TEST(one.convert(unit) == unit, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(keeps_parameter_sets_that_change) {
  avc_stream known{byte_stream};
  (void)known.convert(annex_b({sequence_set, picture_set, idr}));
  avc_stream one{known.caps()};
  const bytes other{0x68, 0xEB, 0xE2};
  const auto unit = behind_lengths({other, slice});
  BOOST_TEST(one.convert(unit) == unit, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(makes_a_damaged_unit_well_formed_and_counts_it) {
  avc_stream known{byte_stream};
  (void)known.convert(annex_b({sequence_set, picture_set, idr}));
  avc_stream one{known.caps()};
  (void)one.convert(bytes{0, 0, 0, 1, 0x65});
  BOOST_TEST(one.damaged_units() == 0U);
  BOOST_TEST(one.convert(bytes{0, 0, 0, 9, 0x65, 7}) == (bytes{0, 0, 0, 2, 0x65, 7}));
  BOOST_TEST(one.convert(bytes{0, 0}) == bytes{});
  BOOST_TEST(one.damaged_units() == 2U);
}

BOOST_AUTO_TEST_CASE(knows_a_start_without_idr) {
  BOOST_TEST(starts_without_idr(byte_stream, annex_b({sequence_set, picture_set, slice})));
  BOOST_TEST(!starts_without_idr(byte_stream, annex_b({sequence_set, picture_set, idr})));
  BOOST_TEST(!starts_without_idr("video/x-vp9", slice));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(the_memory_of_decoded_pictures, with_gstreamer)

BOOST_AUTO_TEST_CASE(is_not_copied_while_the_decoder_writes_elsewhere) {
  const owned<GstBufferPool> pool{new_picture_pool()};
  const owned<GstCaps> caps{
      gst_caps_from_string("video/x-raw, format=GRAY8, width=100, height=50")};
  auto* config = gst_buffer_pool_get_config(pool.get());
  gst_buffer_pool_config_set_params(config, caps.get(), 5000, 0, 0);
  gst_buffer_pool_config_set_allocator(config, picture_allocator(), nullptr);
  BOOST_REQUIRE(gst_buffer_pool_set_config(pool.get(), config));
  BOOST_REQUIRE(gst_buffer_pool_set_active(pool.get(), TRUE));
  GstBuffer* decoded = nullptr;
  BOOST_REQUIRE(gst_buffer_pool_acquire_buffer(pool.get(), &decoded, nullptr) == GST_FLOW_OK);
  GstMapInfo written, read, again;
  BOOST_REQUIRE(gst_buffer_map(decoded, &written, GST_MAP_READWRITE));
  owned<GstBuffer> shown{gst_buffer_copy(decoded)};
  BOOST_REQUIRE(gst_buffer_map(shown.get(), &read, GST_MAP_READ));
  BOOST_TEST(read.data == written.data);
  BOOST_TEST(read.size == 5000U);
  BOOST_TEST(!gst_buffer_map(shown.get(), &again, GST_MAP_WRITE));

  // The decoder gives it back; its bytes are still being looked at.
  gst_buffer_unmap(decoded, &written);
  gst_buffer_unref(decoded);
  BOOST_REQUIRE(gst_buffer_pool_acquire_buffer(pool.get(), &decoded, nullptr) == GST_FLOW_OK);
  BOOST_REQUIRE(gst_buffer_map(decoded, &again, GST_MAP_READWRITE));
  BOOST_TEST(again.data != read.data);
  gst_buffer_unmap(decoded, &again);
  gst_buffer_unref(decoded);
  gst_buffer_unmap(shown.get(), &read);
  shown.reset();
  gst_buffer_pool_set_active(pool.get(), FALSE);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(the_graph_of_a_ladder, with_gstreamer)

BOOST_AUTO_TEST_CASE(scales_each_rung_from_the_one_above) {
  auto plan = two_rungs();
  plan.wanted = {"large", "middle", "small"};
  const auto line = launch_line(encode_graph(plan));
  BOOST_TEST(line.find("split_large. ! scale_middle.") != std::string::npos, line);
  BOOST_TEST(line.find("split_middle. ! scale_small.") != std::string::npos, line);
}

BOOST_AUTO_TEST_CASE(scales_through_a_rung_that_is_not_wanted) {
  const auto line = launch_line(encode_graph(two_rungs()));
  BOOST_TEST(line.find("scale_middle") != std::string::npos);
  BOOST_TEST(line.find("encode_middle") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(encodes_the_largest_in_a_thread_of_its_own) {
  auto plan = two_rungs();
  plan.wanted = {"large", "small"};
  const auto line = launch_line(encode_graph(plan));
  const auto thread = line.find("! queue name=own_thread_large ");
  BOOST_TEST(thread != std::string::npos, line);
  BOOST_TEST(line.find("! x264enc name=encode_large ", thread) != std::string::npos, line);
  BOOST_TEST(line.find("own_thread_small") == std::string::npos, line);
}

BOOST_AUTO_TEST_CASE(gives_the_same_bytes_on_every_processor) {
  for (const int width : {1920, 1272, 854})
    BOOST_TEST(launch_line(graph{}.then(x264(rung("r", width, 480), two_rungs())))
                   .find("cpu-independent=1") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(ends_at_the_smallest_wanted) {
  auto plan = two_rungs();
  plan.wanted = {"large"};
  const auto line = launch_line(encode_graph(plan));
  BOOST_TEST(line.find("vdocscale") == std::string::npos);
  BOOST_TEST(line.find("tee") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(gives_x264_the_ceiling_of_the_rung) {
  auto capped = rung("large", 640, 360);
  capped.max_bitrate_kbps = 1600;
  capped.buffer_kbit = 2400;
  const auto made = x264(capped, two_rungs()).properties;
  const std::pair<std::string, std::string> rate{"bitrate", "1600"},
      buffer{"vbv-buf-capacity", "1500"};
  BOOST_TEST((std::find(made.begin(), made.end(), rate) != made.end()));
  BOOST_TEST((std::find(made.begin(), made.end(), buffer) != made.end()));
}

BOOST_AUTO_TEST_CASE(chooses_decoders_in_software) {
  BOOST_TEST(choose_decoder("video/x-h264, stream-format=byte-stream, alignment=au").factory ==
             "avdec_h264");
  const auto alpha = decodable_caps("video/x-vp9, alignment=super-frame, codec-alpha=true");
  BOOST_TEST(choose_decoder(alpha).factory == "avdec_vp9");
  BOOST_TEST(choose_decoder("video/x-never-heard-of").factory.empty());
}

BOOST_AUTO_TEST_CASE(carries_colour_or_says_what_players_assume) {
  probe::video_stream source;
  source.coded_width_px = 1920;
  source.coded_height_px = 1080;
  BOOST_TEST(carried_colorimetry(source, "video/x-h264", "bt709") == "bt709");
  BOOST_TEST(carried_colorimetry(source, "video/mpeg", "bt601") == "bt601"); // it was told
  BOOST_TEST(carried_colorimetry(source, "video/x-h264, colorimetry=bt2100-pq", "bt709") ==
             "bt2100-pq");
  BOOST_TEST(carried_colorimetry(source, "video/x-h264", "sRGB") == "bt709");
  BOOST_TEST(carried_colorimetry(source, "video/x-h264", "1:0:0:0") == "1:3:5:1");
  source.coded_height_px = 576;
  source.coded_width_px = 720;
  BOOST_TEST(carried_colorimetry(source, "video/x-h264", "bt601") == "bt601");
  BOOST_TEST(carried_colorimetry(source, "video/mpeg", "bt709") == "bt709");
  // GStreamer 1.22 assumes BT.709 of all that is larger than SD: who says BT.2020 was told.
  source.coded_width_px = 3840;
  source.coded_height_px = 2160;
  BOOST_TEST(carried_colorimetry(source, "video/x-h264", "bt2020") == "bt2020");
  BOOST_TEST(carried_colorimetry(source, "video/x-h264", "bt709") == "bt709");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(the_scaler, with_gstreamer)

// A picture from ffmpeg goes through ours and through ffmpeg's own scale filter.
BOOST_AUTO_TEST_CASE(makes_the_pictures_of_ffmpegs_scale) {
  const struct {
    const char* theirs;
    GstVideoFormat ours;
  } formats[] = {{"yuv420p", GST_VIDEO_FORMAT_I420},
                 {"yuv422p", GST_VIDEO_FORMAT_Y42B},
                 {"yuv444p10le", GST_VIDEO_FORMAT_Y444_10LE}};
  for (const auto& format : formats) {
    vdoc::test::temp_folder work;
    const auto raw = work.path() / "in.yuv";
    const auto scaled = work.path() / "out.yuv";
    ffmpeg(std::string{"-f lavfi -i mandelbrot=s=640x360 -frames:v 1 -f rawvideo -pix_fmt "} +
               format.theirs,
           raw);
    ffmpeg(std::string{"-f rawvideo -s 640x360 -pix_fmt "} + format.theirs + " -i " + raw.string() +
               " -vf scale=424:240,format=yuv420p -f rawvideo",
           scaled);
    const picture_shape to{GST_VIDEO_FORMAT_I420, 424, 240};
    const auto got = rescaled(bytes_of(raw), {format.ours, 640, 360}, to);
    const auto expected = bytes_of(scaled);
    BOOST_REQUIRE(got.size() == expected.size());
    int worst = 0;
    for (std::size_t i = 0; i < got.size(); ++i)
      worst = std::max(worst, std::abs(int{got[i]} - int{expected[i]}));
    BOOST_TEST(worst <= 1, format.theirs << ": " << worst);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(deinterlacing)

BOOST_AUTO_TEST_CASE(keeps_what_does_not_move) {
  const bytes still{10, 10, 90, 90, 10, 10, 90, 90};
  bytes out(8);
  const plane<const std::uint8_t> now{still.data(), 2, 2, 4};
  deinterlace(now, now, plane<std::uint8_t>{out.data(), 2, 2, 4}, 0);
  BOOST_TEST(out == still, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(makes_moving_rows_from_their_neighbours) {
  const bytes now{10, 10, 90, 90, 30, 30, 90, 90};
  const bytes before(8, 200);
  bytes out(8);
  deinterlace(plane<const std::uint8_t>{now.data(), 2, 2, 4}, {before.data(), 2, 2, 4},
              plane<std::uint8_t>{out.data(), 2, 2, 4}, 0);
  const bytes expected{10, 10, 20, 20, 30, 30, 30, 30};
  BOOST_TEST(out == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(follows_an_edge) {
  // A falling edge: straight down the middle would be grey.
  const bytes now{0, 0, 0, 200, 200, 9, 9, 9, 9, 9, 0, 200, 200, 200, 200};
  bytes out(15);
  deinterlace(plane<const std::uint8_t>{now.data(), 5, 5, 3}, {},
              plane<std::uint8_t>{out.data(), 5, 5, 3}, 0);
  BOOST_TEST(int{out[5 + 1]} == 0);
  BOOST_TEST(int{out[5 + 2]} == 200);
}

BOOST_AUTO_TEST_CASE(keeps_the_other_field_when_that_came_first) {
  const bytes now{10, 10, 90, 90, 30, 30, 70, 70};
  bytes out(8);
  deinterlace(plane<const std::uint8_t>{now.data(), 2, 2, 4}, {},
              plane<std::uint8_t>{out.data(), 2, 2, 4}, 1);
  const bytes expected{90, 90, 90, 90, 80, 80, 70, 70};
  BOOST_TEST(out == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_small_picture)

BOOST_AUTO_TEST_CASE(keeps_its_shape_and_is_never_enlarged) {
  BOOST_TEST((shrunk(1920, 1080, 960) == picture_shape{GST_VIDEO_FORMAT_RGB, 960, 540}));
  BOOST_TEST((shrunk(1080, 1920, 960) == picture_shape{GST_VIDEO_FORMAT_RGB, 540, 960}));
  BOOST_TEST((shrunk(321, 181, 960) == picture_shape{GST_VIDEO_FORMAT_RGB, 320, 180}));
  BOOST_TEST((shrunk(4000, 3, 960) == picture_shape{GST_VIDEO_FORMAT_RGB, 960, 2}));
}

BOOST_AUTO_TEST_CASE(is_whole_whatever_its_width) {
  const vdoc::test::temp_folder folder;
  for (const int width : {426, 852, 854, 856}) {
    GstVideoInfo shape;
    gst_video_info_set_format(&shape, GST_VIDEO_FORMAT_I420, static_cast<guint>(width), 240);
    const owned<GstBuffer> white{gst_buffer_new_allocate(nullptr, shape.size, nullptr)};
    gst_buffer_memset(white.get(), 0, 235, shape.offset[1]);
    gst_buffer_memset(white.get(), shape.offset[1], 128, shape.size - shape.offset[1]);
    const owned<GstCaps> caps{gst_video_info_to_caps(&shape)};
    const owned<GstSample> sample{gst_sample_new(white.get(), caps.get(), nullptr, nullptr)};
    picture_taker taker{folder.path(), {}, std::chrono::seconds{1}, "bt709"};
    taker.see(sample.get(), fragment::timestamp{0});
    const auto taken = std::move(taker).taken();
    BOOST_TEST_REQUIRE(taken.size() == 1U);
    const auto plain = folder.path() / "plain.gray";
    ffmpeg("-i " + (folder.path() / taken.front().jpeg).string() + " -f rawvideo -pix_fmt gray",
           plain);
    const auto seen = bytes_of(plain);
    BOOST_TEST(seen.size() == static_cast<std::size_t>(width) * 240);
    BOOST_TEST(std::ranges::count_if(seen, [](auto one) { return one < 250; }) == 0, width);
  }
}

BOOST_AUTO_TEST_CASE(hashes_alike_when_only_brighter) {
  std::array<std::uint8_t, 1024> one{}, brighter{}, turned{};
  for (int y = 0; y < 32; ++y)
    for (int x = 0; x < 32; ++x) {
      const auto value = static_cast<std::uint8_t>((x / 4 * 37 + y / 4 * 101 + x * y) % 200);
      one.at(y * 32 + x) = value;
      brighter.at(y * 32 + x) = static_cast<std::uint8_t>(value + 20);
      turned.at(x * 32 + y) = value;
    }
  BOOST_TEST(std::popcount(perceptual_hash(one) ^ perceptual_hash(brighter)) <= 2);
  BOOST_TEST(std::popcount(perceptual_hash(one) ^ perceptual_hash(turned)) > 10);
}

BOOST_AUTO_TEST_SUITE_END()
