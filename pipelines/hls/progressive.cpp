#include "pipelines/hls/progressive.hpp"

#include "pipelines/hls/aside_file.hpp"
#include "pipelines/hls/sample_table.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <stdexcept>

namespace vdoc::hls {

namespace {

constexpr timestamp interleave = std::chrono::milliseconds{500};
constexpr std::uint64_t finest_movie_timescale = 1'000'000;
constexpr std::uint64_t small_header = 8, large_header = 16; ///< of mdat

/// Hands out the access units of a track's files one by one.
class unit_stream {
public:
  explicit unit_stream(const remux_track& from) : from_{from} {}
  bool next(access_unit& unit) {
    for (;;) {
      if (reader_ && reader_->next(unit))
        return true;
      if (at_ == from_.encoded.size())
        return false;
      reader_.emplace(from_.encoded[at_++]);
    }
  }

private:
  const remux_track& from_;
  std::size_t at_ = 0;
  std::optional<fragment::access_unit_reader> reader_;
};

/// A chunk's place in the file's order.
struct turn {
  std::size_t track = 0;
  std::size_t chunk = 0;
};

struct movie {
  std::vector<sample_table> tables;
  std::vector<std::vector<chunk>> chunks; ///< of each table
  std::vector<turn> order;
  std::uint64_t media_bytes = 0;
  std::uint32_t timescale = 0;
};

/// One in which the times of all tracks are whole, so that edits are exact; else the first track's.
std::uint32_t movie_timescale(const std::vector<sample_table>& tables) {
  std::uint64_t all = 1;
  for (const auto& table : tables)
    all = std::lcm(all, std::uint64_t{table.what().timescale});
  return static_cast<std::uint32_t>(
      all <= finest_movie_timescale ? all : tables.front().what().timescale);
}

sample_table read_samples(const remux_track& from) {
  sample_table table{from.what};
  unit_stream units{from};
  for (access_unit unit; units.next(unit);)
    table.add(unit);
  table.finish(from.end);
  if (table.empty())
    throw std::runtime_error{"a track to remux holds no access units"};
  return table;
}

movie read_movie(const std::vector<remux_track>& tracks) {
  movie all;
  for (const auto& one : tracks)
    all.tables.push_back(read_samples(one));
  for (std::size_t track = 0; track < all.tables.size(); ++track) {
    const auto& chunks = all.chunks.emplace_back(all.tables[track].chunks(interleave));
    for (std::size_t i = 0; i < chunks.size(); ++i) {
      all.order.push_back({track, i});
      all.media_bytes += chunks[i].bytes;
    }
  }
  std::ranges::stable_sort(all.order, {},
                           [&](const turn& one) { return all.chunks[one.track][one.chunk].begin; });
  all.timescale = movie_timescale(all.tables);
  return all;
}

void write_movie(byte_writer& out, const movie& all, bool large) {
  std::vector<track_place> places;
  std::uint64_t duration = 0;
  bool video_seen = false, audio_seen = false;
  for (const auto& table : all.tables) {
    auto& place = places.emplace_back(
        table.place(static_cast<std::uint32_t>(places.size() + 1), all.timescale));
    const bool audio = table.what().what == track::kind::aac;
    auto& seen = audio ? audio_seen : video_seen;
    place.alternate_group = audio ? 1 : 0;
    place.enabled = !seen;
    seen = true;
    duration = std::max(duration, place.movie_duration);
  }
  const box moov{out, "moov"};
  write_movie_header(out, all.timescale, duration,
                     static_cast<std::uint32_t>(all.tables.size() + 1));
  for (std::size_t i = 0; i < all.tables.size(); ++i)
    write_track(out, all.tables[i].what(), places[i], [&](byte_writer& tables) {
      all.tables[i].write_tables(tables, all.chunks[i], large);
    });
}

/// Everything before the media: ftyp, moov and the header of mdat. Sets the chunks' offsets, which
/// depend on how long it is, which does not depend on them.
bytes write_front(movie& all) {
  bytes front;
  byte_writer out{front};
  write_brands(out, "ftyp", "isom", {"iso6", "avc1", "mp41"});
  const auto moov_at = front.size();
  write_movie(out, all, true);
  const bool large = front.size() + large_header + all.media_bytes > UINT32_MAX;
  if (!large) {
    front.resize(moov_at);
    write_movie(out, all, false);
  }
  auto at = front.size() + (large ? large_header : small_header);
  for (const auto& one : all.order) {
    auto& chunk = all.chunks[one.track][one.chunk];
    chunk.offset = at;
    at += chunk.bytes;
  }
  front.resize(moov_at);
  write_movie(out, all, large);
  out.u32(large ? 1 : all.media_bytes + small_header);
  out.text("mdat");
  if (large)
    out.u64(all.media_bytes + large_header);
  return front;
}

} // namespace

void write_progressive_mp4(const std::filesystem::path& target,
                           const std::vector<remux_track>& tracks) {
  if (tracks.empty())
    throw std::runtime_error{"there is no track to remux"};
  auto all = read_movie(tracks);
  aside_file file{target};
  file.append(write_front(all));
  std::vector<unit_stream> streams{tracks.begin(), tracks.end()};
  std::vector<std::size_t> taken(tracks.size(), 0);
  access_unit unit;
  for (const auto& one : all.order)
    for (std::uint32_t left = all.chunks[one.track][one.chunk].samples; left > 0; --left) {
      if (!streams[one.track].next(unit) ||
          unit.bytes.size() != all.tables[one.track].sample_bytes(taken[one.track]++))
        throw std::runtime_error{"a file of access units changed while it was remuxed"};
      file.append(unit.bytes);
    }
  file.publish();
}

} // namespace vdoc::hls
