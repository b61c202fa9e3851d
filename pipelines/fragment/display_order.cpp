#include "pipelines/fragment/display_order.hpp"

#include <algorithm>
#include <utility>

namespace vdoc::fragment {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t remembered = 256;
constexpr timestamp fallback_duration = 40ms;

timestamp shifted(timestamp time, timestamp by) {
  return time == unknown_time ? time : time + by;
}

} // namespace

/// Moves the clock so that a key frame that seems to lie in the past follows the last picture.
void display_order::rejoin(picture& one) {
  auto& header = one.header;
  header.pts = shifted(header.pts, shift_);
  header.dts = shifted(header.dts, shift_);
  if (header.key == key_kind::none || !header.shown || latest_ == unknown_time ||
      header.pts == unknown_time || header.pts > latest_ - 1s)
    return;
  const auto more = latest_ + usual_ - header.pts;
  header.pts += more;
  header.dts = shifted(header.dts, more);
  shift_ += more;
  ++repaired_;
}

std::vector<picture> display_order::put(picture one) {
  if (one.header.duration > 0ns)
    usual_ = one.header.duration;
  else if (usual_ == 0ns)
    usual_ = fallback_duration;
  if (only_decode_times_)
    one.header.pts = unknown_time;
  rejoin(one);
  if (how_ != reordering::one_anchor) {
    if (how_ == reordering::none && one.header.pts == unknown_time)
      one.header.pts = one.header.dts;
    show(one);
    return {one};
  }
  // A parser that takes packed pictures apart makes up a time for the second: that of its
  // successor.
  if (only_decode_times_ && one.header.dts != unknown_time && one.header.dts > last_slot_)
    slots_.push_back(last_slot_ = one.header.dts);
  if (one.kind == picture_kind::absent) {
    if (only_decode_times_ && slots_.size() > (held_.empty() ? 0U : 1U))
      slots_.pop_back(); // it fills no picture's slot but its own: the one before is shown longer
    one.header.shown = false;
  }
  if (one.kind != picture_kind::anchor) {
    if (one.header.shown)
      show(one);
    held_.push_back(one);
    return held_.front().kind == picture_kind::anchor ? std::vector<picture>{} : release();
  }
  show_anchor();
  auto ready = release();
  held_.push_back(one);
  return ready;
}

/// The anchor that waits is shown now: everything before it has been.
void display_order::show_anchor() {
  if (!held_.empty() && held_.front().kind == picture_kind::anchor && held_.front().header.shown)
    show(held_.front());
}

std::vector<picture> display_order::release() {
  std::vector<picture> ready{std::make_move_iterator(held_.begin()),
                             std::make_move_iterator(held_.end())};
  held_.clear();
  return ready;
}

std::vector<picture> display_order::end() {
  show_anchor();
  return release();
}

/// Pictures come here in display order (`free`: in decode order).
void display_order::show(picture& one) {
  auto& header = one.header;
  if (header.pts == unknown_time) {
    if (only_decode_times_ && !slots_.empty())
      header.pts = slots_.front();
    else if (hidden_ != unknown_time)
      header.pts = hidden_;
    else if (next_ != unknown_time)
      header.pts = next_;
    else
      header.pts = header.dts != unknown_time ? header.dts : timestamp{0};
    ++repaired_;
  }
  if (only_decode_times_ && !slots_.empty())
    slots_.pop_front();
  hidden_ = how_ == reordering::none && !header.shown ? header.pts : unknown_time;
  if (!header.shown)
    return;
  make_unique(one);
  next_ = header.pts + usual_;
  latest_ = latest_ == unknown_time ? header.pts : std::max(latest_, header.pts);
}

void display_order::make_unique(picture& one) {
  auto& pts = one.header.pts;
  if (taken_.contains(pts)) {
    ++repaired_;
    while (taken_.contains(pts))
      pts += usual_ / 2;
  }
  taken_.insert(pts);
  if (taken_.size() > remembered)
    taken_.erase(taken_.begin());
}

} // namespace vdoc::fragment
