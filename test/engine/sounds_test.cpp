#include "test/engine/engine_run.hpp"
#include "test/engine/exact_sources.hpp"
#include "test/support/exactness.hpp"
#include "test/support/ffprobe.hpp"
#include "test/support/one_case_each.hpp"
#include "test/support/source_recipes.hpp"

#include <cmath>
#include <cstring>
#include <numbers>

namespace {

using namespace vdoc::test;

const one_case_each cases{"sounds_become_exact_renditions", sounds_that_work(), becomes_exact};

/// A tone of its own in each loudspeaker of 5.1, as loud as each other, and none in the sub. So
/// that who is heard where can be told apart afterwards.
constexpr double front_left_hz = 400, front_right_hz = 600, centre_hz = 1000, back_left_hz = 1500,
                 back_right_hz = 2200;

source surround_of_tones(const std::string& codec, const std::string& extension,
                         const std::string& options) {
  const std::string tones = "aevalsrc=0.2*sin(2*PI*400*t)|0.2*sin(2*PI*600*t)|0.2*sin(2*PI*1000*t)|"
                            "0|0.2*sin(2*PI*1500*t)|0.2*sin(2*PI*2200*t):c=5.1:s=48000:d=6";
  return {.name = "surround_of_tones_" + codec,
          .file = "surround_of_tones_" + codec + extension,
          .steps = {"-i {master} -f lavfi -i " + tones + " -map 0:v -map 1:a " + h264() + options +
                    " -bitexact {out}"}};
}

/// Every sample of one of two channels, at 48 kHz.
std::vector<double> channel_of(const std::string& interleaved, std::size_t which) {
  std::vector<double> out;
  for (auto at = which * sizeof(float); at + sizeof(float) <= interleaved.size();
       at += 2 * sizeof(float)) {
    float one = 0;
    std::memcpy(&one, interleaved.data() + at, sizeof one);
    out.push_back(one);
  }
  return out;
}

/// Amplitude of a tone in seconds 2 to 4 (Goertzel 1958; every tone has whole periods in there).
double amplitude(const std::vector<double>& sound, double hz) {
  constexpr std::size_t rate = 48'000, begin = 2 * rate, count = 2 * rate;
  BOOST_REQUIRE(sound.size() >= begin + count);
  const double step = 2 * std::cos(2 * std::numbers::pi * hz / rate);
  double last = 0, before = 0;
  for (auto n = begin; n < begin + count; ++n) {
    const auto now = sound[n] + step * last - before;
    before = last;
    last = now;
  }
  return 2 * std::sqrt(last * last + before * before - step * last * before) / count;
}

/// How much softer than the front a tone is.
double below_front_db(const std::vector<double>& side, double front_hz, double hz) {
  return 20 * std::log10(amplitude(side, front_hz) / amplitude(side, hz));
}

/// ITU-R BS.775: the centre comes from both sides, 3 dB softer; each back from its own, 3 or 6 dB
/// softer. Nothing comes from the other side.
void is_mixed_down_to_one_side(const std::vector<double>& side, double front_hz, double back_hz,
                               const std::vector<double>& others) {
  BOOST_TEST(amplitude(side, front_hz) > 0.04);
  const auto centre = below_front_db(side, front_hz, centre_hz);
  BOOST_TEST((centre > 2.5 && centre < 3.5), "the centre is " << centre << " dB softer");
  const auto back = below_front_db(side, front_hz, back_hz);
  BOOST_TEST((back > 2.5 && back < 6.5), "the back is " << back << " dB softer");
  for (const auto hz : others)
    BOOST_TEST(below_front_db(side, front_hz, hz) > 40.0, hz << " Hz is heard on the wrong side");
}

void is_mixed_down(const source& recipe) {
  const auto file = make(recipe);
  BOOST_REQUIRE(first_stream(ffprobe_streams(file.string()), "audio").at("channels") == 6);
  const temp_folder out;
  const auto result = run_engine({{file.string()}, renditions_only(), small_ladder()}, out.path());
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  const auto package = read_package(out.path() / file.stem());
  BOOST_REQUIRE(package.audio.size() == 1U);
  BOOST_TEST(package.audio[0].listed.at("CHANNELS") == "2");
  const auto& input = package.audio[0].track.input;
  const auto made = first_stream(ffprobe_streams(input), "audio");
  BOOST_TEST(made.at("channels") == 2);
  BOOST_TEST(made.value("channel_layout", "") == "stereo");
  const auto sound =
      run_or_throw({"ffmpeg", "-v", "error", "-nostdin", "-i", input, "-f", "f32le", "-"}).out;
  is_mixed_down_to_one_side(channel_of(sound, 0), front_left_hz, back_left_hz,
                            {front_right_hz, back_right_hz});
  is_mixed_down_to_one_side(channel_of(sound, 1), front_right_hz, back_right_hz,
                            {front_left_hz, back_left_hz});
}

const one_case_each surround{
    "surround_is_mixed_down_to_both_sides",
    std::vector<source>{
        surround_of_tones("aac", ".mp4", "-c:a aac -b:a 384k"),
        surround_of_tones("ac3", ".mkv", "-c:a ac3 -b:a 448k"),
        surround_of_tones("eac3", ".ts", "-c:a eac3 -b:a 448k"),
        surround_of_tones("opus", ".mkv", "-c:a libopus -mapping_family 1 -b:a 384k"),
        surround_of_tones("flac", ".mkv", "-c:a flac"),
    },
    is_mixed_down};

} // namespace
