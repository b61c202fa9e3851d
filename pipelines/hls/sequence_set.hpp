#pragma once

#include "pipelines/fragment/access_unit.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace vdoc::hls {

/// What an H.264 sequence parameter set (ITU-T H.264 7.3.2.1.1, annex E) says of the order of
/// pictures.
struct picture_order {
  /// How many pictures may be decoded before and shown after another one; nullopt: it is silent.
  std::optional<int> reordered;
  /// Nominal duration of a picture; nullopt: it is silent.
  std::optional<fragment::timestamp> picture_duration;
  friend bool operator==(const picture_order&, const picture_order&) = default;
};

/// `set` is the NAL unit without its length. What is damaged or cut short counts as silent.
picture_order read_picture_order(std::span<const std::uint8_t> set);

} // namespace vdoc::hls
