#pragma once

#include "actors/supervision/restart_judge.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace vdoc::supervision {

enum class strategy : std::uint8_t {
  one_for_one, ///< a crash concerns the one that crashed
  all_for_one, ///< a crash group: all start anew, once all are down
};
std::string to_string(strategy what);

/// What the rules need to know about a child.
struct child_terms {
  std::string name;
  restart policy = restart::permanent;
  span grace = std::chrono::seconds{3}; ///< from being asked to end until it is killed
  std::optional<restart_budget> budget; ///< its own, instead of the supervisor's (one_for_one)
};

struct start_child {
  std::size_t which;
  friend bool operator==(const start_child&, const start_child&) = default;
};
struct end_child {
  std::size_t which;
  bool by_force; ///< it had its time: kill it
  friend bool operator==(const end_child&, const end_child&) = default;
};
/// Call `woke(ticket)` after that time.
struct wake_me {
  span after;
  std::uint64_t ticket;
  friend bool operator==(const wake_me&, const wake_me&) = default;
};
/// All children are down: end, with an error when the budget is spent.
struct finish {
  bool failed;
  std::string why;
  friend bool operator==(const finish&, const finish&) = default;
};
using effect = std::variant<start_child, end_child, wake_me, finish>;
using effects = std::vector<effect>;

/// The SUPERVISOR's rules.
///
///     running --crash, one_for_one--> running (the child starts again after its delay)
///     running --crash, all_for_one--> ending all --all down--> waiting --delay--> running
///     running --budget spent | stop--> ending all --all down--> finished
///
/// Children start left to right and end right to left, one at a time: one that does not end within
/// its grace is killed, one that survives even that (it blocks) for another grace is left behind.
class rules {
public:
  rules(strategy how, const restart_budget& budget, std::vector<child_terms> children,
        std::uint32_t seed);

  effects begin(time_point now);
  /// The child has ended, or could not be started.
  effects ended(std::size_t which, bool crashed, const std::string& cause, time_point now);
  effects woke(std::uint64_t ticket, time_point now);
  effects stop(const std::string& why);

  [[nodiscard]] bool up(std::size_t which) const { return children_.at(which).up; }
  [[nodiscard]] std::uint32_t restarts(std::size_t which) const {
    return children_.at(which).restarts;
  }
  [[nodiscard]] const std::string& last_cause(std::size_t which) const {
    return children_.at(which).last_cause;
  }

private:
  enum class phase : std::uint8_t { running, regrouping, stopping, finished };
  struct child {
    child(child_terms terms_in, restart_judge judge_in)
        : terms{std::move(terms_in)}, judge{std::move(judge_in)} {}
    child_terms terms;
    restart_judge judge;
    bool up = false;
    bool ever_up = false;
    std::uint32_t restarts = 0;
    time_point since{};
    std::string last_cause;
    std::uint64_t restart_ticket = 0; ///< of the wake-up that starts it again; 0: none
  };

  void start(std::size_t which, time_point now, effects& out);
  void start_all(time_point now, effects& out);
  void end_next(effects& out);
  void judge_end(std::size_t which, bool crashed, time_point now, effects& out);

  strategy how_;
  std::vector<child> children_;
  restart_judge group_judge_;
  phase phase_ = phase::running;
  std::uint64_t last_ticket_ = 0;
  std::uint64_t grace_ticket_ = 0;
  std::uint64_t group_ticket_ = 0;
  std::size_t ending_ = 0;
  bool forced_ = false;
  span group_delay_{0};
  finish last_effect_{false, {}};
};

} // namespace vdoc::supervision
