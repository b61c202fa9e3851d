#include "test/support/mp4_boxes.hpp"

#include <stdexcept>

namespace vdoc::test {
namespace {

/// Reads one number after the other.
struct cursor {
  std::string_view bytes;
  std::size_t at;
  std::uint64_t take(std::size_t size) {
    const auto value = big_endian(bytes, at, size);
    at += size;
    return value;
  }
};

/// AudioSpecificConfig out of an esds box (ISO 14496-1, 7.2.6): descriptors 3, 4 and 5 nest.
std::string audio_config(std::string_view bytes, const box& esds) {
  auto at = esds.body + 4;
  while (at < esds.end) {
    const auto tag = big_endian(bytes, at++, 1);
    std::size_t size = 0;
    for (std::uint64_t part = 0x80; (part & 0x80U) != 0;) {
      part = big_endian(bytes, at++, 1);
      size = size << 7U | (part & 0x7fU);
    }
    if (tag == 5)
      return std::string{bytes.substr(at, size)};
    at += tag == 3 ? 3 : tag == 4 ? 13 : size;
  }
  throw std::runtime_error{"esds without a decoder configuration"};
}

void read_sample_entry(std::string_view bytes, track_header& header) {
  const auto stsd = box_at(bytes, "moov/trak/mdia/minf/stbl/stsd");
  const auto entry = boxes_in(bytes, stsd.body + 8, stsd.end).at(0);
  header.sample_entry = entry.type;
  const bool video = header.handler == "vide";
  if (video) {
    header.width_px = static_cast<int>(big_endian(bytes, entry.body + 24, 2));
    header.height_px = static_cast<int>(big_endian(bytes, entry.body + 26, 2));
  }
  for (const auto& one : boxes_in(bytes, entry.body + (video ? 78 : 28), entry.end)) {
    if (one.type == "avcC")
      header.codec_config = bytes.substr(one.body, one.end - one.body);
    if (one.type == "esds")
      header.codec_config = audio_config(bytes, one);
  }
}

/// The media time of the first edit that is not empty (ISO 14496-12, 8.6.6).
std::int64_t edit_begin(std::string_view bytes) {
  if (!has_box(bytes, "moov/trak/edts/elst"))
    return 0;
  cursor in{bytes, box_at(bytes, "moov/trak/edts/elst").body};
  const std::size_t wide = in.take(4) >> 24U == 1 ? 8 : 4;
  for (auto left = in.take(4); left > 0; --left) {
    in.take(wide);
    const auto time = in.take(wide);
    in.take(4);
    if (time != (wide == 8 ? UINT64_MAX : UINT32_MAX))
      return static_cast<std::int64_t>(time);
  }
  return 0;
}

/// Flags of tfhd and trun (ISO 14496-12, 8.8.7 and 8.8.8).
struct run_reader {
  std::string_view bytes;
  const track_header& header;
  const box& moof;
  std::size_t base; ///< what data offsets count from
  std::uint32_t duration, size, flags;

  run_reader(std::string_view all, const track_header& track, const box& fragment, const box& tfhd)
      : bytes{all}, header{track}, moof{fragment}, base{fragment.begin},
        duration{track.default_duration}, size{track.default_size}, flags{track.default_flags} {
    cursor in{bytes, tfhd.body};
    const auto present = in.take(4) & 0xffffffU;
    in.take(4);
    if ((present & 0x1U) != 0)
      base = in.take(8);
    if ((present & 0x2U) != 0)
      in.take(4);
    if ((present & 0x8U) != 0)
      duration = static_cast<std::uint32_t>(in.take(4));
    if ((present & 0x10U) != 0)
      size = static_cast<std::uint32_t>(in.take(4));
    if ((present & 0x20U) != 0)
      flags = static_cast<std::uint32_t>(in.take(4));
  }

