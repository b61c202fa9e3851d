#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace vdoc::membership {

/// Something about certificates that cannot be done; says what to do about it.
class certificate_error : public std::runtime_error {
public:
  certificate_error(const std::string& what, std::string advice)
      : std::runtime_error{what}, advice_{std::move(advice)} {}
  [[nodiscard]] const std::string& advice() const noexcept { return advice_; }

private:
  std::string advice_;
};

} // namespace vdoc::membership
