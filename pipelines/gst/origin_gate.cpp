#include "pipelines/gst/origin_gate.hpp"

#include <algorithm>

namespace vdoc::gst {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_bytes = 64U << 20U;
constexpr fragment::timestamp longest_wait = 10s;
/// After so many pictures no earlier one can follow: decoders reorder sixteen at most.
constexpr std::uint64_t settled_pictures = 20;

} // namespace

void origin_gate::expect(std::size_t stream, bool is_video) {
  starts_[stream].is_video = is_video;
}

void origin_gate::put(waiting one, std::optional<fragment::timestamp> shown_at) {
  bytes_ += one.one.unit.bytes.size();
  const auto known = starts_.find(one.stream);
  const auto key = one.one.header.key;
  held_.push_back(std::move(one));
  if (known == starts_.end())
    return;
  auto& start = known->second;
  if (start.is_video && !start.key_seen) {
    if (key == fragment::key_kind::none)
      return;
    start.key_seen = true;
    if (key == fragment::key_kind::open)
      start.not_before = shown_at;
  }
  ++start.units;
  if (!shown_at || (start.not_before && *shown_at < *start.not_before))
    return;
  start.first = std::min(start.first.value_or(*shown_at), *shown_at);
  start.last = std::max(start.last.value_or(*shown_at), *shown_at);
}

bool origin_gate::ready() const {
  if (bytes_ > most_bytes)
    return true;
  auto all = true;
  for (const auto& [stream, start] : starts_) {
    if (start.first && *start.last - *start.first > longest_wait)
      return true;
    all = all && start.first && (!start.is_video || start.units >= settled_pictures);
  }
  return all;
}

fragment::timestamp origin_gate::origin() const {
  std::optional<fragment::timestamp> earliest;
  for (const auto& [stream, start] : starts_)
    if (start.first)
      earliest = std::min(earliest.value_or(*start.first), *start.first);
  return earliest.value_or(fragment::timestamp{0});
}

} // namespace vdoc::gst
