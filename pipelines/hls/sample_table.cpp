#include "pipelines/hls/sample_table.hpp"

#include "pipelines/hls/timeline.hpp"

#include <algorithm>

namespace vdoc::hls {

namespace {

/// Equal neighbours as one row, as the tables of ISO 14496-12 have them.
struct row {
  std::uint32_t count = 0;
  std::int64_t value = 0;
};

template <class Value> std::vector<row> rows_of(std::size_t count, Value value_at) {
  std::vector<row> rows;
  for (std::size_t i = 0; i < count; ++i) {
    const std::int64_t value = value_at(i);
    if (rows.empty() || rows.back().value != value)
      rows.push_back({0, value});
    ++rows.back().count;
  }
  return rows;
}

void write_rows(byte_writer& out, std::string_view type, const std::vector<row>& rows) {
  const box table{out, type, 0, 0};
  out.u32(rows.size());
  for (const auto& one : rows) {
    out.u32(one.count);
    out.u32(static_cast<std::uint64_t>(one.value));
  }
}

/// Rounds up, so that an edit never cuts off a tick of what it shows.
std::uint64_t rescale_up(std::int64_t ticks, std::uint32_t from, std::uint32_t to) {
  return (static_cast<std::uint64_t>(ticks) * to + from - 1) / from;
}

} // namespace

void sample_table::add(const access_unit& unit) {
  pts_.push_back(to_ticks(unit.pts, what_.timescale));
  bytes_.push_back(static_cast<std::uint32_t>(unit.bytes.size()));
  key_.push_back(unit.key);
}

void sample_table::finish(timestamp end) {
  if (pts_.empty())
    return;
  reordering_ = reordering_ticks(pts_);
  dts_ = decode_ticks(pts_, reordering_);
  end_ = std::max(to_ticks(end, what_.timescale), dts_.back() + 1);
}

std::int64_t sample_table::duration_of(std::size_t index) const {
  return (index + 1 < dts_.size() ? dts_[index + 1] : end_) - dts_[index];
}

std::vector<chunk> sample_table::chunks(timestamp interleave) const {
  std::vector<chunk> list;
  for (std::size_t i = 0; i < dts_.size(); ++i) {
    const auto seconds = static_cast<double>(dts_[i]) / what_.timescale;
    const timestamp time{static_cast<std::int64_t>(seconds * 1e9)};
    const auto begin = time - time % interleave;
    if (list.empty() || list.back().begin != begin)
      list.push_back({0, 0, begin, 0});
    ++list.back().samples;
    list.back().bytes += bytes_[i];
  }
  return list;
}

track_place sample_table::place(std::uint32_t id, std::uint32_t movie_timescale) const {
  track_place place;
  place.id = id;
  const auto shown = dts_.front() + static_cast<std::int64_t>(what_.priming_samples);
  const auto begin = std::max<std::int64_t>(0, shown);
  const auto empty = rescale_up(begin, what_.timescale, movie_timescale);
  const auto length =
      rescale_up(std::max<std::int64_t>(0, end_ - begin), what_.timescale, movie_timescale);
  if (empty > 0)
    place.edits.push_back({empty, -1});
  // What lies before zero is decoded, never shown.
  place.edits.push_back({length, reordering_ + begin - dts_.front()});
  place.movie_duration = empty + length;
  place.media_duration = static_cast<std::uint64_t>(end_ - dts_.front());
  return place;
}

void sample_table::write_decode_times(byte_writer& out) const {
  write_rows(out, "stts", rows_of(dts_.size(), [this](std::size_t i) { return duration_of(i); }));
}

void sample_table::write_composition(byte_writer& out) const {
  if (reordering_ > 0)
    write_rows(out, "ctts", rows_of(dts_.size(), [this](std::size_t i) {
                 return pts_[i] + reordering_ - dts_[i];
               }));
}

void sample_table::write_sync_samples(byte_writer& out) const {
  if (what_.what == track::kind::aac || std::ranges::all_of(key_, [](bool key) { return key; }))
    return;
  const box stss{out, "stss", 0, 0};
  out.u32(static_cast<std::uint64_t>(std::ranges::count(key_, true)));
  for (std::size_t i = 0; i < key_.size(); ++i)
    if (key_[i])
      out.u32(i + 1);
}

void sample_table::write_tables(byte_writer& out, std::span<const chunk> chunks, bool large) const {
  write_decode_times(out);
  write_composition(out);
  write_sync_samples(out);
  {
    const box stsc{out, "stsc", 0, 0};
    const auto rows =
        rows_of(chunks.size(), [&](std::size_t i) { return std::int64_t{chunks[i].samples}; });
    out.u32(rows.size());
    std::uint32_t first = 1;
    for (const auto& one : rows) {
      out.u32(first);
      out.u32(static_cast<std::uint64_t>(one.value));
      out.u32(1);
      first += one.count;
    }
  }
  {
    const box stsz{out, "stsz", 0, 0};
    out.u32(0);
    out.u32(bytes_.size());
    for (const auto size : bytes_)
      out.u32(size);
  }
  const box offsets{out, large ? "co64" : "stco", 0, 0};
  out.u32(chunks.size());
  for (const auto& one : chunks)
    if (large)
      out.u64(one.offset);
    else
      out.u32(one.offset);
}

} // namespace vdoc::hls
