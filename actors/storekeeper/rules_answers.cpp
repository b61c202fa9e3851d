#include "actors/storekeeper/rules.hpp"

#include <algorithm>
#include <utility>

/// What STOREKEEPER's rules make of answers.
namespace vdoc::storekeeper {

using artefacts::cure;
using position = resources::breaker::position;

void rules::noted(const ticket& which, bool ok, std::int64_t since_unix_ms, std::int64_t now_ms) {
  const auto found = find(which);
  if (found == all_.end() || found->second.at != entry::step::noting)
    return;
  auto& it = found->second;
  if (!ok) {
    withdraw(it, now_ms);
    it.at = entry::step::waiting;
    return give_up_publishing(found, "the ledger cannot note it now", now_ms);
  }
  it.is_remembered = true;
  if (it.to == target::fallback)
    it.in_fallback = fallback_part::whole;
  it.since_unix_ms = since_unix_ms;
  it.at = entry::step::listing;
  order(list_files{which}, which, it.to, now_ms + terms_.patience_ms);
}

void rules::stands(const ticket& which, standing how, std::int64_t now_ms) {
  under_way_.erase(which);
  const auto found = find(which);
  if (found == all_.end() || found->second.at != entry::step::looking)
    return;
  auto& it = found->second;
  if (how == standing::succeeded && it.what == task::drop) {
    it.at = entry::step::sending;
    const ticket again{which.job, it.run};
    return order(drop_copy{again}, again, it.to, now_ms + terms_.patience_ms);
  }
  if (how == standing::succeeded) {
    it.at = entry::step::listing;
    const ticket again{which.job, it.run};
    const bool or_there = terms_.has_fallback && it.in_fallback == fallback_part::whole;
    return order(list_files{again, or_there}, again, it.to, now_ms + terms_.patience_ms);
  }
  withdraw(it, now_ms);
  if (how == standing::gone)
    finish(found, false, now_ms);
  else
    put_back(it, now_ms + terms_.look_again_ms);
}

void rules::listed(const ticket& which, std::vector<artefacts::result_file> files,
                   bool from_fallback, std::int64_t now_ms) {
  under_way_.erase(which);
  const auto found = find(which);
  if (found == all_.end() || found->second.at != entry::step::listing)
    return;
  auto& it = found->second;
  it.at = entry::step::sending;
  it.from_fallback = from_fallback;
  std::ranges::stable_sort(
      files, {}, [](const artefacts::result_file& one) { return artefacts::turn_of(one.path); });
  for (auto& one : files)
    it.files.push_back({std::move(one)});
  if (!it.files.empty())
    return;
  withdraw(it, now_ms);
  finish(found, it.what == task::publish, now_ms);
}

void rules::refused(place which, std::size_t number, const refusal& why, std::int64_t now_ms) {
  auto& it = which->second;
  if (why.helps == cure::none) {
    if (it.what == task::publish)
      return give_up_publishing(which, why.why, now_ms);
    if (it.what == task::drop) // something is not there (any more)
      it.what = task::move;
    return put_back(it, now_ms + terms_.unfit_wait_ms);
  }
  if (why.at_source && it.what == task::drop)
    return put_back(it, now_ms + terms_.breaker.longest_wait_ms);
  if (it.files.empty()) // to be erased, or not even listed
    return it.what == task::publish ? give_up_publishing(which, why.why, now_ms)
                                    : put_back(it, now_ms + terms_.waits_ms.front());
  if (why.at_source && it.what == task::move) // so that it holds up nobody
    return put_back(it, now_ms + terms_.breaker.longest_wait_ms);
  auto& one = it.files.at(number);
  if (it.what == task::publish && one.failures >= terms_.waits_ms.size())
    return give_up_publishing(which, why.why, now_ms);
  const auto wait =
      static_cast<double>(terms_.waits_ms.at(std::min(one.failures, terms_.waits_ms.size() - 1)));
  std::uniform_real_distribution<double> spread{1 - terms_.jitter, 1 + terms_.jitter};
  ++one.failures;
  one.at = file::step::to_do;
  one.due_ms = now_ms + static_cast<std::int64_t>(wait * spread(chance_));
}

/// What an answer says of whoever gave it.
void rules::judge(target who, const std::optional<refusal>& no, std::int64_t now_ms) {
  auto& it = at(who);
  if (!no) {
    if (it.breaker.where() != position::open) // else it was begun before that
      it.breaker.succeeded();
    return;
  }
  if (no->at_source)
    return it.breaker.trial_withdrawn(now_ms);
  it.trouble = no->why;
  if (no->helps == cure::none)
    return it.breaker.trial_withdrawn(now_ms);
  no->helps == cure::operate ? it.breaker.trip(now_ms) : it.breaker.failed(now_ms);
}

void rules::done(const ticket& which, const std::optional<refusal>& no, std::int64_t now_ms) {
  const auto under_way = under_way_.extract(which);
  if (under_way.empty())
    return;
  const auto who = under_way.mapped().at;
  const auto found = find(which);
  judge(who, no, now_ms);
  if (no) {
    if (found != all_.end())
      refused(found, which.file, *no, now_ms);
    if (at(who).breaker.where() == position::open)
      ask_no_more(who, now_ms);
    return;
  }
  if (found == all_.end())
    return;
  auto& files = found->second.files;
  if (!files.empty())
    files.at(which.file).at = file::step::done;
  if (std::ranges::all_of(files, [](const file& one) { return one.at == file::step::done; }))
    finish(found, true, now_ms);
}

void rules::reset(target of, std::int64_t now_ms) {
  at(of).breaker.succeeded();
  for (auto& [job, it] : all_)
    if (it.to == of && it.at == entry::step::waiting)
      it.due_ms = std::min(it.due_ms, now_ms);
}

} // namespace vdoc::storekeeper
