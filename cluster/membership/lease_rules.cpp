#include "cluster/membership/lease_rules.hpp"

#include <algorithm>
#include <utility>

namespace vdoc::membership {

using std::chrono::milliseconds;

namespace {

milliseconds part_of(milliseconds all, double chance) {
  return milliseconds{static_cast<std::int64_t>(static_cast<double>(all.count()) * chance)};
}

} // namespace

std::uint64_t lease_rules::ask(question::kind what, time_point now) {
  open_ = question{++questions_, now, what};
  return questions_;
}

void lease_rules::stop(const std::string& why, lease_effects& out, bool lapsed) {
  if (epoch_ == 0)
    return;
  out.emplace_back(stop_leading{epoch_, why, lapsed});
  lapsed_ = lapsed ? epoch_ : 0;
  epoch_ = 0;
  has_seen_ = false; // whatever the lease is now, it is looked at afresh
}

lease_effects lease_rules::tick(time_point now) {
  lease_effects out;
  if (epoch_ != 0 && epoch_ == over_)
    stop("its work was ended", out);
  if (epoch_ != 0 && now >= leads_until_)
    stop("the lease was not renewed in time", out, true);
  if (open_ && now >= open_->asked + terms_.give_up_after) {
    open_.reset();
    has_seen_ = false; // as in `answered`
  }
  if (open_ || now < next_)
    return out;
  if (epoch_ != 0) {
    next_ = now + terms_.renew_every;
    out.emplace_back(renew_lease{ask(question::kind::renew, now), epoch_});
  } else if (stands_ && has_seen_ && now >= free_at_) {
    // Who does not get it looks again, and waits anew.
    has_seen_ = false;
    next_ = now + terms_.look_every;
    if (is_lapsed(seen_))
      out.emplace_back(renew_lease{ask(question::kind::renew, now), lapsed_});
    else
      out.emplace_back(take_lease{ask(question::kind::take, now), seen_});
  } else {
    next_ = now + terms_.look_every;
    if (stands_ && has_seen_ && free_at_ > now)
      next_ = std::min(next_, free_at_);
    out.emplace_back(look_at_lease{ask(question::kind::look, now)});
  }
  return out;
}

lease_effects lease_rules::answered(std::uint64_t number, const ledger::lease_answer& answer,
                                    time_point now, double chance) {
  lease_effects out;
  if (!open_ || open_->number != number)
    return out;
  const auto about = *std::exchange(open_, std::nullopt);
  if (answer.result == ledger::lease_outcome::store_down) {
    // Nobody can take the lease from a leader who cannot renew it either; his time ends it. And
    // whether the holder is still there cannot be told from a lease that nobody could renew.
    has_seen_ = false;
    next_ = now + terms_.look_every;
    return out;
  }
  const bool mine = answer.now.holder == me_;
  switch (about.what) {
  case question::kind::renew:
    if (epoch_ != 0 && answer.result == ledger::lease_outcome::done)
      leads_until_ = about.asked + terms_.length - terms_.margin;
    else if (epoch_ != 0)
      stop("somebody else has the lease, with epoch " + std::to_string(answer.now.epoch), out);
    else if (answer.result == ledger::lease_outcome::done && stands_ && is_lapsed(answer.now) &&
             now < about.asked + terms_.length - terms_.margin)
      took(answer.now, about.asked, out);
    break;
  case question::kind::take:
    if (!mine || answer.result != ledger::lease_outcome::done)
      break;
    if (!stands_) { // not any more
      out.emplace_back(release_lease{ask(question::kind::release, now), answer.now.epoch});
      return out;
    }
    if (now < about.asked + terms_.length - terms_.margin) // else it is looked at, and taken anew
      took(answer.now, about.asked, out);
    break;
  case question::kind::look:
  case question::kind::release:
    break;
  }
  if (epoch_ == 0)
    saw(answer.now, now, chance, out);
  else
    seen_ = answer.now;
  if (now >= leads_until_)
    stop("the lease was not renewed in time", out, true);
  return out;
}

void lease_rules::took(const ledger::lease& now_is, time_point asked, lease_effects& out) {
  epoch_ = now_is.epoch;
  lapsed_ = 0;
  leads_until_ = asked + terms_.length - terms_.margin;
  next_ = asked + terms_.renew_every;
  out.emplace_back(lead{epoch_});
}

void lease_rules::saw(const ledger::lease& now_is, time_point now, double chance,
                      lease_effects& out) {
  const bool other = now_is.holder != seen_.holder || now_is.epoch != seen_.epoch;
  const bool moved = !has_seen_ || other || now_is.beat != seen_.beat;
  seen_ = now_is;
  if (!moved)
    return;
  has_seen_ = true;
  // Nobody's, or of this very process, which does not know of it (the answer was lost), or of one
  // that is dead: the lease can be had at once.
  const bool free =
      now_is.holder.empty() || now_is.holder == me_ || (!said_.empty() && now_is.said == said_);
  free_at_ = now + (free ? milliseconds{0} : terms_.length) + part_of(terms_.spread, chance);
  if (stands_)
    next_ = std::min(next_, free_at_);
  if (other)
    out.emplace_back(follow{now_is});
}

lease_effects lease_rules::resign(time_point now) {
  lease_effects out;
  stands_ = false;
  if (epoch_ == 0)
    return out;
  const auto epoch = epoch_;
  stop("it was asked to", out);
  out.emplace_back(release_lease{ask(question::kind::release, now), epoch});
  next_ = now + terms_.look_every;
  return out;
}

lease_rules::time_point lease_rules::wake_at() const noexcept {
  auto at = open_ ? open_->asked + terms_.give_up_after : next_;
  if (epoch_ != 0)
    at = std::min(at, leads_until_);
  return at;
}

} // namespace vdoc::membership
