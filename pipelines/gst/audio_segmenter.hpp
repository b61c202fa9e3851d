#pragma once

#include "pipelines/fragment/access_unit.hpp"
#include "pipelines/gst/audio_encoder.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace vdoc::gst {

/// Collects AAC units into files of one segment each: unit n goes to the segment in which its first
/// sample lies, so that where a cut falls depends on nothing but time. What is left at the end is a
/// segment of its own only if it is worth one: players ask for each, and stumble over one of a few
/// milliseconds. Files are written aside, synced and renamed. One thread.
class audio_segmenter {
public:
  using taker = std::function<void(const audio_segment&)>;

  /// `take` is called when a segment's file is complete; for those below `request.first_wanted`
  /// there is neither file nor call.
  audio_segmenter(const audio_request& request, taker take);
  ~audio_segmenter();

  /// What all units have in common; before the first of them.
  void describe(std::string caps, std::vector<std::uint8_t> codec_config, int channels,
                int rate_hz);
  /// Throws std::system_error when the disk is full.
  void add(const fragment::access_unit& unit);
  void finish();

private:
  void put(const fragment::access_unit& unit);
  void open(const fragment::access_unit& first);
  void close();
  [[nodiscard]] std::filesystem::path aside() const;
  [[nodiscard]] std::uint32_t segment_of(const fragment::access_unit& unit) const;

  audio_request request_;
  taker take_;
  fragment::stream_format format_;
  audio_segment now_;
  bool open_ = false;
  std::vector<fragment::access_unit> held_; ///< the begin of the next segment, or the end of all
  std::unique_ptr<fragment::access_unit_writer> writer_; ///< absent for segments not wanted
};

} // namespace vdoc::gst
