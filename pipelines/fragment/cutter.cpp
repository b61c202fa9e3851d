#include "pipelines/fragment/cutter.hpp"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace vdoc::fragment {

namespace {

using namespace std::chrono_literals;

/// How much too early a key frame may be: clocks of containers are coarse.
timestamp tolerance(const unit_header& unit) {
  return unit.duration > 0ns ? std::min<timestamp>(unit.duration, 100ms) : timestamp{40ms};
}

template <class Text> std::string printed(const char* format, Text value) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), format, value);
  return text.data();
}

} // namespace

cutter::cutter(cut_rules rules, std::uint64_t run_header_bytes)
    : rules_{rules}, header_bytes_{run_header_bytes} {}

void cutter::format_changes(std::uint64_t run_header_bytes) {
  header_bytes_ = run_header_bytes;
  format_changed_ = true;
}

timestamp cutter::time_of(const unit_header& unit) const {
  return rules_.ordered_only ? unit.dts : unit.pts;
}

bool cutter::closes(const unit_header& unit) const {
  if (unit.key == key_kind::none || !unit.shown || !current_->begin)
    return false;
  if (format_changed_)
    return true;
  if (rules_.ordered_only || time_of(unit) <= current_->latest ||
      (rules_.only_at_idr && unit.key != key_kind::idr))
    return false;
  const auto length = time_of(unit) - *current_->begin + tolerance(unit);
  return length >= (current_->time_cut ? rules_.target / 2 : rules_.target);
}

void cutter::begin_run(const unit_header& unit, std::vector<cut_decision>& out) {
  const auto again = current_ && !current_->begin; // the pre-roll needs to reach back less far
  run_state run;
  run.name = again ? current_->name : printed("runs/%06u.au", next_run_++);
  run.bytes = header_bytes_;
  format_changed_ = false;
  out.emplace_back(open_run{run.name});
  if (unit.shown)
    run.begin = time_of(unit);
  current_ = std::move(run);
}

void cutter::append(run_state& run, const unit_header& unit, std::vector<cut_decision>& out) {
  run.bytes += unit.stored_bytes;
  run.pending.push_back({unit, run.bytes});
  out.emplace_back(append_unit{run.name});
}

/// Keeps `begin` and `latest` of the current run, and counts what no fragment can show.
void cutter::note_begin(const unit_header& unit) {
  auto& run = *current_;
  const auto time = time_of(unit);
  const auto may_fall = next_index_ == 0 && !first_is_open_ && !run.time_cut;
  if (!run.begin || (may_fall && time < *run.begin)) {
    run.begin = time;
  } else if (time < *run.begin) {
    ++(next_index_ == 0 && first_is_open_ ? undecodable_ : late_);
    return;
  }
  const auto rises = run.latest != unknown_time && time > run.latest;
  const auto usual = rises ? time - run.latest : timestamp{40ms};
  last_end_ = std::max(last_end_, time + (unit.duration > 0ns ? unit.duration : usual));
  run.latest = std::max(run.latest, time);
}

std::vector<cut_decision> cutter::on(const unit_header& unit) {
  std::vector<cut_decision> out;
  if (closing_ && unit.shown && time_of(unit) > boundary_) {
    finish(*closing_, boundary_, out);
    closing_.reset();
  }
  if (!current_) {
    if (unit.key == key_kind::none) {
      ++undecodable_;
      return out;
    }
    begin_run(unit, out);
    first_is_open_ = unit.shown && unit.key == key_kind::open && !rules_.ordered_only;
  } else if (!current_->begin && unit.key != key_kind::none && !unit.shown) {
    begin_run(unit, out);
  } else if (closes(unit)) {
    boundary_ = time_of(unit);
    if (unit.key == key_kind::idr || format_changed_) {
      finish(*current_, boundary_, out);
    } else {
      append(*current_, unit, out);
      closing_ = std::move(current_);
    }
    begin_run(unit, out);
  } else if (closing_) {
    late_ += unit.shown && time_of(unit) < *closing_->begin ? 1 : 0;
    append(*closing_, unit, out);
    append(*current_, unit, out);
    return out;
  }
  append(*current_, unit, out);
  if (unit.shown)
    note_begin(unit);
  if (!closing_)
    cut_by_time(*current_, current_->latest, false, out);
  return out;
}

/// Cuts off as many fragments as are known to be too long. While units still come, a cut is only
/// made once enough of them have followed for every earlier picture to have arrived.
void cutter::cut_by_time(run_state& run, timestamp end, bool over, std::vector<cut_decision>& out) {
  if (rules_.only_at_idr)
    return;
  const auto longest = (rules_.ordered_only ? rules_.target : rules_.target * 3 / 2) + 1ms;
  while (run.begin && end - *run.begin > longest) {
    const auto wanted = *run.begin + rules_.target - 1ms;
    auto cut = timestamp::max();
    for (const auto& [header, bytes] : run.pending)
      if (header.shown && time_of(header) >= wanted)
        cut = std::min(cut, time_of(header));
    if (cut >= end && (over || cut == timestamp::max()))
      return;
    std::size_t last = 0;
    for (std::size_t i = 0; i < run.pending.size(); ++i)
      if (run.pending[i].header.shown && time_of(run.pending[i].header) < cut)
        last = i;
    const auto needed = last + rules_.reorder_units;
    if (needed >= run.pending.size() && !over)
      return;
    const auto whole = needed + 1 >= run.pending.size() && over;
    cut_at(run, cut, whole ? run.bytes : run.pending[needed].end_in_run, whole, out);
    run.time_cut = true;
  }
}

/// Makes the fragment that ends at `end`; the run goes on with the next one.
void cutter::cut_at(run_state& run, timestamp end, std::uint64_t bytes, bool run_ends,
                    std::vector<cut_decision>& out) {
  fragment piece;
  piece.index = next_index_++;
  piece.run = run.name;
  piece.run_bytes = bytes;
  piece.run_ends = run_ends;
  piece.skip = run.skip;
  piece.begin = *run.begin;
  piece.end = end;
  std::vector<std::uint64_t> print;
  for (const auto& [header, position] : run.pending) {
    const auto time = time_of(header);
    if (!header.shown || time < piece.begin || time >= end)
      continue;
    ++piece.frames;
    for (const auto one : {header.pts, header.dts, header.duration})
      print.push_back(static_cast<std::uint64_t>(one.count()));
    print.push_back(header.digest);
  }
  const auto hash = XXH3_64bits(print.data(), print.size() * sizeof(std::uint64_t));
  piece.hash = printed("%016llx", static_cast<unsigned long long>(hash));
  if (rules_.ordered_only)
    run.skip += piece.frames;
  run.begin = end;
  std::erase_if(run.pending, [&](const pending_unit& one) {
    return !one.header.shown || time_of(one.header) < end;
  });
  out.emplace_back(finish_fragment{std::move(piece)});
}

void cutter::finish(run_state& run, timestamp end, std::vector<cut_decision>& out) {
  if (run.begin) {
    cut_by_time(run, end, true, out);
    cut_at(run, end, run.bytes, true, out);
  }
  out.emplace_back(close_run{run.name});
}

std::vector<cut_decision> cutter::end() {
  std::vector<cut_decision> out;
  if (closing_)
    finish(*closing_, boundary_, out);
  closing_.reset();
  if (current_)
    finish(*current_, last_end_, out);
  current_.reset();
  return out;
}

} // namespace vdoc::fragment
