#pragma once

#include "cluster/desk/bulk.hpp"
#include "cluster/desk/desk.hpp"

#include <functional>
#include <utility>
#include <vector>

namespace vdoc::net {

/// Jobs that come one by one, from many connections, go to the desk together: one message and one
/// answer for all that came in one turn of the loop. One thread; the desk outlives it.
class gathered_submits {
public:
  using answerer = std::function<void(const desk::admission&)>;

  /// Those who submitted are answered where `back` leads: one message for all of them.
  gathered_submits(desk::desk& to, desk::hop back) : to_{to}, back_{std::move(back)} {}

  void add(const desk::caller& who, ledger::job what, answerer answer);
  /// At the end of the turn.
  void flush();
  [[nodiscard]] bool empty() const noexcept { return jobs_.empty(); }

private:
  static constexpr std::size_t most = 256; ///< jobs, then they go at once

  desk::desk& to_;
  desk::hop back_;
  desk::caller who_; ///< of all that are gathered
  std::vector<ledger::job> jobs_;
  std::vector<answerer> answers_;
};

} // namespace vdoc::net
