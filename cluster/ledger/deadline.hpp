#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace vdoc::ledger {

/// Cuts a socket that a call of a library waits on for too long, so that the call returns with an
/// error: for libraries whose calls have no time limit of their own, and for servers that neither
/// answer nor go away.
class deadline {
public:
  deadline() = default;
  deadline(const deadline&) = delete;
  deadline& operator=(const deadline&) = delete;
  ~deadline();

  /// Lets `socket` be for so long, as long as it lives.
  class guard {
  public:
    guard(deadline& owner, int socket, std::chrono::milliseconds patience);
    guard(const guard&) = delete;
    guard& operator=(const guard&) = delete;
    ~guard();
    /// Whether the socket was cut.
    [[nodiscard]] bool passed() const;

  private:
    deadline& owner_;
  };

private:
  void watch();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  int socket_ = -1; ///< -1: nothing to watch
  std::chrono::steady_clock::time_point until_;
  bool cut_ = false;
  bool over_ = false;
  std::thread thread_; ///< started with the first guard
};

} // namespace vdoc::ledger
