#include "test/engine/engine_run.hpp"
#include "test/support/box_edits.hpp"
#include "test/support/exactness.hpp"
#include "test/support/ffprobe.hpp"
#include "test/support/media_catalogue.hpp"
#include "test/support/mp4_boxes.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <sstream>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;

struct a_short_video {
  std::filesystem::path file = make(source_named("mp4_faststart"));
  temp_folder out;
  std::filesystem::path folder = out / "mp4_faststart";

  outcome run_with(std::vector<std::string> flags,
                   std::map<std::string, std::string> environment = small_ladder()) const {
    return run_engine({{file.string()}, std::move(flags), std::move(environment)}, out.path());
  }
  [[nodiscard]] findings wrong() const {
    return check_everything(folder, truth_of(file.string(), true, true));
  }
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);)
    lines.push_back(line);
  return lines;
}

std::vector<std::string> with(std::vector<std::string> flags, std::vector<std::string> more) {
  flags.insert(flags.end(), more.begin(), more.end());
  return flags;
}

/// Rendition folders by the size that the master playlist tells.
std::vector<std::string> resolutions(const package_seen& package) {
  std::vector<std::string> all;
  for (const auto& one : package.video)
    all.push_back(one.listed.says.at("RESOLUTION"));
  return all;
}

/// Runs words as they are.
outcome run_binary(std::vector<std::string> words) {
  auto line = to_command({}, "unused");
  words.insert(words.begin(), line.words.front());
  line.words = std::move(words);
  return run(line, 120s);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_run, a_short_video)

BOOST_AUTO_TEST_CASE(makes_transport_streams_when_it_is_told_to) {
  const auto result = run_with(with(renditions_only(), {"--container", "ts"}));
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  BOOST_TEST(wrong().empty(), "" << wrong());
  for (const auto& one : read_package(folder).video)
    BOOST_TEST(one.track.transport);
}

BOOST_AUTO_TEST_CASE(makes_cmaf_unless_told_otherwise) {
  BOOST_REQUIRE(run_with(renditions_only()).succeeded());
  for (const auto& one : read_package(folder).video)
    BOOST_TEST(!one.track.transport);
}

BOOST_AUTO_TEST_CASE(cuts_segments_as_long_as_it_is_told) {
  // Key frames lie 2 s apart: segments of 4 s hold two of these.
  BOOST_REQUIRE(run_with({"--no-document", "--captions", "off", "--segment", "4s"}).succeeded());
  const auto package = read_package(folder);
  for (const auto& one : package.video) {
    BOOST_REQUIRE(one.track.segments.size() == 2U);
    BOOST_TEST(one.track.segments[0].listed_seconds == 4.0, boost::test_tools::tolerance(1e-6));
  }
}

