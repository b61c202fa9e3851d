#include "actors/fetcher/rules.hpp"

#include "actors/fetcher/process_protocol.hpp"

#include <algorithm>
#include <csignal>
#include <optional>
#include <utility>

namespace vdoc::fetcher {

bool rules::hangs(std::chrono::milliseconds quiet, bool whole) {
  hung_ = hung_ || quiet >= (whole ? limits_.sync : limits_.silence);
  return hung_;
}

verdict rules::again_after(std::uint32_t ends) const {
  constexpr std::uint32_t most_doublings = 10;
  const auto pause = limits_.first_pause * (1U << std::min(ends - 1, most_doublings));
  return start_again{std::min(pause, limits_.longest_pause)};
}

verdict rules::crashed(const std::string& cause) {
  if (++crashes_ < limits_.crashes)
    return again_after(crashes_);
  // Whose fault it is nobody knows. Not the source host's: its breaker counts what it answers.
  return give_up{
      {culprit::peer,
       "the process that fetches the source ended " + std::to_string(crashes_) + " times: " + cause,
       "try again later, and report it if it repeats", "fetcher"}};
}

verdict rules::ended(const supervision::child_exit& how) {
  if (std::exchange(hung_, false))
    return crashed("it hung");
  if (how.by_signal && how.code == SIGKILL && ++kills_ <= limits_.kills)
    return again_after(kills_);
  if (how.by_signal)
    return crashed(supervision::signal_name(how.code));
  const auto said = outcome_in(how.last_lines);
  if (how.code != 0 || !said)
    return crashed("exit code " + std::to_string(how.code) +
                   (how.last_lines.empty() ? "" : " (said last: " + how.last_lines.back() + ")"));
  if (const auto* why = std::get_if<fault>(&*said))
    return give_up{*why};
  return take_file{};
}

verdict rules::start_failed(const std::string& why) {
  return crashed(why);
}

} // namespace vdoc::fetcher
