#include "pipelines/gst/movie_mender.hpp"

#include "pipelines/gst/audio_timeline.hpp"
#include "pipelines/gst/graph.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace vdoc::gst {

namespace {

using bytes = std::span<std::uint8_t>;

constexpr std::size_t head = 8; ///< length and kind of a box

std::uint64_t number(bytes from) {
  std::uint64_t out = 0;
  for (const auto one : from)
    out = out << 8U | one;
  return out;
}

bool is_box(bytes from, std::string_view kind) {
  return from.size() >= head && std::equal(kind.begin(), kind.end(), from.begin() + 4);
}

/// Calls `see` with the payload of every box `kind` among `boxes`.
template <class See> void each_box(bytes boxes, std::string_view kind, See see) {
  while (boxes.size() >= head) {
    const auto length = number(boxes.first(4));
    if (length < head || length > boxes.size())
      return;
    if (is_box(boxes, kind))
      see(boxes.first(length).subspan(head));
    boxes = boxes.subspan(length);
  }
}

/// The payload of the first box `kind` among `boxes`; empty when there is none.
bytes find_box(bytes boxes, std::string_view kind) {
  bytes out;
  each_box(boxes, kind, [&](bytes one) { out = out.empty() ? one : out; });
  return out;
}

bytes inside(bytes moov) {
  return moov.subspan(std::min(moov.size(), head));
}

/// Takes the number of 32 or, in version 1, 64 bits out of a box; it is left 0.
std::uint64_t take_length(bytes box, std::size_t at, std::size_t at_in_version_1) {
  const bool is_long = !box.empty() && box[0] == 1;
  const auto begin = is_long ? at_in_version_1 : at;
  const std::size_t width = is_long ? 8 : 4;
  if (box.size() < begin + width)
    return 0;
  const auto field = box.subspan(begin, width);
  const auto out = number(field);
  std::fill(field.begin(), field.end(), std::uint8_t{0});
  return out == (is_long ? UINT64_MAX : UINT32_MAX) ? 0 : out;
}

} // namespace

fragment::timestamp forget_movie_length(std::span<std::uint8_t> moov) {
  constexpr std::uint64_t longest_s = 1'000'000'000;
  const auto inner = inside(moov);
  const auto header = find_box(inner, "mvhd");
  if (header.size() < 32)
    return {};
  const auto per_second =
      static_cast<std::int64_t>(number(header.subspan(header[0] == 1 ? 20 : 12, 4)));
  const auto whole = take_length(header, 16, 24);
  const auto with_fragments = take_length(find_box(find_box(inner, "mvex"), "mehd"), 4, 4);
  const auto length = with_fragments > 0 ? with_fragments : whole;
  if (per_second <= 0 || length / static_cast<std::uint64_t>(per_second) > longest_s)
    return {};
  return fragment::timestamp{
      rescaled(static_cast<std::int64_t>(length), 1'000'000'000, per_second)};
}

void mark_pcm_as_constant(std::span<std::uint8_t> moov) {
  constexpr std::array pcm{"lpcm", "sowt", "twos", "raw ", "in24", "in32", "fl32", "fl64"};
  constexpr std::size_t compression = 20; ///< place in a sound sample description
  each_box(inside(moov), "trak", [&](bytes track) {
    const auto media = find_box(track, "mdia");
    const auto holder = find_box(media, "hdlr");
    const auto described = find_box(find_box(find_box(media, "minf"), "stbl"), "stsd");
    constexpr std::string_view sound = "soun";
    if (described.size() < 8 || holder.size() < 12 ||
        !std::equal(sound.begin(), sound.end(), holder.begin() + 8))
      return;
    for (const char* kind : pcm)
      each_box(described.subspan(8), kind, [](bytes one) {
        if (one.size() >= compression + 2 && number(one.subspan(compression, 2)) == 0xFFFE)
          one[compression] = one[compression + 1] = 0;
      });
  });
}

void movie_mender::watch(GstElement* demuxer) {
  const owned<GstPad> pad{gst_element_get_static_pad(demuxer, "sink")};
  gst_pad_add_probe(
      pad.get(), static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_PULL | GST_PAD_PROBE_TYPE_BUFFER),
      when_pulled, this, nullptr);
}

/// qtdemux pulls the box of the movie as a whole, before any sample.
GstPadProbeReturn movie_mender::when_pulled(GstPad* /*pad*/, GstPadProbeInfo* info, gpointer self) {
  auto& mender = *static_cast<movie_mender*>(self);
  auto* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
  if (mender.seen_ || buffer == nullptr || gst_buffer_get_size(buffer) <= head ||
      gst_buffer_memcmp(buffer, 4, "moov", 4) != 0)
    return GST_PAD_PROBE_OK;
  buffer = gst_buffer_make_writable(buffer);
  GST_PAD_PROBE_INFO_DATA(info) = buffer;
  GstMapInfo mapped;
  if (!gst_buffer_map(buffer, &mapped, GST_MAP_READWRITE))
    return GST_PAD_PROBE_OK;
  const bytes moov{mapped.data, mapped.size};
  mender.seen_ = number(moov.first(4)) == moov.size(); // not yet, where only its head was pulled
  if (mender.seen_) {
    mender.length_ns_ = forget_movie_length(moov).count();
    mark_pcm_as_constant(moov);
  }
  gst_buffer_unmap(buffer, &mapped);
  return GST_PAD_PROBE_OK;
}

} // namespace vdoc::gst
