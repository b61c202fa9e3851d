#pragma once

#include "actors/desk/reply.hpp"

#include <chrono>
#include <deque>
#include <memory>
#include <utility>

namespace vdoc::front_desk {

/// Gives up on answers that do not come in time, all by one timer: one of CAF's for each question
/// wakes its clock's thread for each, of which there are thousands a second. One thread.
template <class T> class overdue {
public:
  using instant = std::chrono::steady_clock::time_point;

  /// Waits for an answer until then. True when nothing was waited for: time for a timer.
  bool wait_for(const reply_to<T>& answer, instant until) {
    while (!waits_.empty() && waits_.front().second.expired())
      waits_.pop_front();
    waits_.emplace_back(until, answer);
    return !std::exchange(timed_, true);
  }

  /// The timer has gone off. True when there is more to wait for: time for the next one.
  bool look(instant now) {
    while (!waits_.empty() && (waits_.front().first <= now || waits_.front().second.expired())) {
      if (const auto late = waits_.front().second.lock())
        late->give_up();
      waits_.pop_front();
    }
    return timed_ = !waits_.empty();
  }

private:
  std::deque<std::pair<instant, std::weak_ptr<reply<T>>>> waits_; ///< the earliest first
  bool timed_ = false;
};

/// Sets the timer of `of` in the actor `self`, by `Call`, a message of a function of the actor.
template <class Call, class Self, class T>
void look_for_overdue(Self self, const std::shared_ptr<overdue<T>>& of) {
  constexpr std::chrono::milliseconds between_looks{500};
  self->delayed_send(self, between_looks, Call{[of](Self self) {
                       if (of->look(self->clock().now()))
                         look_for_overdue<Call>(self, of);
                     }});
}

} // namespace vdoc::front_desk
