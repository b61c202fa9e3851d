#include "actors/storekeeper/rules.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace vdoc::storekeeper {

using artefacts::cure;
using position = resources::breaker::position;

rules::rules(rule_terms terms, std::uint32_t seed)
    : terms_{std::move(terms)}, chance_{seed}, sides_{
                                                   side{resources::breaker{terms_.breaker}, ""},
                                                   side{resources::breaker{terms_.breaker}, ""}} {}

void rules::publish(const std::string& job, target to, std::int64_t now_ms) {
  auto& it = all_[job];
  withdraw(it, now_ms);
  entry fresh;
  fresh.to = to;
  fresh.run = ++last_run_;
  fresh.since_unix_ms = it.since_unix_ms;
  fresh.is_remembered = it.is_remembered;
  fresh.in_fallback = it.in_fallback;
  const bool is_being_noted = it.at == entry::step::noting;
  fresh.is_remembered |= is_being_noted;
  const bool was_for_fallback = is_being_noted && it.to == target::fallback;
  if (was_for_fallback || (it.what == task::erase && terms_.has_fallback))
    fresh.in_fallback = fallback_part::part;
  it = std::move(fresh);
}

void rules::take_up(const std::string& job, const ledger::artefact_task& what,
                    std::int64_t now_ms) {
  using kind = ledger::artefact_task::kind;
  const bool is_over = what.what == kind::drop && !terms_.drops_copies; // any more
  const bool is_clear =
      what.what == kind::clear || (is_over && what.in_fallback != fallback_part::none);
  if (is_clear && !terms_.has_fallback)
    return; // until there is one again
  const auto [found, is_new] = all_.try_emplace(job);
  auto& it = found->second;
  it.is_remembered = true;
  if (is_clear)
    it.in_fallback = std::max(it.in_fallback, fallback_part::part);
  else if (what.in_fallback != fallback_part::none)
    it.in_fallback = what.in_fallback;
  if (it.since_unix_ms == 0)
    it.since_unix_ms = what.since_unix_ms;
  if (!is_new && (what.what != kind::erase || it.what == task::erase))
    return; // it is being dealt with
  withdraw(it, now_ms);
  if (is_over && !is_clear) {
    out_.emplace_back(forget{job, task::drop});
    all_.erase(found);
    return;
  }
  it.what = what.what == kind::erase  ? task::erase
            : is_clear                ? task::clear
            : what.what == kind::drop ? task::drop
                                      : task::move;
  it.to = it.what == task::clear ? target::fallback : target::store;
  it.since_unix_ms = what.since_unix_ms;
  put_back(it, now_ms);
}

rules::place rules::find(const ticket& which) {
  const auto found = all_.find(which.job);
  return found != all_.end() && found->second.run == which.run ? found : all_.end();
}

void rules::order(effect what, const ticket& which, target at, std::int64_t until_ms) {
  under_way_[which] = {at, until_ms};
  out_.push_back(std::move(what));
}

/// Something is under way there that was begun before.
bool rules::is_busy(const std::string& job, target who) const {
  return std::ranges::any_of(
      under_way_, [&](const auto& one) { return one.first.job == job && one.second.at == who; });
}

/// It may have been a trial.
void rules::withdraw(const entry& it, std::int64_t now_ms) {
  if (it.at != entry::step::waiting)
    at(it.to).breaker.trial_withdrawn(now_ms);
}

std::size_t rules::waiting(target at) const {
  return static_cast<std::size_t>(std::ranges::count_if(all_, [&](const auto& each) {
    return each.second.what != task::publish && each.second.to == at;
  }));
}

std::size_t rules::in_fallback() const {
  return static_cast<std::size_t>(std::ranges::count_if(all_, [](const auto& each) {
    return each.second.what == task::move && each.second.in_fallback == fallback_part::whole;
  }));
}

std::size_t rules::in_folder() const {
  return static_cast<std::size_t>(std::ranges::count_if(all_, [](const auto& each) {
    return each.second.what == task::move && each.second.in_fallback != fallback_part::whole;
  }));
}

