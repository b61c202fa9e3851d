#include "actors/storekeeper/rules.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace vdoc::storekeeper {

using artefacts::cure;
using position = resources::breaker::position;

rules::rules(rule_terms terms, std::uint32_t seed)
    : terms_{std::move(terms)}, chance_{seed}, breaker_{terms_.breaker} {}

void rules::publish(const std::string& job, std::int64_t now_ms) {
  auto& it = all_[job];
  if (it.at != entry::step::waiting)
    breaker_.trial_withdrawn(now_ms);
  const bool remembered = it.is_remembered || it.what == task::move;
  it = {};
  it.run = ++last_run_;
  it.is_remembered = remembered;
}

void rules::take_up(const std::string& job, task what, std::int64_t since_unix_ms,
                    std::int64_t now_ms) {
  const auto [found, is_new] = all_.try_emplace(job);
  auto& it = found->second;
  it.is_remembered = true;
  if (!is_new && (what == task::move || it.what == task::erase))
    return; // it is being dealt with
  if (it.at != entry::step::waiting)
    breaker_.trial_withdrawn(now_ms);
  it.what = what;
  it.at = entry::step::waiting;
  it.files.clear();
  it.run = ++last_run_;
  it.since_unix_ms = since_unix_ms;
}

rules::place rules::find(const ticket& which) {
  const auto found = all_.find(which.job);
  return found != all_.end() && found->second.run == which.run ? found : all_.end();
}

void rules::order(effect what, const ticket& which, std::int64_t until_ms) {
  under_way_[which] = until_ms;
  out_.push_back(std::move(what));
}

std::size_t rules::waiting() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      all_, [](const auto& each) { return each.second.what != task::publish; }));
}

void rules::finish(place which, bool done) {
  const auto& [job, it] = *which;
  if (it.what == task::publish)
    out_.emplace_back(tell{job, done, ""});
  if (it.is_remembered)
    out_.emplace_back(forget{job, it.what == task::erase ? task::erase : task::move, done});
  all_.erase(which);
}

void rules::give_up_publishing(place which, const std::string& why) {
  out_.emplace_back(tell{which->first, false, why});
  all_.erase(which);
}

void rules::put_back(entry& it, std::int64_t due_ms) {
  it.at = entry::step::waiting;
  it.run = ++last_run_; // what is under way is done again: nobody knows how it went
  it.due_ms = due_ms;
  it.files.clear();
}

/// The store is left alone for a while.
void rules::ask_no_more(std::int64_t now_ms) {
  for (auto at = all_.begin(); at != all_.end();) {
    const auto which = at++;
    auto& it = which->second;
    if (it.what == task::publish)
      give_up_publishing(which, trouble_);
    else if (it.at != entry::step::waiting)
      put_back(it, now_ms);
  }
}

// --- what was answered --------------------------------------------------------------------------

void rules::stands(const ticket& which, standing how, std::int64_t now_ms) {
  under_way_.erase(which);
  const auto found = find(which);
  if (found == all_.end() || found->second.at != entry::step::looking)
    return;
  auto& it = found->second;
  if (how == standing::succeeded) {
    it.at = entry::step::listing;
    const ticket again{which.job, it.run};
    return order(list_files{again}, again, now_ms + terms_.patience_ms);
  }
  breaker_.trial_withdrawn(now_ms);
  if (how == standing::gone)
    finish(found, false);
  else
    put_back(it, now_ms + terms_.look_again_ms);
}

void rules::listed(const ticket& which, std::vector<artefacts::result_file> files,
                   std::int64_t now_ms) {
  under_way_.erase(which);
  const auto found = find(which);
  if (found == all_.end() || found->second.at != entry::step::listing)
    return;
  auto& it = found->second;
  it.at = entry::step::sending;
  std::ranges::stable_sort(
      files, {}, [](const artefacts::result_file& one) { return artefacts::turn_of(one.path); });
  for (auto& one : files)
    it.files.push_back({std::move(one)});
  if (!it.files.empty())
    return;
  breaker_.trial_withdrawn(now_ms);
  finish(found, true);
}

void rules::refused(place which, std::size_t file, const refusal& why, std::int64_t now_ms) {
  auto& it = which->second;
  if (why.helps == cure::none) {
    if (it.what == task::publish)
      return give_up_publishing(which, why.why);
    return put_back(it, now_ms + terms_.unfit_wait_ms);
  }
  if (it.files.empty()) // to be erased, or not even listed
    return it.what == task::publish ? give_up_publishing(which, why.why)
                                    : put_back(it, now_ms + terms_.waits_ms.front());
  auto& one = it.files.at(file);
  if (it.what == task::publish && one.failures >= terms_.waits_ms.size())
    return give_up_publishing(which, why.why);
  const auto wait =
      static_cast<double>(terms_.waits_ms.at(std::min(one.failures, terms_.waits_ms.size() - 1)));
  std::uniform_real_distribution<double> spread{1 - terms_.jitter, 1 + terms_.jitter};
  ++one.failures;
  one.at = file::step::to_do;
  one.due_ms = now_ms + static_cast<std::int64_t>(wait * spread(chance_));
}

