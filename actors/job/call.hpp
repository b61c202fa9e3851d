#pragma once

#include "actors/canceller/protocol.hpp"

#include <caf/send.hpp>

#include <string>
#include <utility>

namespace vdoc::job {

/// What a media host was asked to do, under a name that nobody else uses. When this goes before the
/// answer has come, nobody waits for it any more, and the host is told to leave off.
class call {
public:
  call() = default;
  call(canceller::actor at, std::string name) : at_{std::move(at)}, name_{std::move(name)} {}
  call(call&& other) noexcept
      : at_{std::exchange(other.at_, nullptr)}, name_{std::move(other.name_)} {}
  call& operator=(call&& other) noexcept {
    std::swap(at_, other.at_);
    std::swap(name_, other.name_);
    return *this;
  }
  call(const call&) = delete;
  call& operator=(const call&) = delete;
  ~call() {
    if (at_)
      caf::anon_send(at_, canceller::cancel{name_});
  }

  void answered() noexcept { at_ = nullptr; }

private:
  canceller::actor at_;
  std::string name_;
};

} // namespace vdoc::job