void rules::finish(place which, bool done, std::int64_t now_ms) {
  auto& [job, it] = *which;
  if (it.what == task::publish)
    out_.emplace_back(tell{job, it.to, done, ""});
  if (it.what == task::publish && it.to == target::fallback) {
    it.what = task::move;
    it.to = target::store;
    return put_back(it, now_ms);
  }
  if (it.what == task::erase && it.to == target::store && terms_.has_fallback) {
    it.to = target::fallback;
    return put_back(it, now_ms);
  }
  const bool moved = done && it.what == task::move;
  const bool stored = moved || it.what == task::publish;
  if (stored && terms_.drops_copies)
    return drop_next(which, now_ms);
  if (it.what != task::erase && it.what != task::clear && it.in_fallback != fallback_part::none)
    return clear_next(which, moved, now_ms);
  if (it.is_remembered)
    out_.emplace_back(forget{job, it.what, done});
  all_.erase(which);
}

/// What the fallback has of it is not needed any more.
void rules::clear_next(place which, bool moved, std::int64_t now_ms) {
  auto& [job, it] = *which;
  it.what = task::clear;
  it.to = target::fallback;
  put_back(it, now_ms);
  out_.emplace_back(note{{job, it.run}, task::clear, fallback_part::none, moved});
  if (!terms_.has_fallback) // any more: the ledger remembers it until there is one
    all_.erase(which);
}

/// The store has all of it. Of a publication that was noted before it began; its job is about to
/// end.
void rules::drop_next(place which, std::int64_t now_ms) {
  auto& [job, it] = *which;
  const bool moved = it.what == task::move;
  it.what = task::drop;
  put_back(it, moved ? now_ms : now_ms + terms_.look_again_ms);
  if (moved)
    out_.emplace_back(note{{job, it.run}, task::drop, it.in_fallback, true});
}

void rules::give_up_publishing(place which, const std::string& why, std::int64_t now_ms) {
  auto& [job, it] = *which;
  out_.emplace_back(tell{job, it.to, false, why});
  if (!it.is_remembered && it.at != entry::step::noting) {
    all_.erase(which);
    return;
  }
  // Whoever was told asks for that as well, unless it ends before.
  if (it.to == target::fallback)
    it.in_fallback = fallback_part::part;
  it.is_remembered = true;
  it.what = task::move;
  it.to = target::store;
  put_back(it, now_ms + terms_.look_again_ms);
}

void rules::put_back(entry& it, std::int64_t due_ms) {
  it.at = entry::step::waiting;
  it.run = ++last_run_; // what is under way is done again: nobody knows how it went
  it.due_ms = due_ms;
  it.files.clear();
}

/// It is left alone for a while.
void rules::ask_no_more(target who, std::int64_t now_ms) {
  for (auto next = all_.begin(); next != all_.end();) {
    const auto which = next++;
    auto& it = which->second;
    if (it.to != who)
      continue;
    if (it.what == task::publish)
      give_up_publishing(which, at(who).trouble, now_ms);
    else if (it.at != entry::step::waiting)
      put_back(it, now_ms);
  }
}

// --- what follows -------------------------------------------------------------------------------

void rules::begin(place which, std::int64_t now_ms) {
  auto& [job, it] = *which;
  const ticket its{job, it.run};
  const auto until = now_ms + terms_.patience_ms;
  if (it.what == task::publish && it.to == target::fallback) {
    it.at = entry::step::noting;
    out_.emplace_back(note{its, task::move, fallback_part::whole});
  } else if (it.what == task::publish && terms_.drops_copies) {
    it.at = entry::step::noting;
    out_.emplace_back(note{its, task::drop, it.in_fallback});
  } else if (it.what == task::publish) {
    it.at = entry::step::listing;
    order(list_files{its}, its, it.to, until);
  } else if (it.what == task::move || it.what == task::drop) {
    it.at = entry::step::looking;
    order(look_at_job{its}, its, it.to, until);
  } else {
    it.at = entry::step::sending;
    order(wipe{its, it.to}, its, it.to, until);
  }
}

