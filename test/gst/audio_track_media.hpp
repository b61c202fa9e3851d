#pragma once

#include "pipelines/gst/audio_encoder.hpp"
#include "test/support/temp_folder.hpp"

#include <filesystem>
#include <string>
#include <vector>

/// Sound for tests of the audio encoder: chunk files made without a demuxer, and what came out.
namespace vdoc::test {

/// A folder with room for chunks, removed at the end.
struct sound_folder {
  sound_folder() { std::filesystem::create_directories(path / "audio"); }
  temp_folder own;
  std::filesystem::path path = own.path();
};

/// Mono floats, `seconds` of silence with a short burst that is found again to the sample at each
/// of these times.
std::vector<float> bursts_at(const std::vector<double>& times, double seconds, int rate_hz);
/// Where in `sound` the burst that should be at `time` is, in seconds; `-1` when it is not within
/// 50 ms.
double find_burst(const std::vector<float>& sound, double time, int rate_hz);

/// PCM access units of 20 ms, all channels alike.
std::vector<fragment::access_unit> pcm_units(const std::vector<float>& sound, int rate_hz,
                                             int channels, double begin);
std::string pcm_caps(int rate_hz, int channels);

/// Sound compressed by a GStreamer encoder, with the caps of what comes out.
struct compressed {
  std::string caps;
  std::vector<fragment::access_unit> units;
};
compressed compress(const std::vector<float>& sound, int rate_hz, int channels,
                    const std::string& elements);

/// Takes down all that an encoder tells.
struct told_track : gst::audio_listener {
  void on_segment(const gst::audio_segment& one) override { segments.push_back(one); }
  void on_samples(fragment::timestamp begin, const std::vector<std::int16_t>& samples) override;
  void on_end(std::uint64_t samples, const std::vector<std::string>& said) override;
  void on_failure(const fault& why) override { failures.push_back(why); }

  /// The first channel of the segments, decoded and without priming, on the timeline.
  [[nodiscard]] std::vector<float> decoded(const std::filesystem::path& work) const;
  /// All bytes of all segment files.
  [[nodiscard]] std::string bytes(const std::filesystem::path& work) const;

  std::vector<gst::audio_segment> segments;
  std::vector<std::int16_t> speech;
  std::vector<std::string> warnings;
  std::vector<fault> failures;
  std::uint64_t length = 0;
  int ends = 0;
};

/// One chunk of a track.
struct chunk_of_units {
  std::string caps;
  std::vector<fragment::access_unit> units;
};

/// Writes the chunks and feeds them to an encoder.
told_track encode(const std::filesystem::path& work, const std::vector<chunk_of_units>& chunks,
                  gst::audio_request request = {});

} // namespace vdoc::test
