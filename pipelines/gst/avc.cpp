#include "pipelines/gst/avc.hpp"

#include "pipelines/gst/owned.hpp"

#include <gst/gst.h>

#include <algorithm>
#include <stdexcept>

namespace vdoc::gst {

namespace {

enum nal_type : std::uint8_t { idr_slice = 5, sequence_set = 7, picture_set = 8, delimiter = 9 };

std::uint8_t type_of(std::span<const std::uint8_t> nal) {
  return nal.front() & 0x1FU;
}

/// Position of the next 00 00 01 at or after `from`, or the end.
std::size_t start_code(std::span<const std::uint8_t> bytes, std::size_t from) {
  for (std::size_t i = from; i + 3 <= bytes.size(); ++i)
    if (bytes[i] == 0 && bytes[i + 1] == 0 && bytes[i + 2] == 1)
      return i;
  return bytes.size();
}

/// Annex B of H.264: zero bytes before a start code belong to it.
std::vector<std::span<const std::uint8_t>> split_annex_b(std::span<const std::uint8_t> bytes) {
  std::vector<std::span<const std::uint8_t>> out;
  for (auto at = start_code(bytes, 0); at < bytes.size();) {
    const auto begin = at + 3;
    at = start_code(bytes, begin);
    auto end = at;
    while (end > begin && bytes[end - 1] == 0)
      --end;
    if (end > begin)
      out.push_back(bytes.subspan(begin, end - begin));
  }
  return out;
}

void put_set(std::vector<std::uint8_t>& out, const std::vector<std::uint8_t>& set) {
  out.push_back(static_cast<std::uint8_t>(set.size() >> 8U));
  out.push_back(static_cast<std::uint8_t>(set.size()));
  out.insert(out.end(), set.begin(), set.end());
}

bool holds(const std::vector<std::vector<std::uint8_t>>& sets, std::span<const std::uint8_t> one) {
  return std::any_of(sets.begin(), sets.end(), [&](const auto& set) {
    return std::equal(set.begin(), set.end(), one.begin(), one.end());
  });
}

} // namespace

std::vector<std::uint8_t> codec_data(const std::string& caps) {
  owned<GstCaps> parsed{gst_caps_from_string(caps.c_str())};
  if (!parsed || gst_caps_is_empty(parsed.get()) || gst_caps_is_any(parsed.get()))
    return {};
  const auto* value =
      gst_structure_get_value(gst_caps_get_structure(parsed.get(), 0), "codec_data");
  if (value == nullptr || !GST_VALUE_HOLDS_BUFFER(value))
    return {};
  auto* buffer = gst_value_get_buffer(value);
  std::vector<std::uint8_t> out(gst_buffer_get_size(buffer));
  gst_buffer_extract(buffer, 0, out.data(), out.size());
  return out;
}

bool starts_without_idr(const std::string& caps, std::span<const std::uint8_t> first_unit) {
  if (!caps.starts_with("video/x-h264"))
    return false;
  try {
    bool damaged = false;
    const auto nals = avc_stream{caps}.split(first_unit, damaged);
    return !damaged && std::none_of(nals.begin(), nals.end(),
                                    [](const auto& one) { return type_of(one) == idr_slice; });
  } catch (const std::runtime_error&) {
    return false; // the decoder will have its say about a configuration like this
  }
}

std::string avc_caps(std::span<const std::uint8_t> configuration) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out = "video/x-h264, stream-format=avc, alignment=au, codec_data=(buffer)";
  for (const auto byte : configuration) {
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
  }
  return out;
}

