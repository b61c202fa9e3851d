#pragma once

#include <span>
#include <string_view>

namespace vdoc::ledger {

/// One step from an empty database to today's tables: a file of deploy/migrations.
struct migration {
  int number = 0; ///< from 1, without gaps
  std::string_view name;
  std::string_view sql;
  /// Programs that know only the steps before it read and write the tables as ever.
  bool only_adds = false;
};

/// All steps of this program, in order. A step that was released is never edited: add another one.
/// A program of another version can be linked with other ones, to see both work together.
std::span<const migration> sqlite_migrations() noexcept;
std::span<const migration> postgresql_migrations() noexcept;

/// Those in deploy/migrations.
std::span<const migration> embedded_sqlite_migrations() noexcept;
std::span<const migration> embedded_postgresql_migrations() noexcept;

/// The oldest version whose programs can use the tables after these steps: that of the last one
/// which did more than to add.
int usable_from(std::span<const migration> steps) noexcept;

} // namespace vdoc::ledger
