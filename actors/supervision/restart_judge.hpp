#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <random>
#include <variant>

namespace vdoc::supervision {

using time_point = std::chrono::steady_clock::time_point;
using span = std::chrono::nanoseconds;

/// Which ends of a child are followed by a new start.
enum class restart : std::uint8_t {
  permanent, ///< all of them
  transient, ///< crashes
  temporary, ///< none
};

/// How much restarting is worth trying before somebody else has to judge.
struct restart_budget {
  std::uint32_t intensity = 5;            ///< restarts ...
  span period = std::chrono::seconds{30}; ///< ... within this time
  span first_delay = std::chrono::milliseconds{100};
  span longest_delay = std::chrono::seconds{10};
  span stable_after = std::chrono::seconds{30}; ///< a life this long forgives earlier crashes
  std::uint32_t jitter_percent = 20;            ///< delays vary by so much up and down
};

struct start_again {
  span after;
};
struct let_it_go {};
struct give_up {};
using verdict = std::variant<start_again, let_it_go, give_up>;

/// Judges the end of one child, or of one group that lives and dies together. The delay doubles
/// with each crash in a row; jitter keeps those that crashed together from starting together.
class restart_judge {
public:
  restart_judge(restart policy, const restart_budget& budget, std::uint32_t seed);

  /// The child that was started at `since` has ended.
  verdict child_ended(time_point since, bool crashed, time_point now);

private:
  span next_delay();

  restart policy_;
  restart_budget budget_;
  std::minstd_rand chance_;
  std::deque<time_point> restarts_;
  std::uint32_t in_a_row_ = 0;
};

} // namespace vdoc::supervision
