#pragma once

#include "pipelines/fault.hpp"

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

namespace vdoc {

/// Whether what a media host makes is still for the leader that it was begun for. Who makes
/// something that can be kept says so, and who writes where the leader reads. Once the leader is
/// gone nothing may be written there: the folder is the next one's. Any thread.
class allegiance {
public:
  /// Something under this key is being made, until this is destroyed.
  class making {
  public:
    /// Throws `gone` when the leader is.
    making(allegiance& to, std::string key);
    making(const making&) = delete;
    making& operator=(const making&) = delete;
    ~making();

  private:
    allegiance& to_;
  };

  /// Does something that writes where the leader reads. False: the leader is gone, and nothing was
  /// done. What `how` throws goes on.
  bool write(const std::function<void()>& how);
  /// Why something is not done then: nobody's fault here.
  [[nodiscard]] static failure gone();

  /// The leader is gone, for good. Returns the key of what may be finished all the same, and calls
  /// `done` on the thread that makes it when that is over. Nothing: there is none, or something is
  /// just being written; then the process has to end at once. To be called once.
  std::optional<std::string> part(std::function<void()> done);

private:
  mutable std::mutex mutex_;
  std::optional<std::string> made_;
  std::uint32_t writers_ = 0;
  bool over_ = false;
  std::function<void()> done_;
};

} // namespace vdoc
