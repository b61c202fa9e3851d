#include "actors/queue/upload_gate.hpp"

namespace vdoc::queue {

bool upload_gate::lets_through(const entry& one, std::uint32_t running_early) const {
  if (one.upload == 0)
    return true;
  const auto now = standing(one);
  if (now == upload_standing::flows)
    return running_early < most_early_;
  return now != upload_standing::waits;
}

void upload_gate::take_out(entry& one) {
  const auto found = parked_.find(one.upload);
  if (found == parked_.end())
    return;
  found->second.erase({one.turn, &one});
  if (found->second.empty())
    parked_.erase(found);
}

std::vector<entry*> upload_gate::released(std::uint32_t running_early) {
  std::vector<entry*> out;
  for (auto at = parked_.begin(); at != parked_.end();) {
    auto& waiting = at->second;
    const auto now = standing(*waiting.begin()->second);
    const bool all = now == upload_standing::gone || now == upload_standing::whole;
    while (!waiting.empty() &&
           (all || (now == upload_standing::flows && running_early < most_early_))) {
      running_early += all ? 0U : 1U;
      out.push_back(waiting.begin()->second);
      waiting.erase(waiting.begin());
    }
    at = waiting.empty() ? parked_.erase(at) : std::next(at);
  }
  return out;
}

} // namespace vdoc::queue
