#include "pipelines/hls/boxes.hpp"

#include "pipelines/hls/colour.hpp"
#include "pipelines/hls/language_code.hpp"

namespace vdoc::hls {

namespace {

constexpr std::uint32_t one = 0x10000; ///< 1.0 as 16.16

int version_for(std::uint64_t duration) {
  return duration > UINT32_MAX ? 1 : 0;
}

void put_time(byte_writer& out, int version, std::uint64_t value) {
  if (version == 1)
    out.u64(value);
  else
    out.u32(value);
}

void write_matrix(byte_writer& out) {
  for (const auto value : {one, 0U, 0U, 0U, one, 0U, 0U, 0U, 0x40000000U})
    out.u32(value);
}

void write_track_header(byte_writer& out, const track& what, const track_place& place) {
  const bool audio = what.what == track::kind::aac;
  const int version = version_for(place.movie_duration);
  const box tkhd{out, "tkhd", version, place.enabled ? 7U : 6U};
  put_time(out, version, 0); // when made: left open, so that equal runs make equal bytes
  put_time(out, version, 0);
  out.u32(place.id);
  out.u32(0);
  put_time(out, version, place.movie_duration);
  out.zeros(10); // reserved, layer
  out.u16(static_cast<std::uint64_t>(place.alternate_group));
  out.u16(audio ? 0x100 : 0);
  out.u16(0);
  write_matrix(out);
  out.u32(static_cast<std::uint64_t>(what.width_px) * one);
  out.u32(static_cast<std::uint64_t>(what.height_px) * one);
}

void write_edits(byte_writer& out, const std::vector<edit>& edits) {
  const box edts{out, "edts"};
  const box elst{out, "elst", 1, 0};
  out.u32(edits.size());
  for (const auto& line : edits) {
    out.u64(line.duration);
    out.u64(static_cast<std::uint64_t>(line.media_time));
    out.u32(one);
  }
}

void write_media_header(byte_writer& out, const track& what, const track_place& place) {
  const int version = version_for(place.media_duration);
  const auto code = three_letter_code(what.language);
  const box mdhd{out, "mdhd", version, 0};
  put_time(out, version, 0);
  put_time(out, version, 0);
  out.u32(what.timescale);
  put_time(out, version, place.media_duration);
  std::uint64_t packed = 0;
  for (const char letter : code)
    packed = packed << 5U | static_cast<std::uint64_t>(letter - 0x60);
  out.u16(packed);
  out.u16(0);
}

void write_hdlr(byte_writer& out, bool audio) {
  const box hdlr{out, "hdlr", 0, 0};
  out.u32(0);
  out.text(audio ? "soun" : "vide");
  out.zeros(12);
  out.text(audio ? "Sound" : "Video");
  out.u8(0);
}

void write_avc_entry(byte_writer& out, const track& what) {
  const box avc1{out, "avc1"};
  out.zeros(6);
  out.u16(1); // data reference
  out.zeros(16);
  out.u16(static_cast<std::uint64_t>(what.width_px));
  out.u16(static_cast<std::uint64_t>(what.height_px));
  out.u32(std::uint64_t{72} * one); // dots per inch, as the standard wants it
  out.u32(std::uint64_t{72} * one);
  out.u32(0);
  out.u16(1); // pictures per sample
  out.zeros(32);
  out.u16(24);
  out.u16(0xffff);
  {
    const box avcc{out, "avcC"};
    out.put(what.codec_config);
  }
  if (const auto colour = colour_of(what.colorimetry)) {
    const box colr{out, "colr"};
    out.text("nclx");
    out.u16(colour->primaries);
    out.u16(colour->transfer);
    out.u16(colour->matrix);
    out.u8(colour->full_range ? 0x80 : 0);
  }
  const box pasp{out, "pasp"};
  out.u32(1);
  out.u32(1);
}

/// A descriptor of ISO 14496-1 7.2.2: tag, size in one to four bytes of seven bits, content.
std::vector<std::uint8_t> descriptor(std::uint8_t tag, std::span<const std::uint8_t> content) {
  std::vector<std::uint8_t> whole{tag};
  for (unsigned shift = 21; shift > 0; shift -= 7)
    if (content.size() >> shift != 0)
      whole.push_back(static_cast<std::uint8_t>(0x80U | (content.size() >> shift & 0x7fU)));
  whole.push_back(static_cast<std::uint8_t>(content.size() & 0x7fU));
  whole.insert(whole.end(), content.begin(), content.end());
  return whole;
}

void write_aac_entry(byte_writer& out, const track& what) {
  const box mp4a{out, "mp4a"};
  out.zeros(6);
  out.u16(1); // data reference
  out.zeros(8);
  out.u16(static_cast<std::uint64_t>(what.channels));
  out.u16(16);
  out.u32(0);
  out.u32(what.rate_hz <= 0xffff ? static_cast<std::uint64_t>(what.rate_hz) * one : 0);
  std::vector<std::uint8_t> decoder{0x40, 0x15}; // MPEG-4 audio, audio stream
  decoder.insert(decoder.end(), 11, 0);          // buffer and bit rates: not said
  const auto specific = descriptor(5, what.codec_config);
  decoder.insert(decoder.end(), specific.begin(), specific.end());
  std::vector<std::uint8_t> stream{0, 0, 0}; // ES_ID 0, no flags
  for (const auto& part : {descriptor(4, decoder), descriptor(6, std::vector<std::uint8_t>{2})})
    stream.insert(stream.end(), part.begin(), part.end());
  const box esds{out, "esds", 0, 0};
  out.put(descriptor(3, stream));
}

void write_media_information(byte_writer& out, const track& what,
                             const std::function<void(byte_writer&)>& tables) {
  const bool audio = what.what == track::kind::aac;
  const box minf{out, "minf"};
  {
    const box header{out, audio ? "smhd" : "vmhd", 0, audio ? 0U : 1U};
    out.zeros(audio ? 4 : 8);
  }
  {
    const box dinf{out, "dinf"};
    const box dref{out, "dref", 0, 0};
    out.u32(1);
    const box here{out, "url ", 0, 1};
  }
  const box stbl{out, "stbl"};
  {
    const box stsd{out, "stsd", 0, 0};
    out.u32(1);
    if (audio)
      write_aac_entry(out, what);
    else
      write_avc_entry(out, what);
  }
  tables(out);
}

} // namespace

void write_brands(byte_writer& out, std::string_view type, std::string_view major,
                  std::initializer_list<std::string_view> others) {
  const box brands{out, type};
  out.text(major);
  out.u32(0);
  out.text(major);
  for (const auto brand : others)
    out.text(brand);
}

void write_movie_header(byte_writer& out, std::uint32_t timescale, std::uint64_t duration,
                        std::uint32_t next_track_id) {
  const int version = version_for(duration);
  const box mvhd{out, "mvhd", version, 0};
  put_time(out, version, 0);
  put_time(out, version, 0);
  out.u32(timescale);
  put_time(out, version, duration);
  out.u32(one);
  out.u16(0x100);
  out.zeros(10);
  write_matrix(out);
  out.zeros(24);
  out.u32(next_track_id);
}

void write_track(byte_writer& out, const track& what, const track_place& place,
                 const std::function<void(byte_writer&)>& tables) {
  const box trak{out, "trak"};
  write_track_header(out, what, place);
  if (!place.edits.empty())
    write_edits(out, place.edits);
  const box mdia{out, "mdia"};
  write_media_header(out, what, place);
  if (!what.language.empty()) {
    const box elng{out, "elng", 0, 0};
    out.text(what.language);
    out.u8(0);
  }
  write_hdlr(out, what.what == track::kind::aac);
  write_media_information(out, what, tables);
}

} // namespace vdoc::hls
