#include "pipelines/gst/plane_scaler.hpp"
#include "pipelines/gst/rescaler.hpp"
#include "test/gst/transcode_media.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdlib>

using namespace vdoc::gst;
using namespace vdoc::gst::test;

namespace {

using bytes = std::vector<std::uint8_t>;

picture_shape shape(int width_px, int height_px) {
  return {GST_VIDEO_FORMAT_I420, width_px, height_px};
}

std::size_t size_of(const picture_shape& one) {
  return static_cast<std::size_t>(one.width_px) * static_cast<std::size_t>(one.height_px) * 3 / 2;
}

/// Memory of a frame: rows `pad` bytes longer than need be, the first one `shift` bytes behind a
/// border of 64.
struct canvas {
  canvas(const picture_shape& of, std::size_t pad, std::size_t shift) {
    gst_video_info_set_format(&frame.info, of.format, static_cast<guint>(of.width_px),
                              static_cast<guint>(of.height_px));
    std::size_t at = 64 + shift;
    for (int i = 0; i < 3; ++i) {
      begin[i] = at;
      const auto stride = static_cast<std::size_t>(GST_VIDEO_FRAME_COMP_WIDTH(&frame, i)) + pad;
      frame.info.stride[i] = static_cast<int>(stride);
      at += stride * static_cast<std::size_t>(GST_VIDEO_FRAME_COMP_HEIGHT(&frame, i));
    }
    memory.resize(at + 128);
    auto* first = memory.data() + (64 - reinterpret_cast<std::uintptr_t>(memory.data()) % 64) % 64;
    for (int i = 0; i < 3; ++i)
      frame.data[i] = first + begin[i];
  }
  template <class Visit> void each_row(Visit visit) {
    for (int i = 0; i < 3; ++i)
      for (int y = 0; y < GST_VIDEO_FRAME_COMP_HEIGHT(&frame, i); ++y)
        visit(static_cast<std::uint8_t*>(frame.data[i]) + std::ptrdiff_t{y} * frame.info.stride[i],
              static_cast<std::size_t>(GST_VIDEO_FRAME_COMP_WIDTH(&frame, i)));
  }
  void fill(const bytes& packed) {
    auto at = packed.begin();
    each_row([&](std::uint8_t* row, std::size_t width) {
      std::copy_n(at, width, row);
      at += static_cast<std::ptrdiff_t>(width);
    });
  }
  bytes packed() {
    bytes out;
    each_row([&](const std::uint8_t* row, std::size_t width) {
      out.insert(out.end(), row, row + width);
    });
    return out;
  }
  GstVideoFrame frame{};
  bytes memory;
  std::size_t begin[3]{};
};

bytes scaled(const bytes& from, const picture_shape& in, const picture_shape& out,
             std::size_t pad = 0, std::size_t shift = 0) {
  canvas before{in, pad, shift};
  canvas after{out, pad, shift};
  before.fill(from);
  plane_scaler{in, out}.run(before.frame, after.frame);
  return after.packed();
}

/// The upper byte of a 32-bit congruential generator (Numerical Recipes): all values, no pattern.
bytes noise(const picture_shape& of) {
  bytes out(size_of(of));
  std::uint32_t state = 1;
  for (auto& one : out) {
    state = state * 1664525U + 1013904223U;
    one = static_cast<std::uint8_t>(state >> 24);
  }
  return out;
}

/// FNV-1a, 64 bits.
std::uint64_t hash(const bytes& of) {
  std::uint64_t out = 0xcbf29ce484222325U;
  for (const auto one : of)
    out = (out ^ one) * 0x100000001b3U;
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_plane_scaler)

/// Hashes of what libzimg 3.0.4 makes in portable C (ZIMG_CPU_NONE): here another code path runs.
BOOST_AUTO_TEST_CASE(gives_the_same_bytes_on_every_processor) {
  struct {
    picture_shape from, to;
    std::uint64_t expected;
  } const cases[] = {
      {shape(1920, 1080), shape(1280, 720), 0x4d02a798cc6b59fdU},
      {shape(1280, 720), shape(854, 480), 0xc14dc8ff24697d10U},
      {shape(854, 480), shape(640, 360), 0xa7b194507e96f210U},
      {shape(640, 360), shape(1918, 802), 0x508ad73924cdc148U},
  };
  for (const auto& one : cases)
    BOOST_TEST(hash(scaled(noise(one.from), one.from, one.to)) == one.expected,
               one.from.width_px << " to " << one.to.width_px);
}

BOOST_AUTO_TEST_CASE(does_not_care_where_rows_begin) {
  const auto in = shape(854, 480);
  const auto out = shape(426, 240);
  const auto picture = noise(in);
  const auto expected = scaled(picture, in, out, 42, 0);
  for (const std::size_t pad : {std::size_t{0}, std::size_t{2}, std::size_t{64}})
    for (const std::size_t shift : {std::size_t{0}, std::size_t{1}, std::size_t{32}})
      BOOST_TEST((scaled(picture, in, out, pad, shift) == expected), pad << ", " << shift);
}

BOOST_AUTO_TEST_CASE(makes_the_picture_that_ffmpegs_scale_filter_makes) {
  const vdoc::test::temp_folder folder;
  const auto before = folder.path() / "before.yuv";
  const auto after = folder.path() / "after.yuv";
  const std::string raw = " -pix_fmt yuv420p -f rawvideo";
  ffmpeg("-f lavfi -i testsrc2=s=1280x720:r=1:d=1 -frames:v 1" + raw, before);
  ffmpeg("-s 1280x720" + raw + " -i " + before.string() + " -vf scale=854:480:flags=bicubic" + raw,
         after);
  const auto got = scaled(bytes_of(before), shape(1280, 720), shape(854, 480));
  const auto expected = bytes_of(after);
  BOOST_REQUIRE(got.size() == expected.size());
  std::size_t off = 0;
  int worst = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const int by = std::abs(int{got[i]} - int{expected[i]});
    worst = std::max(worst, by);
    off += by > 1 ? 1 : 0;
  }
  BOOST_TEST(worst <= 6);
  BOOST_TEST(off * 200 <= got.size(), off << " of " << got.size());
}

BOOST_AUTO_TEST_CASE(knows_what_it_cannot_do) {
  BOOST_TEST(plane_scaler::can(shape(64, 36), shape(32, 18)));
  BOOST_TEST(!plane_scaler::can(shape(63, 36), shape(32, 18)));
  BOOST_TEST(!plane_scaler::can(shape(64, 36), shape(32, 17)));
  BOOST_TEST(!plane_scaler::can({GST_VIDEO_FORMAT_NV12, 64, 36}, shape(32, 18)));
}

BOOST_AUTO_TEST_SUITE_END()
