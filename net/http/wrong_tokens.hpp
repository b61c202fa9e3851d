#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace vdoc::net {

/// Wrong tokens of each address: so many in a minute, then it has to wait for the next one. One
/// thread.
class wrong_tokens {
public:
  static constexpr std::uint32_t most_per_min = 20;

  /// One more from there. Milliseconds until it may try again; 0: it may. Times are of a clock that
  /// never steps.
  std::int64_t count(const std::string& network, std::int64_t steady_ms) {
    if (of_.size() >= most_known && !of_.contains(network))
      forget_the_old(steady_ms);
    auto& minute = of_.try_emplace(network, steady_ms).first->second;
    if (steady_ms - minute.since_ms >= ms_per_min)
      minute = {steady_ms};
    if (minute.wrong >= most_per_min)
      return minute.since_ms + ms_per_min - steady_ms;
    ++minute.wrong;
    return 0;
  }

private:
  struct minute {
    std::int64_t since_ms = 0;
    std::uint32_t wrong = 0;
  };
  static constexpr std::int64_t ms_per_min = 60'000;
  static constexpr std::size_t most_known = 20'000;

  void forget_the_old(std::int64_t steady_ms) {
    std::erase_if(of_,
                  [&](const auto& it) { return steady_ms - it.second.since_ms >= ms_per_min; });
    if (of_.size() >= most_known)
      of_.clear();
  }

  std::unordered_map<std::string, minute> of_; ///< by network
};

} // namespace vdoc::net
