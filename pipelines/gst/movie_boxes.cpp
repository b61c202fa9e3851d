#include "pipelines/gst/movie_boxes.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <vector>

namespace vdoc::gst {

namespace {

constexpr int most_boxes = 20'000;
constexpr int deepest = 8;

/// The payload of a box, as offsets into the file.
struct box {
  std::string kind;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

class box_file {
public:
  explicit box_file(const std::filesystem::path& source) : in_{source, std::ios::binary} {
    std::error_code none;
    size_ = std::filesystem::file_size(source, none);
    if (none)
      size_ = 0;
  }
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

  std::uint64_t number(std::uint64_t at, std::size_t bytes) {
    std::array<char, 8> raw{};
    in_.clear();
    in_.seekg(static_cast<std::streamoff>(at));
    in_.read(raw.data(), static_cast<std::streamsize>(bytes));
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i)
      value = value << 8U | static_cast<unsigned char>(raw[i]);
    return value;
  }
  std::string word(std::uint64_t at) {
    const auto raw = number(at, 4);
    std::string out;
    for (int shift = 24; shift >= 0; shift -= 8)
      out += static_cast<char>(raw >> static_cast<unsigned>(shift) & 0xffU);
    return out;
  }
  /// Calls `see(box, says_more)` for the boxes from `begin` to `end`; it returns whether to go on.
  template <class See> void each(std::uint64_t begin, std::uint64_t end, See see) {
    while (begin + 8 <= end && ++seen_ < most_boxes) {
      auto length = number(begin, 4);
      std::uint64_t head = 8;
      if (length == 1) {
        length = number(begin + 8, 8);
        head = 16;
      } else if (length == 0) {
        length = end - begin;
      }
      if (length < head)
        return;
      const auto more = length > end - begin;
      if (!see(box{word(begin + 4), begin + head, more ? end : begin + length}, more) || more)
        return;
      begin += length;
    }
  }

private:
  std::ifstream in_;
  std::uint64_t size_ = 0;
  int seen_ = 0;
};

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
      } else if (inner.kind == "colr" && file.word(inner.begin) == "nclx") {
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
  constexpr std::array known{"ftyp", "moov", "mdat", "free", "skip", "wide", "pdin",
                             "moof", "sidx", "styp", "uuid", "meta", "emsg", "prft"};
  movie_boxes out;
  box_file file{source};
  file.each(0, file.size(), [&](const box& top, bool more) {
    if (std::find(known.begin(), known.end(), top.kind) == known.end())
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
