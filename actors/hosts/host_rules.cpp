#include "actors/hosts/host_rules.hpp"

#include <algorithm>
#include <csignal>

namespace vdoc::hosts {

namespace {

using dispatch::host_end;
using dispatch::host_loss;
using supervision::signal_name;

/// The last line that a process printed, as a hint behind its cause of death.
std::string hint(const child_exit& how) {
  return how.last_lines.empty() ? std::string{} : " (said last: " + how.last_lines.back() + ")";
}

std::string seconds(span length) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(length).count()) + " s";
}

/// Signals that a process brings upon itself.
bool own_fault(int signal) {
  switch (signal) {
  case SIGSEGV:
  case SIGABRT:
  case SIGBUS:
  case SIGFPE:
  case SIGILL:
  case SIGSYS:
  case SIGTRAP:
  case SIGXCPU:
  case SIGXFSZ:
    return true;
  default:
    return false;
  }
}

} // namespace

host_rules::host_rules(const host_limits& limits, std::uint32_t seed)
    : limits_{limits}, judge_{supervision::restart::permanent, limits.budget, seed}, seed_{seed} {}

effects host_rules::begin(time_point now) {
  return start(now, false);
}

effects host_rules::start(time_point now, bool is_restart) {
  phase_ = host_phase::starting;
  process_ = true;
  announced_ = false;
  ++life_;
  ++ticket_; // what was to be done with the process before
  restarts_ += is_restart ? 1 : 0;
  since_ = heard_ = ticked_ = now;
  lost_ = {};
  hung_.clear();
  over_.clear();
  last_words_.clear();
  return {start_process{life_, is_restart}};
}

effects host_rules::hello(std::uint64_t life, time_point now) {
  if (life != life_ || phase_ != host_phase::starting || !process_)
    return {};
  if (!hung_.empty() || !over_.empty()) // it is being killed: no work for it
    return {};
  phase_ = host_phase::up;
  heard_ = now;
  stillborn_ = 0;
  announced_ = true;
  return {say_up{}};
}

effects host_rules::answered(std::uint64_t life, time_point now) {
  if (life == life_)
    heard_ = now;
  return {};
}

effects host_rules::connection_lost(std::uint64_t life, time_point now) {
  if (life == life_ && process_ && announced_) // else it is the one of an earlier life
    lost_ = now;
  return {};
}

effects host_rules::lingers(std::uint64_t life, time_point now) {
  if (life != life_ || phase_ != host_phase::up || !process_ || !hung_.empty())
    return {};
  effects out{let_linger{life_}};
  for (auto& more : ended(over_.empty() ? host_loss{host_end::lost, "it lost its leader"}
                                        : host_loss{host_end::asked, over_},
                          now))
    out.push_back(std::move(more));
  return out;
}

void host_rules::last_words(std::uint64_t life, const std::string& cause) {
  if (life == life_)
    last_words_ = cause;
}

effects host_rules::tick(time_point now) {
  const auto late = now - ticked_;
  ticked_ = now;
  if (!process_ || !hung_.empty() || !over_.empty())
    return {};
  if (late > limits_.silence / 2) { // it was us who stood still: nobody could answer
    heard_ = now;
    return {};
  }
  if (phase_ == host_phase::starting)
    return late_to_start(now);
  if (lost_ != time_point{} && now - lost_ >= limits_.exit_after_loss)
    return kill_because("its connection broke and it did not end");
  if (now - heard_ >= limits_.silence)
    return kill_because("no answer for " + seconds(limits_.silence));
  return {};
}

effects host_rules::late_to_start(time_point now) {
  const bool is_scanned = scanned_ != time_point{};
  const auto within = is_scanned ? limits_.hello_again_within : limits_.hello_within;
  if (now - std::max(since_, scanned_) <= within)
    return {};
  return kill_because("not ready within " + seconds(within));
}

void host_rules::node_has_started_one(time_point now) noexcept {
  if (scanned_ == time_point{})
    scanned_ = now;
}

effects host_rules::start_over(const std::string& why, bool may_linger) {
  if (!process_)
    return {};
  over_ = why;
  if (may_linger && phase_ == host_phase::up)
    return {ask_to_part{}, wake_me{limits_.part_within, ++ticket_}};
  return {kill_process{}};
}

effects host_rules::kill_because(const std::string& why) {
  hung_ = why;
  return {kill_process{}};
}

host_loss host_rules::judge(const child_exit& how) const {
  if (!hung_.empty())
    return {host_end::hung, hung_};
  if (how.by_signal && own_fault(how.code))
    return {host_end::crashed, signal_name(how.code) + hint(how)};
  if (!over_.empty())
    return {host_end::asked, over_};
  if (asked_)
    return {host_end::asked, {}};
  if (how.by_signal && how.code == SIGKILL && how.out_of_memory)
    return {host_end::starved, "SIGKILL for lack of memory"};
  if (how.by_signal)
    return {host_end::killed, signal_name(how.code) + " from outside"};
  if (!last_words_.empty())
    return {host_end::crashed, last_words_};
  if (how.code == static_cast<int>(host_exit::node_gone) ||
      how.code == static_cast<int>(host_exit::no_node) ||
      how.code == static_cast<int>(host_exit::leader_gone))
    return {host_end::lost, "it lost its connection" + hint(how)};
  return {host_end::crashed, "exit code " + std::to_string(how.code) + hint(how)};
}

effects host_rules::exited(std::uint64_t life, const child_exit& how, time_point now) {
  if (life != life_ || !process_)
    return {};
  return ended(judge(how), now);
}

effects host_rules::start_failed(const std::string& why, time_point now) {
  return ended({host_end::crashed, why}, now);
}

effects host_rules::ended(const host_loss& loss, time_point now) {
  effects out;
  process_ = false;
  if (announced_)
    out.emplace_back(say_down{life_, loss});
  if (asked_) {
    phase_ = host_phase::ended;
    return out;
  }
  if (loss.how == host_end::asked) {
    out.push_back(start(now, false).front());
    return out;
  }
  last_cause_ = loss.cause;
  last_end_ = loss.how;
  const bool by_itself = loss.how == host_end::crashed || loss.how == host_end::hung;
  if (!announced_ && by_itself && ++stillborn_ >= limits_.stillborn)
    out.emplace_back(say_hopeless{loss.cause});
  const auto verdict = judge_.child_ended(since_, true, now);
  if (const auto* again = std::get_if<supervision::start_again>(&verdict)) {
    phase_ = host_phase::waiting;
    out.emplace_back(wake_me{again->after, ++ticket_});
  } else {
    phase_ = host_phase::quarantined;
    judge_ = {supervision::restart::permanent, limits_.budget, ++seed_};
    out.emplace_back(wake_me{limits_.quarantine, ++ticket_});
  }
  return out;
}

effects host_rules::woke(std::uint64_t ticket, time_point now) {
  if (ticket != ticket_)
    return {};
  if (process_)
    return {kill_process{}}; // it was asked to leave and did not
  return asked_ ? effects{} : start(now, true);
}

bool host_rules::drain() {
  if (phase_ != host_phase::up)
    return false;
  phase_ = host_phase::draining;
  asked_ = true;
  return true;
}

effects host_rules::leave() {
  asked_ = true;
  const auto listens = phase_ == host_phase::up || phase_ == host_phase::draining;
  if (!process_) {
    phase_ = host_phase::ended;
    return {};
  }
  phase_ = host_phase::draining;
  if (!listens)
    return {kill_process{}};
  return {ask_to_leave{}, wake_me{limits_.leave_within, ++ticket_}};
}

} // namespace vdoc::hosts
