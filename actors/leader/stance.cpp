#include "actors/leader/stance.hpp"

#include <utility>

namespace vdoc::leader {

/// Work is only there to be killed once it has begun.
stance_effects stance::end(const std::string& why) {
  const auto was = std::exchange(phase_, phase::following);
  if (was == phase::working || was == phase::unsure)
    return {kill_work{why}};
  return {};
}

stance_effects stance::leads(std::uint64_t epoch, const ledger::lease& before, bool is_free,
                             time_point now) {
  if (epoch == epoch_ && phase_ == phase::unsure) {
    phase_ = phase::working;
    return {};
  }
  auto todo = end("the lease was lost, and taken anew");
  epoch_ = epoch;
  ticked_ = now;
  todo.emplace_back(mark_folder{epoch});
  if (is_free) {
    phase_ = phase::working;
    todo.emplace_back(begin_work{epoch});
    return todo;
  }
  phase_ = phase::waiting;
  begin_at_ = now + terms_.patience;
  todo.emplace_back(look_for_death{before});
  return todo;
}

stance_effects stance::stopped(const membership::stop_leading& how) {
  if (how.lapsed && phase_ == phase::working) {
    phase_ = phase::unsure;
    return {};
  }
  if (how.lapsed && phase_ == phase::unsure)
    return {};
  return end(how.why);
}

stance_effects stance::follows(const std::string& whom) {
  return end(whom.empty() ? "the lease was given back" : whom + " leads");
}

stance_effects stance::refused(std::uint64_t epoch) {
  return epoch == epoch_ ? end("a write was refused: somebody else leads") : stance_effects{};
}

stance_effects stance::folder_says(std::uint64_t epoch) {
  return epoch > epoch_ ? end("the folder says that somebody else leads") : stance_effects{};
}

stance_effects stance::is_dead() {
  if (phase_ != phase::waiting)
    return {};
  phase_ = phase::working;
  return {begin_work{epoch_}};
}

stance_effects stance::tick(time_point now) {
  const auto before = std::exchange(ticked_, now);
  if (phase_ == phase::waiting && now >= begin_at_)
    return is_dead(); // or as good as dead: its media hosts are
  if ((phase_ == phase::working || phase_ == phase::unsure) && now - before >= terms_.stood_still)
    return end("this process stood still for more than two seconds");
  return {};
}

} // namespace vdoc::leader
