#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vdoc::conf {

/// What a node is there for; at least one of them.
struct roles {
  bool gateway = false;          ///< its doors are open: it takes jobs in, and answers
  bool worker = false;           ///< its media hosts do what keeps a core busy
  bool leader_candidate = false; ///< it contends for the lease
  friend bool operator==(const roles&, const roles&) = default;
};

/// "all", or some of "gateway", "worker" and "leader-candidate" separated by commas, in any order.
/// Nothing: it is none of that.
std::optional<roles> roles_in(std::string_view text);

/// Their words, in the order above.
std::vector<std::string> words_of(const roles& what);

} // namespace vdoc::conf
