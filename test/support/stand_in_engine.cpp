#include "test/support/ffprobe.hpp"
#include "test/support/package_seen.hpp"
#include "test/support/process_tree.hpp"
#include "test/support/stand_in.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

// Plays the engine for the tests of test/engine, so that these can be tried without it: the same
// command line and folders, made by ffmpeg, without captions, document, resume or media hosts.
// Tests of those fail with it, as they should.
//
//     VIDEO_DOC_BINARY=.../stand_in_engine .../containers_test

namespace {

using namespace vdoc::test;

struct run_line {
  std::vector<std::filesystem::path> inputs;
  std::filesystem::path out = "out";
  stand_in_options options;
};

/// Heights of VIDEO_DOC_LADDER_RUNGS=180:400:800,90:200:400.
std::vector<int> heights_of(const std::string& rungs) {
  std::vector<int> heights;
  for (std::size_t at = 0; at < rungs.size();) {
    heights.push_back(std::atoi(rungs.c_str() + at));
    const auto comma = rungs.find(',', at);
    at = comma == std::string::npos ? comma : comma + 1;
  }
  return heights;
}

std::optional<run_line> read_line(int count, char** words) {
  run_line line;
  if (count < 2 || std::string{words[1]} != "run")
    return std::nullopt;
  for (int n = 2; n < count; ++n) {
    const std::string word = words[n];
    if (word == "--out")
      line.out = words[++n];
    else if (word == "--container")
      line.options.transport = std::string{words[++n]} == "ts";
    else if (word == "--segment")
      line.options.segment_s = std::atoi(words[++n]);
    else if (word == "--captions" || word == "--workers" || word == "--ladder" || word == "--crf" ||
             word == "--preset")
      ++n;
    else if (word == "--no-document" || word == "--mp4" || word == "--json" || word == "--quiet")
      continue;
    else if (word.starts_with("--"))
      return std::nullopt;
    else
      line.inputs.emplace_back(word);
  }
  return line.inputs.empty() ? std::nullopt : std::optional{line};
}

void write_report(const std::filesystem::path& folder) {
  nlohmann::json report{{"state", "succeeded"},
                        {"restarts", 0},
                        {"warnings", nlohmann::json::array()},
                        {"hdr", false}};
  for (const auto& one : read_package(folder).video) {
    std::size_t frames = 0;
    for (const auto& segment : one.track.segments)
      frames += segment.samples.size();
    report["renditions"].push_back({{"frames", frames}, {"playlist", one.track.name}});
  }
  std::ofstream{folder / "job.json"} << report.dump(2) << "\n";
}

} // namespace

int main(int count, char** words) {
  const auto line = read_line(count, words);
  if (!line) {
    std::cerr << "usage: stand_in_engine run INPUT... --out DIR\n";
    return 2;
  }
  int code = 0;
  for (const auto& input : line->inputs) {
    try {
      auto options = line->options;
      const char* rungs = std::getenv("VIDEO_DOC_LADDER_RUNGS"); // NOLINT(concurrency-mt-unsafe)
      const auto streams = ffprobe_streams(input.string());
      const auto video = first_stream(streams, "video");
      options.video = !video.is_null();
      options.audio = !first_stream(streams, "audio").is_null();
      options.heights_px = heights_of(rungs == nullptr ? "180" : rungs);
      const auto folder = line->out / input.stem();
      make_stand_in(input, folder, options);
      write_report(folder);
    } catch (const std::exception& problem) {
      std::cerr << input.string() << ": " << problem.what() << "\n";
      code = 1;
    }
  }
  return code;
}
