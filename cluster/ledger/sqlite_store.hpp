#pragma once

#include "cluster/ledger/fence.hpp"
#include "cluster/ledger/schema_versions.hpp"
#include "cluster/ledger/store.hpp"

#include <chrono>
#include <filesystem>
#include <memory>

namespace vdoc::ledger {

/// Opens the embedded store and brings its tables up to date. WAL, every commit synced to disk.
/// Throws `cannot_open`: no permission, disk full, not a database, or made by a newer version.
/// Waits up to `patience` for a lock of another process, here and with every call.
std::unique_ptr<store>
open_sqlite_store(const std::filesystem::path& file,
                  std::chrono::milliseconds patience = std::chrono::seconds{5},
                  std::optional<fence> by = std::nullopt);

/// As `migrate` and `versions_of` of open_store.hpp.
schema_versions migrate_sqlite(const std::filesystem::path& file);
schema_versions versions_of_sqlite(const std::filesystem::path& file);

} // namespace vdoc::ledger
