#pragma once

#include "actors/hosts/protocol.hpp"
#include "actors/supervision/child_process.hpp"
#include "actors/supervision/restart_judge.hpp"

#include <string>
#include <variant>
#include <vector>

namespace vdoc::hosts {

using supervision::child_exit;
using supervision::span;
using supervision::time_point;

/// When a media host is given up, and when it is believed dead.
struct host_limits {
  span hello_within = std::chrono::seconds{45}; ///< a first start scans GStreamer's plugins ...
  span hello_again_within = std::chrono::seconds{9}; ///< ... no later one: it hangs
  span search_within = std::chrono::seconds{10};     ///< for encoders that start; hosts wait for it
  span silence = std::chrono::seconds{6};            ///< without an answer to a ping: it hangs
  span exit_after_loss = std::chrono::milliseconds{500}; ///< from a broken connection to its end
  span leave_within = std::chrono::seconds{1};           ///< from being asked to being killed
  span part_within = std::chrono::milliseconds{500};     ///< from a lost leader to being killed
  span linger = std::chrono::seconds{15}; ///< to finish what it has when its leader is gone
  std::uint32_t stillborn = 5;            ///< ends by itself before hello in a row, then we say so
  span quarantine = std::chrono::seconds{60}; ///< for one that crashes too often
  /// A host is replaced within 2 s even when it is killed over and over; poison is the JOB's
  /// affair.
  supervision::restart_budget budget{30,
                                     std::chrono::seconds{60},
                                     std::chrono::milliseconds{50},
                                     std::chrono::seconds{1},
                                     std::chrono::seconds{10},
                                     20};
};

/// Start a process with this incarnation number.
struct start_process {
  std::uint64_t life = 0;
  bool is_restart = false; ///< after an end that nobody wanted
};
struct kill_process {};
/// The process is no concern of the rules any more, and lives for as long as it may linger.
struct let_linger {
  std::uint64_t life = 0;
};
struct ask_to_leave {};
/// It has no leader any more, though it may not know yet.
struct ask_to_part {};
/// Tell DISPATCH that it can work (its `hello` is at hand) ...
struct say_up {};
/// ... or that it can no more.
struct say_down {
  std::uint64_t life = 0;
  dispatch::host_loss loss;
};
/// Call `woke(ticket)` after that time.
struct wake_me {
  span after;
  std::uint64_t ticket = 0;
};
/// This host does not come up at all, for that reason.
struct say_hopeless {
  std::string why;
};
using effect = std::variant<start_process, kill_process, let_linger, ask_to_leave, ask_to_part,
                            say_up, say_down, wake_me, say_hopeless>;
using effects = std::vector<effect>;

/// The life of one media host slot: HOSTS' rules, one object per host.
///
///     waiting --delay--> starting --hello--> up --drain--> draining
///     starting | up --exit--> waiting, or quarantined when that happens too often
///     starting --exit, the 5th time in a row--> quarantined, and we say it is hopeless
///     quarantined --a minute--> starting
///     starting | up --start over, exit--> starting, and nobody is to blame
///     up --lingers--> waiting, as after its exit
///     any --leave, exit--> ended;  draining --exit--> ended
class host_rules {
public:
  host_rules(const host_limits& limits, std::uint32_t seed);

  effects begin(time_point now);
  effects hello(std::uint64_t life, time_point now);
  effects answered(std::uint64_t life, time_point now);
  effects connection_lost(std::uint64_t life, time_point now);
  /// A host of this node has said hello, this one or another: plugins are scanned. Who is starting
  /// has its time from here on.
  void node_has_started_one(time_point now) noexcept;
  /// It has lost its leader, and finishes what it has beside the one that takes its place.
  effects lingers(std::uint64_t life, time_point now);
  void last_words(std::uint64_t life, const std::string& cause);
  effects exited(std::uint64_t life, const child_exit& how, time_point now);
  effects start_failed(const std::string& why, time_point now);
  effects tick(time_point now); ///< about once a second
  effects woke(std::uint64_t ticket, time_point now);
  /// No new work from now on; call `leave` when it has nothing left. False when it was not up.
  bool drain();
  /// Kills its process, if it has one; another one is started at once. One that `may_linger` is
  /// asked first.
  effects start_over(const std::string& why, bool may_linger = false);
  /// Ends it for good: it is asked and, if it does not, killed.
  effects leave();

  [[nodiscard]] host_phase phase() const noexcept { return phase_; }
  [[nodiscard]] std::uint64_t life() const noexcept { return life_; }
  /// After ends that nobody wanted.
  [[nodiscard]] std::uint32_t restarts() const noexcept { return restarts_; }
  [[nodiscard]] const std::string& last_cause() const noexcept { return last_cause_; }
  [[nodiscard]] dispatch::host_end last_end() const noexcept { return last_end_; }
  [[nodiscard]] bool has_process() const noexcept { return process_; }

private:
  effects start(time_point now, bool is_restart);
  [[nodiscard]] effects late_to_start(time_point now);
  effects kill_because(const std::string& why);
  effects ended(const dispatch::host_loss& loss, time_point now);
  [[nodiscard]] dispatch::host_loss judge(const child_exit& how) const;

  host_limits limits_;
  supervision::restart_judge judge_;
  std::uint32_t seed_;
  host_phase phase_ = host_phase::waiting;
  bool process_ = false;
  bool announced_ = false;
  bool asked_ = false;
  std::uint64_t life_ = 0;
  std::uint32_t restarts_ = 0;
  std::uint64_t ticket_ = 0;
  std::uint32_t stillborn_ = 0;
  time_point since_{};
  time_point scanned_{}; ///< when a host of this node said hello for the first time; epoch: never
  time_point heard_{};
  time_point ticked_{};
  time_point lost_{}; ///< when the connection broke; epoch: it did not
  std::string hung_;  ///< why we killed it
  std::string over_;  ///< why it is to start over; empty: it is not
  std::string last_words_;
  std::string last_cause_;
  dispatch::host_end last_end_ = dispatch::host_end::asked;
};

} // namespace vdoc::hosts
