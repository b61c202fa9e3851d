#include "pipelines/hls/aac.hpp"
#include "pipelines/hls/avc.hpp"
#include "pipelines/hls/hls.hpp"
#include "pipelines/hls/sequence_set.hpp"

#include <algorithm>
#include <stdexcept>

namespace vdoc::hls {

namespace {

std::string two_digits(std::uint8_t value) {
  constexpr std::string_view digits = "0123456789abcdef";
  return {digits[value >> 4U], digits[value & 15U]};
}

} // namespace

timestamp delay_of(const track& what) {
  constexpr timestamp most = std::chrono::milliseconds{500};
  constexpr timestamp usual = std::chrono::milliseconds{200};
  constexpr timestamp usual_picture = std::chrono::milliseconds{40};
  if (what.what == track::kind::aac)
    return timestamp{0};
  if (what.reorder_delay)
    return *what.reorder_delay;
  picture_order order;
  try {
    const auto config = read_avc_config(what.codec_config);
    if (!config.sequence_sets.empty())
      order = read_picture_order(config.sequence_sets.front());
  } catch (const std::runtime_error&) { // no avcC: nothing is known
  }
  if (!order.reordered)
    return usual;
  // Durations beyond the limit need not be multiplied, nor could they always be.
  const auto picture = std::min(order.picture_duration.value_or(usual_picture), most);
  return std::min(most, *order.reordered * picture);
}

std::string codec_string(const track& what) {
  if (what.what == track::kind::aac)
    return "mp4a.40." + std::to_string(read_aac_config(what.codec_config).object_type);
  const auto config = read_avc_config(what.codec_config);
  return "avc1." + two_digits(config.profile) + two_digits(config.compatibility) +
         two_digits(config.level);
}

} // namespace vdoc::hls
