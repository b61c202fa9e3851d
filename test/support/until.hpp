#pragma once

#include <chrono>
#include <thread>

namespace vdoc::test {

/// Asks `condition` again and again until it holds or the time is up, and says whether it held.
/// The only waiting that tests do: a fixed sleep is either too short or wasted.
template <class Condition> bool until(std::chrono::milliseconds deadline, Condition&& condition) {
  using clock = std::chrono::steady_clock;
  const auto end = clock::now() + deadline;
  for (;;) {
    if (condition())
      return true;
    if (clock::now() >= end)
      return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
}

} // namespace vdoc::test
