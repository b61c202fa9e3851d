#include "actors/ledger/rules.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace vdoc::ledger {

namespace {

constexpr const char* not_known = "whether it was written is not known: the database went away "
                                  "while it was committed";

reply store_down(std::uint64_t ticket, std::size_t entries, const std::string& trouble) {
  return {ticket, std::vector<written>(entries, {outcome::store_down, {}, 0}), trouble};
}

reply doubtful(std::uint64_t ticket, std::size_t entries) {
  auto it = store_down(ticket, entries, not_known);
  it.in_doubt = true;
  return it;
}

/// The part of a batch's answer that belongs to one wish.
std::vector<written> part_of(std::vector<written>& each, std::size_t first, std::size_t count) {
  const auto at = std::make_move_iterator(each.begin() + static_cast<std::ptrdiff_t>(first));
  return {at, at + static_cast<std::ptrdiff_t>(count)};
}

} // namespace

rules::rules(terms with, std::size_t spooled_before, std::int64_t now_unix_ms) : with_{with} {
  how_.since_unix_ms = now_unix_ms;
  if (spooled_before > 0) {
    how_.up = false;
    how_.trouble = "results of an earlier process are still to be written";
  }
}

effects rules::asked(wish what) {
  effects todo;
  const bool others_first = !in_flight_.empty() || !gathered_.empty();
  if (how_.up && !what.must_not_be_lost && waiting_ >= with_.most_waiting)
    todo.emplace_back(
        store_down(what.ticket, what.entries.size(),
                   "overloaded: " + std::to_string(waiting_) + " entries wait for the database"));
  else if (how_.up || (what.must_not_be_lost && others_first))
    gather(std::move(what));
  else
    refuse({std::move(what)}, todo);
  return todo;
}

effects rules::flush(time now) {
  effects todo;
  if (how_.up && !busy_)
    send_next(now, todo);
  return todo;
}

effects rules::committed(batch_written done, std::chrono::microseconds took, time now,
                         std::int64_t now_unix_ms) {
  effects todo;
  busy_ = false;
  if (!done.trouble.empty()) {
    go_away(done.trouble, now_unix_ms);
    if (done.doubt.empty())
      refuse(land(), todo);
    else
      hold(std::move(done), now, todo);
    refuse(take_gathered(), todo);
    return todo;
  }
  ++how_.transactions;
  how_.entries += done.each.size();
  how_.last_commit_us = took.count();
  const auto landed = std::exchange(in_flight_, {});
  batch_.reset();
  if (how_.up)
    send_next(now, todo); // first of all: the database waits for it
  for (const auto& one : landed)
    todo.emplace_back(reply{one.ticket, part_of(done.each, one.first, one.count), {}, false});
  if (!how_.up)
    look(now, todo); // it was only slow
  return todo;
}

effects rules::looked_after(const caught_up& done, std::size_t spooled_now, time now,
                            std::int64_t now_unix_ms) {
  effects todo;
  busy_ = false;
  if (done.doubtful != fate::not_known_yet)
    answer_held(done.doubtful, todo);
  if (done.entries > 0 && done.trouble.empty()) {
    ++how_.transactions;
    how_.entries += done.entries;
  }
  if (!done.trouble.empty()) {
    how_.trouble = done.trouble;
    refuse(take_gathered(), todo);
  } else if (spooled_now > 0) {
    look(now, todo);
  } else {
    how_.up = true;
    how_.trouble.clear();
    how_.since_unix_ms = now_unix_ms;
    send_next(now, todo);
  }
  return todo;
}

effects rules::tick(time now, std::int64_t now_unix_ms) {
  effects todo;
  if (busy_ && how_.up && now - busy_since_ >= with_.stalled_after) {
    go_away("the database has not answered for " + std::to_string(with_.stalled_after.count()) +
                " ms",
            now_unix_ms);
    auto wishes = take_gathered();
    const auto kept = std::stable_partition(wishes.begin(), wishes.end(),
                                            [](const wish& one) { return one.must_not_be_lost; });
    for (auto one = kept; one != wishes.end(); ++one)
      todo.emplace_back(store_down(one->ticket, one->entries.size(), how_.trouble));
    wishes.erase(kept, wishes.end());
    for (auto& one : wishes)
      gather(std::move(one)); // behind what is in flight
  }
  if (!in_flight_.empty() && now - busy_since_ >= with_.doubt_patience)
    lose_patience(todo);
  if (!held_.empty() && now - held_since_ >= with_.doubt_patience)
    answer_held(fate::not_known_yet, todo);
  if (!how_.up && !busy_)
    look(now, todo);
  return todo;
}

