#include "pipelines/speech/utterance_cutter.hpp"

#include <algorithm>

namespace vdoc::speech {

namespace {

std::uint64_t frames_of(std::chrono::milliseconds time) {
  return static_cast<std::uint64_t>(time / frame_time);
}

} // namespace

utterance_cutter::utterance_cutter(cutter_limits limits) : limits_{limits} {}

std::uint64_t utterance_cutter::oldest_needed() const noexcept {
  if (speaking_)
    return begin_ * frame_samples;
  const auto kept = frames_of(limits_.on) + frames_of(limits_.run_up) + frames_of(limits_.pad);
  return std::max(earliest_begin_, now_ > kept ? now_ - kept : 0) * frame_samples;
}

utterance_span utterance_cutter::span(frame begin, frame end) const {
  return {begin * frame_samples, end * frame_samples};
}

/// Ends the utterance there. There is none when it was too long, was cut in this very pause, and
/// nothing came after.
std::optional<utterance_span> utterance_cutter::cut(frame end) {
  earliest_begin_ = std::max(begin_, end);
  speaking_ = false;
  run_ = 0;
  pauses_.clear();
  if (end <= begin_)
    return std::nullopt;
  return span(begin_, end);
}

void utterance_cutter::track_onset(bool speech) {
  if (!speech)
    return;
  const auto here = now_ - 1;
  if (last_speech_ == 0 || here >= last_speech_ + frames_of(limits_.hangover))
    onset_ = here;
  last_speech_ = now_;
}

void utterance_cutter::track_pause(bool speech) {
  if (speech)
    return;
  if (!pauses_.empty() && pauses_.back().end == now_ - 1)
    pauses_.back().end = now_;
  else
    pauses_.push_back({now_ - 1, now_});
}

/// Cuts in the middle of the longest pause that leaves a piece worth cutting; without any pause,
/// here. What follows the cut belongs to the next utterance.
utterance_span utterance_cutter::cut_too_long() {
  const auto worth = begin_ + frames_of(limits_.worth_cutting);
  const pause* best = nullptr;
  for (const auto& one : pauses_)
    if (one.begin >= worth && (best == nullptr || one.end - one.begin >= best->end - best->begin))
      best = &one;
  const auto at = best == nullptr ? now_ : (best->begin + best->end) / 2;
  const auto out = span(begin_, at);
  std::erase_if(pauses_, [at](const pause& one) { return one.end <= at; });
  if (!pauses_.empty())
    pauses_.front().begin = std::max(pauses_.front().begin, at);
  begin_ = earliest_begin_ = at;
  return out;
}

std::optional<utterance_span> utterance_cutter::hear(bool speech) {
  ++now_;
  run_ = speech == speaking_ ? 0 : run_ + 1;
  track_onset(speech);
  if (!speaking_) {
    if (run_ < std::max<frame>(1, frames_of(limits_.on)))
      return std::nullopt;
    const auto run_up = frames_of(limits_.run_up);
    const auto first = std::max(onset_, now_ - run_ > run_up ? now_ - run_ - run_up : 0);
    const auto pad = frames_of(limits_.pad);
    begin_ = std::max(earliest_begin_, first > pad ? first - pad : 0);
    speaking_ = true;
    run_ = 0;
    return std::nullopt;
  }
  track_pause(speech);
  if (run_ >= frames_of(limits_.hangover))
    return cut(now_ - run_ + std::min(run_, frames_of(limits_.pad)));
  if (now_ - begin_ >= frames_of(limits_.longest))
    return cut_too_long();
  return std::nullopt;
}

std::optional<utterance_span> utterance_cutter::finish(std::uint64_t end) {
  if (!speaking_)
    return std::nullopt;
  const auto quiet_from = now_ - run_;
  auto out = cut(quiet_from + std::min(run_, frames_of(limits_.pad)));
  if (!out)
    return std::nullopt;
  out->end = std::min(out->end, end);
  if (out->end <= out->begin)
    return std::nullopt;
  return out;
}

} // namespace vdoc::speech
