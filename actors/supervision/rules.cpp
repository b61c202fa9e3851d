#include "actors/supervision/rules.hpp"

#include <algorithm>

namespace vdoc::supervision {

std::string to_string(strategy what) {
  return what == strategy::one_for_one ? "one_for_one" : "all_for_one";
}

rules::rules(strategy how, const restart_budget& budget, std::vector<child_terms> children,
             std::uint32_t seed)
    : how_{how}, group_judge_{restart::permanent, budget, seed} {
  for (auto& terms : children) {
    const auto policy = terms.policy;
    const auto own = terms.budget.value_or(budget);
    children_.emplace_back(std::move(terms), restart_judge{policy, own, ++seed});
  }
}

effects rules::begin(time_point now) {
  effects out;
  start_all(now, out);
  return out;
}

effects rules::ended(std::size_t which, bool crashed, const std::string& cause, time_point now) {
  effects out;
  auto& it = children_.at(which);
  if (!it.up)
    return out;
  it.up = false;
  if (crashed)
    it.last_cause = cause;
  if (phase_ == phase::running)
    judge_end(which, crashed, now, out);
  else if (grace_ticket_ == 0 || which == ending_)
    end_next(out);
  return out;
}

void rules::judge_end(std::size_t which, bool crashed, time_point now, effects& out) {
  auto& it = children_[which];
  const auto alone = how_ == strategy::one_for_one;
  if (!alone && (it.terms.policy == restart::temporary ||
                 (it.terms.policy == restart::transient && !crashed)))
    return;
  const auto said = alone ? it.judge.child_ended(it.since, crashed, now)
                          : group_judge_.child_ended(it.since, true, now);
  if (const auto* again = std::get_if<start_again>(&said)) {
    if (alone) {
      it.restart_ticket = ++last_ticket_;
      out.emplace_back(wake_me{again->after, it.restart_ticket});
      return;
    }
    phase_ = phase::regrouping;
    group_delay_ = again->after;
    end_next(out);
  } else if (std::holds_alternative<give_up>(said)) {
    phase_ = phase::stopping;
    last_effect_ = {true, it.terms.name + " crashed too often: " + it.last_cause};
    end_next(out);
  }
}

effects rules::woke(std::uint64_t ticket, time_point now) {
  effects out;
  if (ticket == grace_ticket_) {
    if (!forced_) {
      forced_ = true;
      grace_ticket_ = ++last_ticket_;
      out.emplace_back(end_child{ending_, true});
      out.emplace_back(wake_me{children_[ending_].terms.grace, grace_ticket_});
    } else {
      children_[ending_].up = false; // it blocks for ever: go on without it
      end_next(out);
    }
  } else if (ticket == group_ticket_ && phase_ == phase::regrouping) {
    phase_ = phase::running;
    start_all(now, out);
  } else if (phase_ == phase::running) {
    for (std::size_t i = 0; i < children_.size(); ++i)
      if (children_[i].restart_ticket == ticket && !children_[i].up)
        start(i, now, out);
  }
  return out;
}

effects rules::stop(const std::string& why) {
  effects out;
  if (phase_ == phase::stopping || phase_ == phase::finished)
    return out;
  const auto already_ending = phase_ == phase::regrouping && grace_ticket_ != 0;
  phase_ = phase::stopping;
  last_effect_ = {false, why};
  if (!already_ending)
    end_next(out);
  return out;
}

void rules::start(std::size_t which, time_point now, effects& out) {
  auto& it = children_[which];
  it.restart_ticket = 0;
  it.up = true;
  it.since = now;
  if (it.ever_up)
    ++it.restarts;
  it.ever_up = true;
  out.emplace_back(start_child{which});
}

void rules::start_all(time_point now, effects& out) {
  for (std::size_t i = 0; i < children_.size(); ++i)
    if (!children_[i].up)
      start(i, now, out);
}

void rules::end_next(effects& out) {
  grace_ticket_ = 0;
  forced_ = false;
  const auto last =
      std::find_if(children_.rbegin(), children_.rend(), [](const child& it) { return it.up; });
  if (last != children_.rend()) {
    ending_ = static_cast<std::size_t>(std::distance(last, children_.rend())) - 1;
    grace_ticket_ = ++last_ticket_;
    out.emplace_back(end_child{ending_, false});
    out.emplace_back(wake_me{last->terms.grace, grace_ticket_});
  } else if (phase_ == phase::regrouping) {
    group_ticket_ = ++last_ticket_;
    out.emplace_back(wake_me{group_delay_, group_ticket_});
  } else {
    phase_ = phase::finished;
    out.emplace_back(last_effect_);
  }
}

} // namespace vdoc::supervision
