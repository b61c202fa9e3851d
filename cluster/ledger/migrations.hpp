#pragma once

#include <span>
#include <string_view>

namespace vdoc::ledger {

/// One step from an empty database to today's tables: a file of deploy/migrations.
struct migration {
  int number = 0; ///< from 1, without gaps
  std::string_view name;
  std::string_view sql;
};

/// All steps, in order. A step that was released is never edited: add another one.
std::span<const migration> sqlite_migrations() noexcept;
std::span<const migration> postgresql_migrations() noexcept;

/// The versions of the tables that a database has, and that this program needs.
struct schema_versions {
  int found = 0; ///< 0: none yet
  int needed = 0;
};

} // namespace vdoc::ledger
