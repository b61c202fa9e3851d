// Makes of the engine a program of another version. It speaks the versions of the protocol between
// nodes that its environment says, ANOTHER_VERSION_SPEAKS="3-4". Where that says
// ANOTHER_VERSION_SCHEMA, its ledger takes one step more: "adds" one that only adds, "breaks" one
// that programs of before cannot live with.

#include "cluster/ledger/migrations.hpp"
#include "cluster/membership/own_protocols.hpp"

#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

namespace {

std::string said(const char* name) {
  const char* words = std::getenv(name); // NOLINT(concurrency-mt-unsafe)
  return words == nullptr ? "" : words;
}

} // namespace

namespace vdoc::membership {

protocol_range own_protocols() {
  protocol_range speaks;
  std::istringstream in{said("ANOTHER_VERSION_SPEAKS")};
  char dash = 0;
  in >> speaks.oldest >> dash >> speaks.newest;
  return speaks;
}

} // namespace vdoc::membership

namespace vdoc::ledger {

namespace {

/// What a later version may want; the others neither write nor read it.
constexpr const char* later_tables =
    "ALTER TABLE jobs ADD COLUMN colour TEXT NOT NULL DEFAULT 'grey';"
    "ALTER TABLE events ADD COLUMN weight INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE documents ADD COLUMN author TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE leases ADD COLUMN place TEXT NOT NULL DEFAULT '';"
    "CREATE TABLE pictures (name TEXT PRIMARY KEY)";

std::vector<migration> with_a_later_step(std::span<const migration> known) {
  std::vector<migration> all{known.begin(), known.end()};
  if (const auto what = said("ANOTHER_VERSION_SCHEMA"); !what.empty())
    all.push_back({static_cast<int>(all.size()) + 1, "later_tables", later_tables, what == "adds"});
  return all;
}

} // namespace

std::span<const migration> sqlite_migrations() noexcept {
  static const auto all = with_a_later_step(embedded_sqlite_migrations());
  return all;
}

std::span<const migration> postgresql_migrations() noexcept {
  static const auto all = with_a_later_step(embedded_postgresql_migrations());
  return all;
}

} // namespace vdoc::ledger
