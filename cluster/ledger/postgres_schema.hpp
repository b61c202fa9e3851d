#pragma once

#include "cluster/ledger/open_store.hpp"

#include <string>

namespace vdoc::ledger::postgres {

class session;

/// The version that this program needs.
int newest_version() noexcept;

/// Which version the tables have. Throws `error`.
int version_of(session& with);

/// Applies the steps that are missing, in one transaction; other nodes that do the same wait and
/// then find nothing to do. Throws `error`, or `cannot_open` when the tables are newer than we are.
schema_versions migrate(const std::string& url);

/// Throws `cannot_open` unless tables of this version can be used.
void check_version(int version, const std::string& url);

} // namespace vdoc::ledger::postgres
