#pragma once

#include "pipelines/hls/byte_writer.hpp"
#include "pipelines/hls/hls.hpp"

#include <functional>
#include <initializer_list>
#include <span>
#include <string_view>

/// The boxes that the movie header of a fragmented and of a progressive file have alike
/// (ISO 14496-12; sample entries ISO 14496-14 and -15).
namespace vdoc::hls {

/// "ftyp" or "styp". The major brand is also a compatible one.
void write_brands(byte_writer& out, std::string_view type, std::string_view major,
                  std::initializer_list<std::string_view> others);

/// mvhd. `duration` in ticks of `timescale`; 0 in a fragmented file.
void write_movie_header(byte_writer& out, std::uint32_t timescale, std::uint64_t duration,
                        std::uint32_t next_track_id);

/// One line of an edit list, at normal speed.
struct edit {
  std::uint64_t duration = 0;  ///< in the movie's ticks; 0 in a fragmented file: all there is
  std::int64_t media_time = 0; ///< in the track's ticks; -1 shows nothing
};

/// What a track's headers say beside `track`.
struct track_place {
  std::uint32_t id = 1;
  std::uint64_t movie_duration = 0; ///< in the movie's ticks
  std::uint64_t media_duration = 0; ///< in the track's ticks
  int alternate_group = 0;          ///< tracks of one group stand in for each other
  bool enabled = true;
  std::vector<edit> edits; ///< empty writes no edit list
};

/// trak; `tables` writes what follows stsd in stbl.
void write_track(byte_writer& out, const track& what, const track_place& place,
                 const std::function<void(byte_writer&)>& tables);

} // namespace vdoc::hls
