#include "actors/node/lent_hosts.hpp"

#include "actors/node/end_signals.hpp"
#include "net/log/log.hpp"

#include <string_view>

namespace vdoc::node {

namespace {

constexpr std::chrono::milliseconds between_questions{250};

} // namespace

void pass_on(const std::string& host, const std::string& line) {
  constexpr std::string_view of_host = "media host: ";
  if (line.starts_with(of_host))
    log::say(log::level::normal, line.substr(of_host.size()), {{"host", host}});
}

void drain_hosts(const std::function<bool()>& may_go, std::chrono::seconds patience) {
  log::say(log::level::normal, "media hosts finish what they have, and get nothing new");
  const auto until = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < until) {
    if (may_go())
      return log::say(log::level::normal, "media hosts have nothing left");
    if (wait_for_end_signal(between_questions))
      return;
  }
  log::say(log::level::warning, "not all of it was finished in time; it is done elsewhere");
}

} // namespace vdoc::node
