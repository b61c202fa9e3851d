#include "cluster/ledger/migrations.hpp"

namespace vdoc::ledger {

std::span<const migration> sqlite_migrations() noexcept {
  return embedded_sqlite_migrations();
}

std::span<const migration> postgresql_migrations() noexcept {
  return embedded_postgresql_migrations();
}

} // namespace vdoc::ledger
