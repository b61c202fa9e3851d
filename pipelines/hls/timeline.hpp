#pragma once

#include "pipelines/fragment/access_unit.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace vdoc::hls {

using fragment::access_unit;
using fragment::timestamp;

/// Nearest tick, halves away from the past. Demuxers truncate ("33366666 ns" for 1001/30000 s); as
/// long as a tick is longer than 2 ns the nearest one is the one that was meant.
std::int64_t to_ticks(timestamp time, std::uint32_t timescale);

/// Ticks that are no shorter than a span.
std::int64_t ticks_up(timestamp span, std::uint32_t timescale);

/// Presentation times of units, in ticks.
std::vector<std::int64_t> presentation_ticks(std::span<const access_unit> units,
                                             std::uint32_t timescale);

/// Decode times for units in decode order: the sorted presentation times, which makes the first one
/// the time of the first picture and lets segments join without knowing each other. Each stays at
/// most `delay` behind its presentation time (dts[i] <= pts[i] + delay) by coming earlier than its
/// place where it has to; the times still rise, and the first one stays where it is as long as
/// there are no more units than ticks in `delay`.
std::vector<std::int64_t> decode_ticks(std::span<const std::int64_t> pts, std::int64_t delay);

/// How far pictures are decoded before they are shown: the smallest delay for which decode_ticks
/// are the sorted times unchanged.
std::int64_t reordering_ticks(std::span<const std::int64_t> pts);

} // namespace vdoc::hls