void rules::begin_publishing(std::int64_t now_ms) {
  for (auto next = all_.begin(); next != all_.end();) {
    const auto which = next++;
    auto& it = which->second;
    if (it.what != task::publish || it.at != entry::step::waiting)
      continue;
    auto& breaker = at(it.to).breaker;
    if (breaker.where() == position::closed ||
        (it.to == target::fallback && breaker.try_again(now_ms)))
      begin(which, now_ms);
    else
      give_up_publishing(which, at(it.to).trouble, now_ms);
  }
}

/// At each of the two one move, drop, clearance or erasure at a time, the oldest of those that are
/// due.
void rules::begin_next(target who, std::int64_t now_ms) {
  auto next = all_.end();
  for (auto one = all_.begin(); one != all_.end(); ++one) {
    const auto& it = one->second;
    if (it.what == task::publish || it.to != who)
      continue;
    if (it.at != entry::step::waiting)
      return;
    if (it.due_ms <= now_ms && !is_busy(one->first, who) &&
        (next == all_.end() || it.since_unix_ms < next->second.since_unix_ms))
      next = one;
  }
  if (next == all_.end())
    return;
  auto& breaker = at(who).breaker;
  if (breaker.where() == position::closed || breaker.try_again(now_ms))
    begin(next, now_ms);
}

/// Files of one turn after those of the turn before.
void rules::send(place which, std::int64_t now_ms) {
  auto& it = which->second;
  const auto first =
      std::ranges::find_if(it.files, [](const file& one) { return one.at != file::step::done; });
  if (it.at != entry::step::sending || first == it.files.end())
    return;
  const auto most = at(it.to).breaker.where() == position::closed ? terms_.most_at_once : 1;
  auto busy = static_cast<std::size_t>(
      std::ranges::count_if(under_way_, [&](const auto& one) { return one.second.at == it.to; }));
  const auto turn = artefacts::turn_of(first->what.path);
  for (auto at = first; at != it.files.end() && busy < most; ++at) {
    if (artefacts::turn_of(at->what.path) != turn)
      return;
    if (at->at != file::step::to_do || at->due_ms > now_ms)
      continue;
    at->at = file::step::under_way;
    ++busy;
    const ticket its{which->first, it.run, static_cast<std::size_t>(at - it.files.begin()),
                     at->failures};
    const auto longest = static_cast<std::int64_t>(at->what.bytes / terms_.slowest_bytes_per_ms);
    order(put_file{its, at->what.path, it.to, it.from_fallback}, its, it.to,
          now_ms + terms_.patience_ms + longest);
  }
}

std::vector<effect> rules::decide(std::int64_t now_ms) {
  std::vector<ticket> late;
  for (const auto& [which, it] : under_way_)
    if (it.until_ms <= now_ms)
      late.push_back(which);
  for (const auto& which : late) {
    const auto found = find(which);
    const bool at_source = found != all_.end() && found->second.at != entry::step::sending;
    done(which, refusal{cure::wait, "it does not answer", at_source}, now_ms);
  }
  begin_publishing(now_ms);
  begin_next(target::store, now_ms);
  begin_next(target::fallback, now_ms);
  for (auto at = all_.begin(); at != all_.end(); ++at)
    send(at, now_ms);
  return std::exchange(out_, {});
}

std::optional<std::int64_t> rules::next_ms(std::int64_t now_ms) const {
  std::optional<std::int64_t> least;
  const auto consider = [&](std::int64_t when) {
    if (when > now_ms)
      least = std::min(least.value_or(when), when);
  };
  for (const auto& [which, it] : under_way_)
    consider(it.until_ms);
  for (const auto& [job, it] : all_) {
    const auto& breaker = at(it.to).breaker;
    if (it.at == entry::step::waiting)
      consider(breaker.where() == position::open ? std::max(it.due_ms, breaker.next_trial_ms())
                                                 : it.due_ms);
    for (const auto& one : it.files)
      if (one.at == file::step::to_do)
        consider(one.due_ms);
  }
  return least;
}

} // namespace vdoc::storekeeper