avc_stream::avc_stream(const std::string& caps) : given_{codec_data(caps)} {
  annex_b_ = given_.empty();
  if (annex_b_)
    return;
  const auto broken = [] { throw std::runtime_error{"the H.264 configuration is cut short"}; };
  if (given_.size() < 7 || given_[0] != 1)
    broken();
  length_bytes_ = (given_[4] & 3U) + 1U;
  // Five bytes, then twice: a count, and so many sets behind 16-bit lengths.
  std::size_t at = 5;
  for (auto* sets : {&sequence_sets_, &picture_sets_}) {
    if (at >= given_.size())
      broken();
    auto count = given_[at++] & (sets == &sequence_sets_ ? 0x1FU : 0xFFU);
    for (; count > 0; --count) {
      if (at + 2 > given_.size())
        broken();
      const std::size_t size = (std::size_t{given_[at]} << 8U) | given_[at + 1];
      if (at + 2 + size > given_.size())
        broken();
      const auto* from = given_.data() + at + 2;
      sets->emplace_back(from, from + size);
      at += 2 + size;
    }
  }
}

/// What is damaged is cut to what is there, so that the unit is well formed again.
std::vector<avc_stream::nal> avc_stream::split(std::span<const std::uint8_t> unit,
                                               bool& damaged) const {
  if (annex_b_)
    return split_annex_b(unit);
  std::vector<nal> out;
  for (std::size_t at = 0; at < unit.size();) {
    if (at + length_bytes_ > unit.size()) {
      damaged = true;
      break;
    }
    std::size_t size = 0;
    for (std::size_t i = 0; i < length_bytes_; ++i)
      size = (size << 8U) | unit[at++];
    damaged = damaged || size > unit.size() - at;
    size = std::min(size, unit.size() - at);
    if (size > 0)
      out.push_back(unit.subspan(at, size));
    at += size;
  }
  return out;
}

void avc_stream::learn(nal one) {
  auto& sets = type_of(one) == sequence_set ? sequence_sets_ : picture_sets_;
  if (!holds(sets, one))
    sets.emplace_back(one.begin(), one.end());
}

bool avc_stream::is_known(nal one) const {
  return holds(type_of(one) == sequence_set ? sequence_sets_ : picture_sets_, one);
}

std::vector<std::uint8_t> avc_stream::convert(std::span<const std::uint8_t> unit) {
  std::vector<std::uint8_t> out;
  out.reserve(unit.size() + 16);
  bool damaged = false;
  for (const auto one : split(unit, damaged)) {
    const auto type = type_of(one);
    const bool is_set = type == sequence_set || type == picture_set;
    if (annex_b_ && is_set)
      learn(one);
    if (type == delimiter || (is_set && is_known(one)))
      continue;
    // Lengths stay as wide as the configuration says.
    for (std::size_t i = length_bytes_; i-- > 0;)
      out.push_back(static_cast<std::uint8_t>(one.size() >> (8 * i)));
    out.insert(out.end(), one.begin(), one.end());
  }
  damaged_units_ += damaged ? 1 : 0;
  return out;
}

std::vector<std::uint8_t> avc_stream::configuration() const {
  if (!given_.empty() || sequence_sets_.empty() || picture_sets_.empty())
    return given_;
  const auto& first = sequence_sets_.front();
  if (first.size() < 4)
    throw std::runtime_error{"an H.264 sequence parameter set is cut short"};
  std::vector<std::uint8_t> out{1, first[1], first[2], first[3], 0xFC | 3};
  out.push_back(static_cast<std::uint8_t>(0xE0U | sequence_sets_.size()));
  for (const auto& set : sequence_sets_)
    put_set(out, set);
  out.push_back(static_cast<std::uint8_t>(picture_sets_.size()));
  for (const auto& set : picture_sets_)
    put_set(out, set);
  const auto profile = first[1];
  if (profile == 100 || profile == 110 || profile == 122 || profile == 244) {
    // 4:2:0, 8 bit, no extensions: the only kind that is copied.
    const std::uint8_t rest[] = {0xFC | 1, 0xF8, 0xF8, 0};
    out.insert(out.end(), std::begin(rest), std::end(rest));
  }
  return out;
}

std::string avc_stream::caps() const {
  return avc_caps(configuration());
}

} // namespace vdoc::gst
