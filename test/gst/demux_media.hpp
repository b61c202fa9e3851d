#pragma once

#include "pipelines/gst/demuxer.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vdoc::test {

/// A folder for one test program, removed at its end.
const std::filesystem::path& demux_folder();

/// Runs a shell line and returns what it prints; throws std::runtime_error when it fails.
std::string said_by(const std::string& line);

/// A file of these bytes in that folder.
std::filesystem::path written(const std::string& name, const std::string& bytes);

/// A source made by ffmpeg, once per name: `recipe` is what stands between ffmpeg and the file.
/// {pictures} and {sound} stand for 12 s of test pictures at 25 fps and of a tone.
std::filesystem::path made(const std::string& name, const std::string& recipe);

/// Times of the pictures that ffmpeg decodes, in ms, sorted.
std::vector<double> pictures_by_ffprobe(const std::filesystem::path& source);
/// Times of the packets of the n-th sound track, in ms.
std::vector<double> sound_by_ffprobe(const std::filesystem::path& source, int track = 0);

/// All that a demuxer said of a source, and what it left on disk.
struct demuxed {
  std::vector<fragment::fragment> fragments;
  std::vector<double>
      pictures_ms; ///< of the units that fragments own, sorted; repeated if owned twice
  std::map<std::uint32_t, std::vector<gst::audio_chunk>> chunks;
  std::map<std::uint32_t, std::vector<fragment::access_unit>> sound;
  std::vector<gst::timed_text> texts;
  std::optional<gst::demux_summary> summary;
  std::optional<fault> failure;
  std::vector<std::string> runs; ///< names of the files in runs/
  std::string launch_line;

  [[nodiscard]] std::uint32_t frames() const;
};

/// Demuxes all tracks; `change` may change what is asked for. Grants credit as fragments come.
demuxed demux(const std::filesystem::path& source,
              const std::function<void(gst::demux_request&)>& change = {});
/// The same of a source that was looked at before.
demuxed demux(const std::filesystem::path& source, const probe::source_probe& known,
              const std::function<void(gst::demux_request&)>& change = {});

} // namespace vdoc::test
