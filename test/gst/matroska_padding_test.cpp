#include "pipelines/gst/matroska_padding.hpp"
#include "test/gst/demux_media.hpp"
#include "test/support/box_edits.hpp"
#include "test/support/ffprobe.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <random>

using namespace vdoc;
using namespace vdoc::test;

namespace {

std::filesystem::path film_with(const std::string& name, const std::string& sound) {
  return made(name, "{pictures} {sound} -c:v libx264 -preset ultrafast " + sound);
}

/// Milliseconds at the end of the last packet that ffmpeg would not play.
double discarded_ms(const std::filesystem::path& file, double rate_hz) {
  const auto packets =
      ffprobe(file.string(), {"-select_streams", "a:0", "-show_packets"}).at("packets");
  for (const auto& one : packets.back().value("side_data_list", nlohmann::json::array()))
    if (one.contains("discard_padding"))
      return 1000 * one.at("discard_padding").get<double>() / rate_hz;
  return 0;
}

double in_ms(fragment::timestamp time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

} // namespace

BOOST_AUTO_TEST_SUITE(padding_at_the_end_of_a_matroska_file)

BOOST_AUTO_TEST_CASE(is_what_ffmpeg_does_not_play) {
  const auto file = film_with("padded.mkv", "-c:a libmp3lame -ac 1 -ar 22050");
  const auto found = gst::read_end_paddings(file);
  BOOST_REQUIRE(found.size() == 1U);
  BOOST_TEST(found.front().track == 2U);
  const auto should = discarded_ms(file, 22'050);
  BOOST_TEST(should > 5);
  BOOST_TEST(std::abs(in_ms(found.front().length) - should) < 0.1);
  BOOST_TEST(std::abs(in_ms(found.front().at) - sound_by_ffprobe(file).back()) < 0.6);
}

BOOST_AUTO_TEST_CASE(is_not_there_where_all_is_sound) {
  BOOST_TEST(gst::read_end_paddings(film_with("unpadded.mkv", "-c:a pcm_s16le")).empty());
  BOOST_TEST(gst::read_end_paddings(film_with("other.mp4", "-c:a aac")).empty());
  BOOST_TEST(gst::read_end_paddings("no such file").empty());
}

BOOST_AUTO_TEST_CASE(is_not_there_in_a_file_that_is_cut_off) {
  const auto whole = read_file(film_with("padded.mkv", "-c:a libmp3lame -ac 1 -ar 22050"));
  BOOST_TEST(gst::read_end_paddings(written("cut.mkv", whole.substr(0, whole.size() / 2))).empty());
}

BOOST_AUTO_TEST_CASE(of_a_damaged_file_is_read_to_its_end) {
  const auto whole = read_file(film_with("padded.mkv", "-c:a libmp3lame -ac 1 -ar 22050"));
  const auto last = whole.rfind("\x1F\x43\xB6\x75");
  BOOST_REQUIRE(last != std::string::npos);
  std::mt19937 chance{7};
  for (int i = 0; i < 300; ++i) {
    // The head, and the last cluster, where lengths stand.
    auto damaged = whole.substr(0, 4096) + whole.substr(last);
    for (int n = 0; n < 8; ++n)
      damaged[chance() % damaged.size()] = static_cast<char>(chance());
    for (const auto& one : gst::read_end_paddings(written("damaged.mkv", damaged)))
      BOOST_TEST(one.length.count() > 0);
  }
}

BOOST_AUTO_TEST_SUITE_END()