BOOST_AUTO_TEST_CASE(makes_the_ladder_that_is_asked_for) {
  const auto big = make(source_named("mp4_copyable_720p"));
  const auto result = run_engine(
      {{big.string()}, with(renditions_only(), {"--ladder", "720,240", "--preset", "ultrafast"})},
      out.path());
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  const auto package = read_package(out / "mp4_copyable_720p");
  BOOST_TEST(resolutions(package) == (std::vector<std::string>{"1280x720", "426x240"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(never_makes_a_picture_larger) {
  BOOST_REQUIRE(run_with(with(renditions_only(), {"--ladder", "1080,720"}), {}).succeeded());
  BOOST_TEST(resolutions(read_package(folder)) == std::vector<std::string>{"320x180"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(spends_fewer_bytes_at_a_higher_crf) {
  // MPEG-4 is never copied: every rung is encoded.
  const auto encoded = make(source_named("mp4_mpeg4"));
  const auto bytes_at = [&](const char* crf) {
    const temp_folder made;
    const auto result = run_engine(
        {{encoded.string()}, with(renditions_only(), {"--crf", crf}), small_ladder()}, made.path());
    BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
    std::uint64_t sum = 0;
    for (const auto& segment : read_package(made / "mp4_mpeg4").video.front().track.segments)
      sum += segment.bytes;
    return sum;
  };
  const auto many = bytes_at("20"), few = bytes_at("35");
  BOOST_TEST(many > 2 * few);
}

BOOST_AUTO_TEST_CASE(encodes_by_the_preset_that_is_asked_for) {
  const auto encoded = make(source_named("mp4_mpeg4"));
  const auto codec_at = [&](const char* preset) {
    const temp_folder made;
    const auto result = run_engine(
        {{encoded.string()}, with(renditions_only(), {"--preset", preset}), small_ladder()},
        made.path());
    BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
    return read_package(made / "mp4_mpeg4").video.front().listed.says.at("CODECS").substr(0, 7);
  };
  // x264's fastest preset leaves out all that the Baseline profile does not know.
  BOOST_TEST(codec_at("ultrafast") == "avc1.42");
  BOOST_TEST(codec_at("veryfast") == "avc1.64");
}

BOOST_AUTO_TEST_CASE(leaves_a_progressive_file_of_the_best_rendition_with_mp4) {
  BOOST_REQUIRE(run_with(with(renditions_only(), {"--mp4"})).succeeded());
  const auto mp4 = read_file(folder / "video.mp4");
  // Faststart: the index lies in front of the media.
  std::vector<std::string> order;
  for (const auto& one : boxes_in(mp4, 0, mp4.size()))
    order.push_back(one.type);
  BOOST_TEST((std::ranges::find(order, "moov") < std::ranges::find(order, "mdat")));
  // A remux: the very pictures of the best rendition, at the same times.
  const auto package = read_package(folder);
  const auto truth = truth_of(file.string(), true, true);
  const auto remuxed = truth_of((folder / "video.mp4").string(), true, true);
  BOOST_REQUIRE(remuxed.frames.size() == truth.frames.size());
  for (std::size_t n = 0; n < truth.frames.size(); ++n) {
    BOOST_TEST(remuxed.frames[n].number == truth.frames[n].number);
    BOOST_TEST(std::abs((remuxed.frames[n].time - truth.frames[n].time).count()) < 100'000);
  }
  const auto md5 = [](const std::string& input, const std::string& stream) {
    return run_or_throw({"ffmpeg", "-v", "error", "-i", input, "-map", stream, "-f", "md5", "-"})
        .out;
  };
  BOOST_TEST(md5((folder / "video.mp4").string(), "0:v") ==
             md5(package.video[0].track.input, "0:v"));
}

BOOST_AUTO_TEST_CASE(makes_no_document_when_it_is_told_so) {
  BOOST_REQUIRE(run_with(renditions_only()).succeeded());
  BOOST_TEST(!std::filesystem::exists(folder / "document"));
}

BOOST_AUTO_TEST_CASE(makes_everything_that_is_promised_unless_told_otherwise) {
  const auto result = run_with({});
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  BOOST_TEST(wrong().empty(), "" << wrong());
  for (const char* one : {"master.m3u8", "video.mp4", "transcript.json", "transcript.txt",
                          "thumbnails/thumbnails.vtt", "document/index.html", "job.json"})
    BOOST_TEST(std::filesystem::exists(folder / one), one);
}

BOOST_AUTO_TEST_CASE(tells_its_progress_as_json_lines) {
  const auto result = run_with(with(renditions_only(), {"--json"}));
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  const auto lines = lines_of(result.out);
  BOOST_REQUIRE(!lines.empty());
  for (const auto& line : lines)
    BOOST_TEST(nlohmann::json::parse(line, nullptr, false).is_object(), line);
  BOOST_TEST(lines.back().find("succeeded") != std::string::npos, lines.back());
}

BOOST_AUTO_TEST_CASE(says_nothing_when_it_is_quiet_and_all_is_well) {
  const auto result = run_with(with(renditions_only(), {"--quiet"}));
  BOOST_REQUIRE(result.succeeded());
  BOOST_TEST(result.out + result.err == "");
}

BOOST_AUTO_TEST_CASE(writes_plain_lines_into_a_pipe) {
  auto environment = small_ladder();
  environment.emplace("NO_COLOR", "1");
  const auto result = run_with(renditions_only(), environment);
  BOOST_REQUIRE(result.succeeded());
  BOOST_TEST((result.out + result.err).find('\x1b') == std::string::npos);
  BOOST_TEST((result.out + result.err).find('\r') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(works_on_several_inputs_and_keeps_their_names_apart) {
  const temp_folder elsewhere;
  const auto twin = elsewhere / "mp4_faststart.mp4";
  std::filesystem::copy_file(file, twin);
  const auto result =
      run_engine({{file.string(), twin.string()}, renditions_only(), small_ladder()}, out.path());
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  BOOST_TEST(job_of(out / "mp4_faststart").value("state", "") == "succeeded");
  BOOST_TEST(job_of(out / "mp4_faststart-2").value("state", "") == "succeeded");
}

BOOST_AUTO_TEST_CASE(ends_with_1_when_one_of_its_inputs_cannot_be_used) {
  const auto result = run_engine(
      {{(out / "missing.mp4").string(), file.string()}, renditions_only(), small_ladder()},
      out.path());
  BOOST_TEST(result.exit_code == 1);
  BOOST_TEST(job_of(folder).value("state", "") == "succeeded");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_command_line)

BOOST_AUTO_TEST_CASE(that_is_wrong_ends_with_2_and_says_what_is_wrong) {
  const std::vector<std::vector<std::string>> wrong{
      {},
      {"run"},
      {"walk"},
      {"run", "--no-such-flag", "a.mp4"},
      {"run", "a.mp4", "--crf", "99"},
      {"run", "a.mp4", "--crf", "good"},
      {"run", "a.mp4", "--container", "avi"},
      {"run", "a.mp4", "--segment", "0s"},
      {"run", "a.mp4", "--ladder", "big"},
      {"run", "a.mp4", "--preset", "fastest"},
      {"run", "a.mp4", "--config", "/no/such/file.toml"}};
  for (const auto& words : wrong) {
    const auto result = run_binary(words);
    std::string line;
    for (const auto& word : words)
      line += word + " ";
    BOOST_TEST(result.exit_code == 2, line << result.story());
    BOOST_TEST(!(result.err + result.out).empty(), line);
  }
}

BOOST_AUTO_TEST_CASE(that_asks_for_help_or_the_version_gets_it) {
  BOOST_TEST(run_binary({"--help"}).exit_code == 0);
  BOOST_TEST(run_binary({"run", "--help"}).out.find("--ladder") != std::string::npos);
  BOOST_TEST(run_binary({"--version"}).exit_code == 0);
}

BOOST_AUTO_TEST_SUITE_END()
