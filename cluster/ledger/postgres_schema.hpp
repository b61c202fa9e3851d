#pragma once

#include "cluster/ledger/schema_versions.hpp"

#include <string>

namespace vdoc::ledger::postgres {

class session;

/// Which version the tables have. Throws `error`.
schema_versions versions_in(session& with);

/// Applies the steps that are missing, in one transaction; other nodes that do the same wait and
/// then find nothing to do. Throws `error`, or `cannot_open` when the tables are too new for us.
schema_versions migrate(const std::string& url);

/// For a session that writes: brings the tables up to date, unless programs that use them now would
/// be locked out. Throws `error`, or `cannot_open` when they cannot be used.
void make_usable(session& with, const std::string& url);

} // namespace vdoc::ledger::postgres
