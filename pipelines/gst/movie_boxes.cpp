#include "pipelines/gst/movie_boxes.hpp"

#include "pipelines/gst/box_file.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace vdoc::gst {

namespace {

constexpr int deepest = 8;

using box = box_file::box;

void read_header(box_file& file, const box& header, std::uint32_t& id, movie_track& track) {
  const auto long_times = file.number(header.begin, 1) == 1;
  id = static_cast<std::uint32_t>(file.number(header.begin + (long_times ? 20 : 12), 4));
  const auto matrix = header.begin + (long_times ? 52 : 40);
  const auto cell = [&](std::uint64_t index) {
    return static_cast<std::int32_t>(file.number(matrix + 4 * index, 4));
  };
  track.has_turn = orientation_of_matrix(cell(0), cell(1), cell(3), cell(4), track.turn);
}

void read_sample_entry(box_file& file, const box& descriptions, movie_track& track) {
  constexpr std::uint64_t visual_entry = 78;
  file.each(descriptions.begin + 8, descriptions.end, [&](const box& entry, bool) {
    track.sample_entry = entry.kind;
    file.each(entry.begin + visual_entry, entry.end, [&](const box& inner, bool) {
      if (inner.kind == "dvcC" || inner.kind == "dvvC") {
        const auto facts = file.number(inner.begin + 2, 2); // 7 bits, 6, then one for each layer
        track.dolby_vision_profile = static_cast<int>(facts >> 9U);
        track.carries_enhancement = (facts & 2U) != 0;
      } else if (inner.kind == "colr" && file.text(inner.begin, 4) == "nclx") {
        track.full_range = file.number(inner.begin + 10, 1) >> 7U != 0;
      }
      return true;
    });
    return false;
  });
}

void read_edits(box_file& file, const box& edits, movie_track& track) {
  file.each(edits.begin, edits.end, [&](const box& one, bool) {
    track.has_edits = track.has_edits || (one.kind == "elst" && file.number(one.begin + 4, 4) > 0);
    return true;
  });
}

void read_track(box_file& file, const box& from, std::uint32_t& id, movie_track& track, int depth) {
  constexpr std::array nested{"mdia", "minf", "stbl", "tref"};
  if (depth > deepest)
    return;
  file.each(from.begin, from.end, [&](const box& one, bool) {
    if (one.kind == "tkhd")
      read_header(file, one, id, track);
    else if (one.kind == "stsd")
      read_sample_entry(file, one, track);
    else if (one.kind == "edts")
      read_edits(file, one, track);
    else if (one.kind == "vdep")
      track.enhancement_layer = true;
    else if (std::find(nested.begin(), nested.end(), one.kind) != nested.end())
      read_track(file, one, id, track, depth + 1);
    return true;
  });
}

} // namespace

bool orientation_of_matrix(std::int32_t a, std::int32_t b, std::int32_t c, std::int32_t d,
                           probe::orientation& out) {
  const auto sign = [](std::int32_t value) { return (value > 0 ? 1 : 0) - (value < 0 ? 1 : 0); };
  // Columns are x right and y down: (a, b) is where the picture's right side points, (c, d) where
  // its lower side does. Mirrored first means that the right side begins as (-1, 0).
  const auto determinant = sign(a) * sign(d) - sign(b) * sign(c);
  if (determinant == 0 || (a != 0) == (b != 0))
    return false;
  out.mirrored = determinant < 0;
  const auto flip = out.mirrored ? -1 : 1;
  const auto right = std::pair{flip * sign(a), flip * sign(b)};
  out.clockwise_degrees = right == std::pair{1, 0}    ? 0
                          : right == std::pair{0, 1}  ? 90
                          : right == std::pair{-1, 0} ? 180
                                                      : 270;
  return true;
}

const movie_track* find_track(const movie_boxes& boxes, const std::string& stream_id) {
  const auto id = static_cast<std::uint32_t>(std::strtoul(stream_id.c_str(), nullptr, 10));
  const auto found = boxes.tracks.find(id);
  return found != boxes.tracks.end() ? &found->second : nullptr;
}

movie_boxes read_movie_boxes(const std::filesystem::path& source) {
  movie_boxes out;
  box_file file{source};
  file.each(0, file.size(), [&](const box& top, bool more) {
    if (!box_file::stands_at_the_top(top.kind))
      return false;
    out.looks_like_boxes = true;
    out.cut_short = more;
    if (top.kind != "moov")
      return top.kind != "moof"; // fragments say nothing more of the tracks
    out.has_movie = true;
    file.each(top.begin, top.end, [&](const box& one, bool) {
      if (one.kind != "trak")
        return true;
      std::uint32_t id = 0;
      movie_track track;
      read_track(file, one, id, track, 0);
      out.tracks[id] = track;
      return true;
    });
    return true;
  });
  return out;
}

} // namespace vdoc::gst
