#pragma once

#include <unistd.h>
#include <utility>

namespace vdoc::resources {

/// Owns an open file, and closes it.
class descriptor {
public:
  explicit descriptor(int number = -1) noexcept : number_{number} {}
  descriptor(descriptor&& other) noexcept : number_{std::exchange(other.number_, -1)} {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~descriptor() {
    if (is_open())
      ::close(number_);
  }
  [[nodiscard]] int number() const noexcept { return number_; } ///< -1: there is none
  [[nodiscard]] bool is_open() const noexcept { return number_ >= 0; }

private:
  int number_;
};

} // namespace vdoc::resources
