#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace vdoc::gst {

/// H.264 as MP4 stores it (ISO 14496-15: each NAL unit behind its length), from whatever the source
/// had, without touching a slice. Access unit delimiters are dropped, as are parameter sets that
/// the configuration has already. A unit that is cut short or says wrong lengths is cut to what is
/// there; a configuration that is cut short throws std::runtime_error.
class avc_stream {
public:
  /// `caps` of the parsed source, "video/x-h264, ...". Where they carry a configuration (avc), that
  /// one is used as it is; else (byte-stream) it is made from the first parameter sets that come.
  explicit avc_stream(const std::string& caps);

  /// Empty when nothing of the unit can be used.
  [[nodiscard]] std::vector<std::uint8_t> convert(std::span<const std::uint8_t> unit);
  /// How many of the units so far were damaged so that it shows without decoding.
  [[nodiscard]] std::uint32_t damaged_units() const noexcept { return damaged_units_; }

  /// The NAL units of an access unit, without what stands before each.
  using nal = std::span<const std::uint8_t>;
  [[nodiscard]] std::vector<nal> split(std::span<const std::uint8_t> unit, bool& damaged) const;

  /// AVCDecoderConfigurationRecord; empty until parameter sets were seen.
  [[nodiscard]] std::vector<std::uint8_t> configuration() const;
  /// "video/x-h264, stream-format=avc, alignment=au, codec_data=(buffer)..."
  [[nodiscard]] std::string caps() const;

private:
  void learn(nal one);
  [[nodiscard]] bool is_known(nal one) const;

  bool annex_b_ = false;
  std::size_t length_bytes_ = 4;
  std::vector<std::uint8_t> given_; ///< configuration from the caps
  std::vector<std::vector<std::uint8_t>> sequence_sets_, picture_sets_;
  std::uint32_t damaged_units_ = 0;
};

/// True for H.264 that starts in the middle: its first picture is a recovery point, no IDR.
bool starts_without_idr(const std::string& caps, std::span<const std::uint8_t> first_unit);

/// AVC caps around a configuration record.
std::string avc_caps(std::span<const std::uint8_t> configuration);

/// The codec_data in caps; empty when there is none.
std::vector<std::uint8_t> codec_data(const std::string& caps);

} // namespace vdoc::gst
