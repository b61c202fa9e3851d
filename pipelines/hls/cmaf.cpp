#include "pipelines/hls/boxes.hpp"
#include "pipelines/hls/timeline.hpp"

#include <algorithm>
#include <stdexcept>

namespace vdoc::hls {

namespace {

constexpr std::uint32_t track_id = 1;
/// Sample flags (ISO 14496-12 8.8.3.1): whether it leans on others, and whether it is no sync
/// sample.
constexpr std::uint32_t leans_on_nothing = 0x02000000, leans_on_others = 0x01010000;
constexpr std::uint32_t base_is_moof = 0x020000;
constexpr std::uint32_t has_offset = 0x1, has_durations = 0x100, has_sizes = 0x200,
                        has_flags = 0x400, has_composition = 0x800;

struct sample {
  std::uint64_t duration = 0;
  std::uint64_t bytes = 0;
  bool key = false;
  std::int64_t composition = 0; ///< presentation minus decode time
};

/// How far the edit list takes the track back.
std::int64_t edit_ticks(const track& what) {
  return what.what == track::kind::aac ? what.priming_samples
                                       : ticks_up(delay_of(what), what.timescale);
}

struct run {
  std::int64_t decode_time = 0;
  std::vector<sample> samples;
};

run samples_of(const track& what, std::span<const access_unit> units, timestamp end) {
  const auto edit = edit_ticks(what);
  const auto pts = presentation_ticks(units, what.timescale);
  const bool audio = what.what == track::kind::aac;
  auto dts = decode_ticks(pts, audio ? 0 : edit);
  // Media time: sound is late by its priming, pictures only in composition. Neither can be
  // negative.
  for (std::size_t i = 0; i < dts.size(); ++i)
    dts[i] = std::max(audio ? dts[i] + edit : dts[i], i == 0 ? 0 : dts[i - 1] + 1);
  const auto last = to_ticks(end, what.timescale) + (audio ? edit : 0);
  run all{dts.front(), {}};
  all.samples.reserve(units.size());
  for (std::size_t i = 0; i < units.size(); ++i) {
    auto next = i + 1 < units.size() ? dts[i + 1] : last;
    if (next <= dts[i]) // an end that lies: the unit knows better than nothing
      next = dts[i] + std::max<std::int64_t>(1, to_ticks(units[i].duration, what.timescale));
    all.samples.push_back({static_cast<std::uint64_t>(next - dts[i]), units[i].bytes.size(),
                           audio || units[i].key, pts[i] + edit - dts[i]});
  }
  return all;
}

/// Returns where the offset of the first sample has to go.
std::size_t write_run(byte_writer& out, const track& what, const run& all) {
  const bool audio = what.what == track::kind::aac;
  const bool negative =
      std::ranges::any_of(all.samples, [](const sample& one) { return one.composition < 0; });
  const auto flags =
      has_offset | has_durations | has_sizes | (audio ? 0 : has_flags | has_composition);
  const box trun{out, "trun", negative ? 1 : 0, flags};
  out.u32(all.samples.size());
  const auto offset_at = out.size();
  out.u32(0);
  for (const auto& one : all.samples) {
    out.u32(one.duration);
    out.u32(one.bytes);
    if (!audio) {
      out.u32(one.key ? leans_on_nothing : leans_on_others);
      out.u32(static_cast<std::uint64_t>(one.composition));
    }
  }
  return offset_at;
}

void write_movie(byte_writer& out, const track& what) {
  const box moov{out, "moov"};
  write_movie_header(out, what.timescale, 0, track_id + 1);
  track_place place;
  place.id = track_id;
  if (const auto edit = edit_ticks(what); edit > 0)
    place.edits = {{0, edit}};
  write_track(out, what, place, [](byte_writer& tables) {
    for (const auto* empty : {"stts", "stsc"}) {
      const box table{tables, empty, 0, 0};
      tables.u32(0);
    }
    {
      const box stsz{tables, "stsz", 0, 0};
      tables.zeros(8);
    }
    const box stco{tables, "stco", 0, 0};
    tables.u32(0);
  });
  const box mvex{out, "mvex"};
  const box trex{out, "trex", 0, 0};
  out.u32(track_id);
  out.u32(1); // sample description
  out.zeros(8);
  out.u32(what.what == track::kind::aac ? leans_on_nothing : leans_on_others);
}

/// Returns where the offset of the first sample, counted from moof, has to go.
std::size_t write_fragment(byte_writer& out, const track& what, const run& all,
                           std::uint32_t sequence) {
  const box moof{out, "moof"};
  {
    const box mfhd{out, "mfhd", 0, 0};
    out.u32(sequence);
  }
  const box traf{out, "traf"};
  {
    const box tfhd{out, "tfhd", 0, base_is_moof};
    out.u32(track_id);
  }
  {
    const box tfdt{out, "tfdt", 1, 0};
    out.u64(static_cast<std::uint64_t>(all.decode_time));
  }
  return write_run(out, what, all);
}

} // namespace

bytes cmaf_init(const track& what) {
  bytes all;
  byte_writer out{all};
  write_brands(out, "ftyp", "iso6", {"cmfc", "mp41"});
  write_movie(out, what);
  return all;
}

bytes cmaf_segment(const track& what, std::span<const access_unit> units, timestamp end,
                   std::uint32_t sequence) {
  if (units.empty())
    throw std::invalid_argument{"a segment needs at least one access unit"};
  const auto all = samples_of(what, units, end);
  std::size_t payload = 0;
  for (const auto& unit : units)
    payload += unit.bytes.size();
  constexpr std::size_t box_header = 8;
  bytes segment;
  segment.reserve(payload + 16 * units.size() + 256);
  byte_writer out{segment};
  write_brands(out, "styp", "msdh", {"msix", "cmfs", "cmff"});
  const auto moof_at = out.size();
  const auto offset_at = write_fragment(out, what, all, sequence);
  out.set_u32(offset_at, out.size() + box_header - moof_at);
  out.u32(payload + box_header);
  out.text("mdat");
  for (const auto& unit : units)
    out.put(unit.bytes);
  return segment;
}

} // namespace vdoc::hls
