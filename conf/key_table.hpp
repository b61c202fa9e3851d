#pragma once

#include "conf/settings.hpp"

#include <span>
#include <string_view>
#include <variant>

namespace vdoc::conf {

/// Where the value of a key lives in a `settings`.
using slot =
    std::variant<bool*, std::int64_t*, std::string*, std::vector<std::string>*, std::vector<rung>*>;

/// One key: its place and what it may hold. The only list of keys there is: the file, the
/// environment, the flags and the tests all go by it.
struct key {
  std::string_view section;
  std::string_view name;
  slot (*in)(settings&);
  std::int64_t least = 0; ///< of a number
  std::int64_t most = 0;  ///< of a number
  /// Of a text: separated by '|', or in words if `well_formed` says what it may be; empty: any.
  std::string_view choices{};
  bool (*well_formed)(std::string_view) = nullptr; ///< of a text; may be null
};

/// All of them, in the order of the structs.
std::span<const key> key_table();

/// "run.crf". Null when there is no such key.
const key* find_key(std::string_view dotted);

/// What is wrong with the value that `what` has in `in`: "has to be from 0 to 51"; "" when nothing
/// is.
std::string complaint(const key& what, settings& in);

} // namespace vdoc::conf
