#pragma once

#include "pipelines/fragment/picture_header.hpp"
#include "pipelines/gst/source_reader.hpp"
#include "pipelines/ladder/ladder.hpp"

#include <cstdint>
#include <vector>

namespace vdoc::gst {

/// How the access units of a caps' codec are to be read.
fragment::bitstream_format bitstream_of(const GstCaps* caps);

/// What the first access units of a video stream tell without decoding them: whether the key frames
/// allow copying, at what rate pictures come, how many bits a second there are.
class key_survey {
public:
  void set_format(const source_stream& stream);
  void see(const source_unit& unit);

  [[nodiscard]] std::uint64_t units() const noexcept { return units_; }
  [[nodiscard]] fragment::timestamp span() const noexcept { return last_ - first_; }
  /// Over what was seen; 0 when that was less than a second.
  [[nodiscard]] std::int64_t bitrate_bps() const;
  [[nodiscard]] ladder::copy_evidence evidence(const source_stream& stream) const;
  /// Corrects the rate in the caps by what was seen: 0 when pictures do not come evenly. Says
  /// nothing where few pictures have a time: AVI gives H.264 only those of key frames.
  void correct_rate(int& numerator, int& denominator) const;

private:
  fragment::bitstream_format format_;
  std::uint64_t units_ = 0;
  std::uint64_t untimed_ = 0;
  std::uint64_t bytes_ = 0;
  bool any_time_ = false;
  bool all_idr_ = true;
  bool any_idr_ = false;
  fragment::timestamp first_{0};
  fragment::timestamp last_{0};
  fragment::timestamp last_key_{0};
  fragment::timestamp longest_{0};
  std::vector<fragment::timestamp> times_;
};

} // namespace vdoc::gst