void rules::done(const ticket& which, const std::optional<refusal>& no, std::int64_t now_ms) {
  if (under_way_.erase(which) == 0)
    return;
  const auto found = find(which);
  if (!no) {
    if (breaker_.where() != position::open) // else it was begun before that
      breaker_.succeeded();
    if (found == all_.end())
      return;
    auto& files = found->second.files;
    if (!files.empty())
      files.at(which.file).at = file::step::done;
    if (std::ranges::all_of(files, [](const file& one) { return one.at == file::step::done; }))
      finish(found, true);
    return;
  }
  trouble_ = no->why;
  if (no->helps == cure::none)
    breaker_.trial_withdrawn(now_ms);
  else
    do
      breaker_.failed(now_ms);
    while (no->helps == cure::operate && breaker_.where() != position::open);
  if (found != all_.end())
    refused(found, which.file, *no, now_ms);
  if (breaker_.where() == position::open)
    ask_no_more(now_ms);
}

// --- what follows -------------------------------------------------------------------------------

void rules::begin(place which, std::int64_t now_ms) {
  auto& [job, it] = *which;
  const ticket its{job, it.run};
  const auto until = now_ms + terms_.patience_ms;
  if (it.what == task::publish) {
    it.at = entry::step::listing;
    order(list_files{its}, its, until);
  } else if (it.what == task::move) {
    it.at = entry::step::looking;
    order(look_at_job{its}, its, until);
  } else {
    it.at = entry::step::sending;
    order(wipe{its}, its, until);
  }
}

/// One move or erasure at a time, the oldest of those that are due.
void rules::begin_next(std::int64_t now_ms) {
  auto next = all_.end();
  for (auto at = all_.begin(); at != all_.end(); ++at) {
    const auto& it = at->second;
    if (it.what == task::publish)
      continue;
    if (it.at != entry::step::waiting)
      return;
    if (it.due_ms <= now_ms &&
        (next == all_.end() || it.since_unix_ms < next->second.since_unix_ms))
      next = at;
  }
  if (next == all_.end())
    return;
  if (breaker_.where() == position::closed || breaker_.try_again(now_ms))
    begin(next, now_ms);
}

/// Files of one turn after those of the turn before.
void rules::send(place which, std::int64_t now_ms) {
  auto& [job, it] = *which;
  const auto most = breaker_.where() == position::closed ? terms_.most_at_once : 1;
  const auto first =
      std::ranges::find_if(it.files, [](const file& one) { return one.at != file::step::done; });
  if (it.at != entry::step::sending || first == it.files.end())
    return;
  const auto turn = artefacts::turn_of(first->what.path);
  for (auto at = first; at != it.files.end() && under_way_.size() < most; ++at) {
    if (artefacts::turn_of(at->what.path) != turn)
      return;
    if (at->at != file::step::to_do || at->due_ms > now_ms)
      continue;
    at->at = file::step::under_way;
    const ticket its{job, it.run, static_cast<std::size_t>(at - it.files.begin()), at->failures};
    const auto longest = static_cast<std::int64_t>(at->what.bytes / terms_.slowest_bytes_per_ms);
    order(put_file{its, at->what.path}, its, now_ms + terms_.patience_ms + longest);
  }
}

std::vector<effect> rules::decide(std::int64_t now_ms) {
  std::vector<ticket> late;
  for (const auto& [which, until] : under_way_)
    if (until <= now_ms)
      late.push_back(which);
  for (const auto& which : late)
    done(which, refusal{cure::wait, "it does not answer"}, now_ms);
  if (breaker_.where() != position::closed)
    for (auto at = all_.begin(); at != all_.end();)
      if (const auto which = at++; which->second.what == task::publish)
        give_up_publishing(which, trouble_);
  begin_next(now_ms);
  for (auto at = all_.begin(); at != all_.end(); ++at)
    if (at->second.what == task::publish && at->second.at == entry::step::waiting)
      begin(at, now_ms);
  for (auto at = all_.begin(); at != all_.end(); ++at)
    send(at, now_ms);
  return std::exchange(out_, {});
}

std::optional<std::int64_t> rules::next_ms(std::int64_t now_ms) const {
  std::optional<std::int64_t> least;
  const auto at = [&](std::int64_t when) {
    if (when > now_ms)
      least = std::min(least.value_or(when), when);
  };
  for (const auto& [which, until] : under_way_)
    at(until);
  for (const auto& [job, it] : all_) {
    if (it.at == entry::step::waiting)
      at(breaker_.where() == position::open ? std::max(it.due_ms, breaker_.next_trial_ms())
                                            : it.due_ms);
    for (const auto& one : it.files)
      if (one.at == file::step::to_do)
        at(one.due_ms);
  }
  return least;
}

} // namespace vdoc::storekeeper
