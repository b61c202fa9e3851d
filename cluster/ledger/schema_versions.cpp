#include "cluster/ledger/schema_versions.hpp"

#include "cluster/ledger/migrations.hpp"
#include "cluster/ledger/store.hpp"

namespace vdoc::ledger {

int usable_from(std::span<const migration> steps) noexcept {
  int oldest = 0;
  for (const auto& one : steps)
    if (!one.only_adds)
      oldest = one.number;
  return oldest;
}

std::string words_of(const schema_versions& versions) {
  if (versions.found > versions.needed)
    return "schema " + std::to_string(versions.found) + ", usable from " +
           std::to_string(versions.usable_from) + "; this program knows " +
           std::to_string(versions.needed);
  return "schema " + std::to_string(versions.found) + " of " + std::to_string(versions.needed);
}

void check_not_too_new(const schema_versions& versions, const std::string& where) {
  if (versions.usable_from > versions.needed)
    throw cannot_open{where + " has " + words_of(versions) + ": upgrade this node", {}};
}

void check_usable(const schema_versions& versions, const std::string& where) {
  check_not_too_new(versions, where);
  if (!versions.are_usable())
    throw cannot_open{where + " has the tables of " + words_of(versions),
                      "run `video-doc ledger migrate`"};
}

} // namespace vdoc::ledger
