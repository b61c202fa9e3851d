#pragma once

#include "pipelines/gst/transcoder.hpp"
#include "test/support/temp_folder.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace vdoc::gst::test {

/// Runs a command line; throws with its text unless it returns 0. What it printed.
std::string shell(const std::string& command);

/// Makes `file` with ffmpeg from the arguments given (without "ffmpeg" and the output).
void ffmpeg(const std::string& arguments, const std::filesystem::path& file);

/// All that is in a file.
std::vector<std::uint8_t> bytes_of(const std::filesystem::path& file);

/// Access units of a file by way of a demuxer and a parser ("matroskademux ! h264parse"), with
/// times from the first picture shown.
struct stream {
  fragment::stream_format format;
  std::vector<fragment::access_unit> units;
};
stream parse(const std::filesystem::path& file, const std::string& elements);

/// Sorted presentation times.
std::vector<fragment::timestamp> times(const std::vector<fragment::access_unit>& units);

/// Cuts a stream as a demuxer does: at key frames at least `shortest` apart; every run carries the
/// next key frame and the pictures that lean on it. Writes work/runs.
std::vector<fragment::fragment> cut(const stream& from, const std::filesystem::path& work,
                                    std::chrono::milliseconds shortest);

/// One run for the whole stream with fragments of `length`, cut at any picture.
std::vector<fragment::fragment> cut_one_run(const stream& from, const std::filesystem::path& work,
                                            std::chrono::milliseconds length);

/// A rung without a ceiling.
ladder::rendition rung(const std::string& name, int width_px, int height_px);

/// The access units of a rendition over all fragments.
std::vector<fragment::access_unit> encoded(const std::filesystem::path& work,
                                           const std::string& name);

/// Writes the access units as an H.264 elementary stream that ffmpeg reads.
void write_h264(const std::filesystem::path& file, const std::vector<std::uint8_t>& configuration,
                const std::vector<fragment::access_unit>& units);

/// Luma of all pictures that ffmpeg decodes from a file, scaled to this size.
std::vector<std::vector<std::uint8_t>> luma(const std::filesystem::path& file, int width_px,
                                            int height_px, const std::string& filter = {});

/// Mean absolute difference of two pictures.
double difference(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b);

} // namespace vdoc::gst::test
