#include "actors/node/configuration.hpp"
#include "actors/transcode/protocol.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <map>
#include <set>
#include <string>

namespace {

using vdoc::transcode::encode_fragment;
using vdoc::transcode::key_of;

encode_fragment an_order() {
  encode_fragment it;
  it.job = "01jdy0000000000000000000ab";
  it.piece = {.index = 3,
              .run = "runs/00003.au",
              .run_bytes = 1'000,
              .run_ends = true,
              .skip = 0,
              .begin = vdoc::fragment::timestamp{6'000'000'000},
              .end = vdoc::fragment::timestamp{8'000'000'000},
              .frames = 60,
              .hash = "0123456789abcdef"};
  it.work = "/data/jobs/1/.work";
  it.source.codec = "h264";
  it.source.coded_width_px = 1280;
  it.source.coded_height_px = 720;
  it.ladder = {{"720p", 1280, 720, 5000, 10000, false}, {"360p", 640, 360, 1000, 2000, false}};
  it.wanted = {"720p", "360p"};
  it.picture_every_ms = 2'000;
  return it;
}

using change = std::function<void(encode_fragment&)>;

} // namespace

BOOST_AUTO_TEST_SUITE(the_key_of_an_order)

BOOST_AUTO_TEST_CASE(is_the_same_whoever_gives_it_and_wherever_its_folder_is) {
  const auto key = key_of(an_order());
  BOOST_TEST(key.size() == 64u);
  BOOST_TEST(key.find_first_not_of("0123456789abcdef") == std::string::npos);
  const std::map<std::string, change> all{
      {"work", [](auto& it) { it.work = "/mnt/other/jobs/1/.work"; }},
      {"pass", [](auto& it) { it.pass = "of another epoch"; }},
      {"call", [](auto& it) { it.call = "of another life"; }},
      {"stall_s", [](auto& it) { it.stall_s = 77; }},
      {"attempt", [](auto& it) { it.attempt = 2; }},
  };
  for (const auto& [name, how] : all) {
    auto other = an_order();
    how(other);
    BOOST_TEST(key_of(other) == key, name);
  }
}

BOOST_AUTO_TEST_CASE(is_another_one_with_everything_that_its_result_depends_on) {
  const std::map<std::string, change> all{
      {"job", [](auto& it) { it.job += "c"; }},
      {"piece.index", [](auto& it) { ++it.piece.index; }},
      {"piece.run", [](auto& it) { it.piece.run = "runs/00002.au"; }},
      {"piece.run_bytes", [](auto& it) { ++it.piece.run_bytes; }},
      {"piece.run_ends", [](auto& it) { it.piece.run_ends = false; }},
      {"piece.skip", [](auto& it) { it.piece.skip = 1; }},
      {"piece.begin", [](auto& it) { it.piece.begin -= vdoc::fragment::timestamp{1}; }},
      {"piece.end", [](auto& it) { it.piece.end += vdoc::fragment::timestamp{1}; }},
      {"piece.frames", [](auto& it) { ++it.piece.frames; }},
      {"piece.hash", [](auto& it) { it.piece.hash.back() = 'e'; }},
      {"source.codec", [](auto& it) { it.source.codec = "hevc"; }},
      {"source.caps", [](auto& it) { it.source.caps = "video/x-h264"; }},
      {"source.turn", [](auto& it) { it.source.turn.clockwise_degrees = 90; }},
      {"source.color", [](auto& it) { it.source.color.colorimetry = "bt601"; }},
      {"source.fps", [](auto& it) { it.source.fps_numerator = 25; }},
      {"source.interlaced", [](auto& it) { it.source.interlaced = true; }},
      {"ladder.width", [](auto& it) { it.ladder[1].width_px = 642; }},
      {"ladder.ceiling", [](auto& it) { it.ladder[0].max_bitrate_kbps = 4'000; }},
      {"ladder.copied", [](auto& it) { it.ladder[0].copied = true; }},
      {"ladder.fewer", [](auto& it) { it.ladder.pop_back(); }},
      {"wanted", [](auto& it) { it.wanted = {"360p"}; }},
      {"wanted twice", [](auto& it) { it.wanted = {"720p360p"}; }},
      {"options.preset", [](auto& it) { it.options.preset = "slower"; }},
      {"options.crf", [](auto& it) { it.options.crf = 22; }},
      {"picture_every_ms", [](auto& it) { it.picture_every_ms = 0; }},
      {"bridge", [](auto& it) { it.bridge = true; }},
  };
  std::set<std::string> keys{key_of(an_order())};
  for (const auto& [name, how] : all) {
    auto other = an_order();
    how(other);
    BOOST_TEST(keys.insert(key_of(other)).second, name);
  }
}

BOOST_AUTO_TEST_SUITE_END()
