#pragma once

#include <stdexcept>
#include <string>

namespace vdoc::net {

/// Whose fault it is that a source could not be fetched; it decides about trying again.
enum class at_fault : unsigned char {
  user, ///< the URL: trying again is of no use
  peer, ///< the source host, the network or the disk: trying again later may help
  ours, ///< a bug
};

/// A source could not be fetched. `what()` is one line without secrets: user, password and query of
/// the URL are left out.
class fetch_error : public std::runtime_error {
public:
  fetch_error(at_fault whose, const std::string& what, std::string advice = {})
      : std::runtime_error{what}, whose_{whose}, advice_{std::move(advice)} {}

  [[nodiscard]] at_fault whose() const noexcept { return whose_; }
  /// What to do about it; may be empty.
  [[nodiscard]] const std::string& advice() const noexcept { return advice_; }

private:
  at_fault whose_;
  std::string advice_;
};

/// Nobody wants the source any more. Not a fault.
class fetch_cancelled : public std::runtime_error {
public:
  fetch_cancelled() : std::runtime_error{"the fetch was cancelled"} {}
};

} // namespace vdoc::net
