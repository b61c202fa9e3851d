#pragma once

#include <functional>
#include <memory>
#include <string>

namespace vdoc::ledger {

/// Hears what is said on a channel of a PostgreSQL database (NOTIFY), by all nodes, this one
/// included. Connects again by itself. Calls `told` on a thread of its own, which it must not hold
/// up; also with each new connection, since anything may have been said before it.
class postgres_listener {
public:
  postgres_listener(std::string url, std::string channel, std::function<void()> told);
  /// Waits for a call of `told` to end.
  ~postgres_listener();
  postgres_listener(const postgres_listener&) = delete;
  postgres_listener& operator=(const postgres_listener&) = delete;

private:
  struct inside;
  std::unique_ptr<inside> inside_;
};

} // namespace vdoc::ledger