  void read(const box& trun, std::int64_t& dts, std::vector<sample_seen>& out) const {
    cursor in{bytes, trun.body};
    const auto present = in.take(4) & 0xffffffU;
    auto left = in.take(4);
    auto at = base;
    if ((present & 0x1U) != 0)
      at += static_cast<std::size_t>(static_cast<std::int32_t>(in.take(4)));
    std::uint32_t next_flags = flags;
    if ((present & 0x4U) != 0)
      next_flags = static_cast<std::uint32_t>(in.take(4));
    for (; left > 0; --left) {
      sample_seen one;
      one.dts = dts;
      one.duration = (present & 0x100U) != 0 ? static_cast<std::uint32_t>(in.take(4)) : duration;
      const auto bytes_here = (present & 0x200U) != 0 ? in.take(4) : size;
      if ((present & 0x400U) != 0)
        next_flags = static_cast<std::uint32_t>(in.take(4));
      const auto offset = (present & 0x800U) != 0 ? static_cast<std::int32_t>(in.take(4)) : 0;
      one.pts = dts + offset;
      one.sync = (next_flags & 0x10000U) == 0;
      if (at + bytes_here > bytes.size())
        throw std::runtime_error{"a sample lies outside its segment"};
      one.bytes = bytes.substr(at, bytes_here);
      at += bytes_here;
      dts += one.duration;
      next_flags = flags;
      out.push_back(one);
    }
  }
};

} // namespace

std::uint64_t big_endian(std::string_view bytes, std::size_t at, std::size_t size) {
  if (at + size > bytes.size())
    throw std::runtime_error{"a box ends early"};
  std::uint64_t value = 0;
  for (std::size_t n = 0; n < size; ++n)
    value = value << 8U | static_cast<unsigned char>(bytes[at + n]);
  return value;
}

std::vector<box> boxes_in(std::string_view bytes, std::size_t from, std::size_t to) {
  std::vector<box> out;
  while (from < to) {
    box one{.type = std::string{bytes.substr(from + 4, 4)}, .begin = from, .body = from + 8};
    auto size = big_endian(bytes, from, 4);
    if (size == 1) {
      size = big_endian(bytes, from + 8, 8);
      one.body += 8;
    }
    if (size == 0)
      size = to - from;
    one.end = from + size;
    if (size < 8 || one.end > to)
      throw std::runtime_error{"box " + one.type + " does not fit at " + std::to_string(from)};
    from = one.end;
    out.push_back(one);
  }
  return out;
}

box box_at(std::string_view bytes, std::string_view path) {
  box here;
  here.end = bytes.size();
  while (!path.empty()) {
    const auto name = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), name.size() + 1));
    bool found = false;
    for (const auto& one : boxes_in(bytes, here.body, here.end))
      if (one.type == name) {
        here = one;
        found = true;
        break;
      }
    if (!found)
      throw std::runtime_error{"no box " + std::string{name}};
  }
  return here;
}

bool has_box(std::string_view bytes, std::string_view path) {
  try {
    box_at(bytes, path);
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

track_header read_init(std::string_view bytes) {
  track_header header;
  const auto mdhd = box_at(bytes, "moov/trak/mdia/mdhd");
  const bool wide = big_endian(bytes, mdhd.body, 1) == 1;
  header.timescale = static_cast<std::uint32_t>(big_endian(bytes, mdhd.body + (wide ? 20 : 12), 4));
  const auto hdlr = box_at(bytes, "moov/trak/mdia/hdlr");
  header.handler = bytes.substr(hdlr.body + 8, 4);
  read_sample_entry(bytes, header);
  header.edit_begin = edit_begin(bytes);
  cursor trex{bytes, box_at(bytes, "moov/mvex/trex").body + 12};
  header.default_duration = static_cast<std::uint32_t>(trex.take(4));
  header.default_size = static_cast<std::uint32_t>(trex.take(4));
  header.default_flags = static_cast<std::uint32_t>(trex.take(4));
  return header;
}

std::vector<movie_fragment> read_fragments(std::string_view bytes, const track_header& header) {
  std::vector<movie_fragment> out;
  for (const auto& moof : boxes_in(bytes, 0, bytes.size())) {
    if (moof.type != "moof")
      continue;
    movie_fragment one;
    for (const auto& child : boxes_in(bytes, moof.body, moof.end)) {
      if (child.type == "mfhd")
        one.sequence = static_cast<std::uint32_t>(big_endian(bytes, child.body + 4, 4));
      if (child.type != "traf")
        continue;
      const auto parts = boxes_in(bytes, child.body, child.end);
      std::int64_t dts = 0;
      for (const auto& part : parts)
        if (part.type == "tfdt")
          dts = static_cast<std::int64_t>(
              big_endian(bytes, part.body + 4, big_endian(bytes, part.body, 1) == 1 ? 8 : 4));
      dts -= header.edit_begin;
      one.decode_time = dts;
      const run_reader runs{bytes, header, moof, parts.at(0)};
      for (const auto& part : parts)
        if (part.type == "trun")
          runs.read(part, dts, one.samples);
    }
    out.push_back(std::move(one));
  }
  return out;
}

} // namespace vdoc::test
