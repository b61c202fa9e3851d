#include "cluster/ledger/states.hpp"

#include <array>

namespace vdoc::ledger {

namespace {

constexpr std::array<std::string_view, 14> kinds{
    "submitted", "started", "resumed",   "host_lost", "warned", "retrying", "interrupted",
    "succeeded", "failed",  "cancelled", "scheduled", "due",    "requeued", "reprioritised"};

constexpr std::array<std::string_view, 9> states{"unknown",  "queued",      "running",
                                                 "retrying", "interrupted", "succeeded",
                                                 "failed",   "cancelled",   "scheduled"};

constexpr std::array<std::string_view, 7> outcomes{
    "done", "unknown_job", "store_down", "known_already", "stale", "impossible", "unfit"};

template <class Enum, std::size_t N>
std::string name_in(const std::array<std::string_view, N>& names, Enum value) {
  const auto at = static_cast<std::size_t>(value);
  return std::string{at < N ? names[at] : "unknown"};
}

template <class Enum, std::size_t N>
std::optional<Enum> value_in(const std::array<std::string_view, N>& names, std::string_view name) {
  for (std::size_t i = 0; i < N; ++i)
    if (names[i] == name)
      return static_cast<Enum>(i);
  return std::nullopt;
}

} // namespace

std::string to_string(outcome what) {
  return name_in(outcomes, what);
}

std::string to_string(job_state state) {
  return name_in(states, state);
}

std::string to_string(event_kind kind) {
  return name_in(kinds, kind);
}

std::optional<job_state> job_state_from(std::string_view name) {
  return value_in<job_state>(states, name);
}

std::optional<event_kind> event_kind_from(std::string_view name) {
  return value_in<event_kind>(kinds, name);
}

job_state state_after(job_state before, event_kind kind) noexcept {
  if (is_end(before) && !begins_attempt(kind) && kind != event_kind::requeued)
    return before;
  switch (kind) {
  case event_kind::submitted:
    return before == job_state::unknown ? job_state::queued : before;
  case event_kind::scheduled:
    return before == job_state::queued ? job_state::scheduled : before;
  case event_kind::due:
    return before == job_state::scheduled ? job_state::queued : before;
  case event_kind::requeued:
    return job_state::queued;
  case event_kind::started:
  case event_kind::resumed:
    return job_state::running;
  case event_kind::host_lost:
  case event_kind::warned:
  case event_kind::reprioritised:
    return before;
  case event_kind::retrying:
    return job_state::retrying;
  case event_kind::interrupted:
    return job_state::interrupted;
  case event_kind::succeeded:
    return job_state::succeeded;
  case event_kind::failed:
    return job_state::failed;
  case event_kind::cancelled:
    return job_state::cancelled;
  }
  return before;
}

bool may_follow(job_state before, event_kind kind) noexcept {
  if (before == job_state::unknown)
    return kind == event_kind::submitted;
  switch (kind) {
  case event_kind::submitted:
    return false;
  case event_kind::scheduled:
    return before == job_state::queued;
  case event_kind::started: // twice, when it is in doubt whether the first was written
    return before != job_state::scheduled && before != job_state::running;
  case event_kind::resumed:
    return before != job_state::scheduled;
  case event_kind::retrying:
  case event_kind::interrupted:
  case event_kind::succeeded:
  case event_kind::host_lost:
    return before == job_state::running;
  case event_kind::failed:
  case event_kind::cancelled:
    return !is_end(before);
  case event_kind::due:
    return before == job_state::scheduled;
  case event_kind::requeued:
    return is_end(before) || before == job_state::retrying;
  case event_kind::warned:
  case event_kind::reprioritised:
    return true;
  }
  return false;
}

} // namespace vdoc::ledger
