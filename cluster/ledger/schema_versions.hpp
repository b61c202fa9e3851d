#pragma once

#include <string>

namespace vdoc::ledger {

/// The versions of the tables that a database has, and that this program needs.
struct schema_versions {
  int found = 0; ///< 0: none yet
  int needed = 0;
  int usable_from = 0; ///< programs that need this version or a later one can use what was found

  /// Newer tables than the needed ones may do, older ones never.
  [[nodiscard]] bool are_usable() const noexcept {
    return found >= needed && usable_from <= needed;
  }
};

/// "schema 5 of 5", or "schema 7, usable from 6; this program knows 5".
std::string words_of(const schema_versions& versions);

/// Throws `cannot_open` when the tables are too new for this program. `where` they are is said.
void check_not_too_new(const schema_versions& versions, const std::string& where);

/// Throws `cannot_open` when they cannot be used as they are.
void check_usable(const schema_versions& versions, const std::string& where);

} // namespace vdoc::ledger
