#include "actors/supervision/restart_judge.hpp"

#include <algorithm>

namespace vdoc::supervision {

restart_judge::restart_judge(restart policy, const restart_budget& budget, std::uint32_t seed)
    : policy_{policy}, budget_{budget}, chance_{seed} {}

verdict restart_judge::child_ended(time_point since, bool crashed, time_point now) {
  if (policy_ == restart::temporary || (policy_ == restart::transient && !crashed))
    return let_it_go{};
  if (now - since >= budget_.stable_after)
    in_a_row_ = 0;
  while (!restarts_.empty() && now - restarts_.front() >= budget_.period)
    restarts_.pop_front();
  if (restarts_.size() >= budget_.intensity)
    return give_up{};
  restarts_.push_back(now);
  return start_again{next_delay()};
}

span restart_judge::next_delay() {
  constexpr std::uint32_t most_doublings = 20;
  const auto doubled =
      budget_.first_delay * (std::int64_t{1} << std::min(in_a_row_, most_doublings));
  ++in_a_row_;
  const auto delay = std::min(doubled, budget_.longest_delay);
  const auto swing = static_cast<std::int64_t>(budget_.jitter_percent) * 10;
  const auto permille = 1000 - swing + static_cast<std::int64_t>(chance_()) % (2 * swing + 1);
  return delay * permille / 1000;
}

} // namespace vdoc::supervision