void rules::go_away(const std::string& trouble, std::int64_t now_unix_ms) {
  if (how_.up)
    how_.since_unix_ms = now_unix_ms;
  how_.up = false;
  how_.trouble = trouble;
}

void rules::gather(wish what) {
  waiting_ += what.entries.size();
  gathered_.push_back(std::move(what));
}

std::vector<wish> rules::take_gathered() {
  waiting_ = 0;
  return std::exchange(gathered_, {});
}

void rules::refuse(std::vector<wish> wishes, effects& todo) {
  keep kept;
  for (auto& one : wishes)
    if (one.must_not_be_lost)
      kept.wishes.push_back(std::move(one));
    else
      todo.emplace_back(store_down(one.ticket, one.entries.size(), how_.trouble));
  if (!kept.wishes.empty())
    todo.emplace_back(std::move(kept));
}

void rules::hold(batch_written done, time now, effects& todo) {
  doubt_ = done.doubt;
  held_since_ = now;
  for (const auto& one : in_flight_)
    if (!one.must_not_be_lost)
      held_.push_back({one.ticket, part_of(done.each, one.first, one.count), {}, false});
  keep kept{{}, doubt_};
  for (auto& one : land())
    if (one.must_not_be_lost)
      kept.wishes.push_back(std::move(one));
  if (!kept.wishes.empty())
    todo.emplace_back(std::move(kept));
}

void rules::answer_held(fate what, effects& todo) {
  for (auto& one : std::exchange(held_, {}))
    if (what == fate::written)
      todo.emplace_back(std::move(one));
    else if (what == fate::not_written)
      todo.emplace_back(
          store_down(one.ticket, one.each.size(), "the database went away before it was written"));
    else
      todo.emplace_back(doubtful(one.ticket, one.each.size()));
  doubt_.clear();
}

/// With a commit that does not come to an end. Results wait on: they will be written or spooled.
void rules::lose_patience(effects& todo) {
  for (auto& one : in_flight_)
    if (!one.must_not_be_lost && one.ticket != 0) {
      todo.emplace_back(doubtful(one.ticket, one.count));
      one.ticket = 0;
    }
}

/// The batch in flight as the wishes that it was made of.
std::vector<wish> rules::land() {
  std::vector<wish> wishes;
  for (const auto& one : std::exchange(in_flight_, {})) {
    const auto at = batch_->begin() + static_cast<std::ptrdiff_t>(one.first);
    wishes.push_back(
        {one.ticket, {at, at + static_cast<std::ptrdiff_t>(one.count)}, one.must_not_be_lost});
  }
  batch_.reset();
  return wishes;
}

void rules::send_next(time now, effects& todo) {
  std::vector<entry> batch;
  std::size_t count = 0;
  for (auto& one : gathered_) {
    if (count > 0 && batch.size() + one.entries.size() > with_.most_entries)
      break;
    ++count;
    in_flight_.push_back({one.ticket, one.must_not_be_lost, batch.size(), one.entries.size()});
    std::move(one.entries.begin(), one.entries.end(), std::back_inserter(batch));
  }
  if (count == 0)
    return;
  gathered_.erase(gathered_.begin(), gathered_.begin() + static_cast<std::ptrdiff_t>(count));
  waiting_ -= batch.size();
  batch_ = std::make_shared<const std::vector<entry>>(std::move(batch));
  busy_ = true;
  busy_since_ = now;
  todo.emplace_back(commit{batch_});
}

void rules::look(time now, effects& todo) {
  busy_ = true;
  busy_since_ = now;
  todo.emplace_back(look_after{doubt_});
}

} // namespace vdoc::ledger
