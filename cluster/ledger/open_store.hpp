#pragma once

#include "cluster/ledger/migrations.hpp"
#include "cluster/ledger/store.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace vdoc::ledger {

/// What a store is opened for.
enum class purpose : std::uint8_t {
  writing, ///< the tables are brought up to date first
  reading, ///< on a replica, perhaps: nothing is changed, and what would change something fails
};

/// Opens the store at a URL (postgresql:// or postgres://) or in a SQLite file, given as a path.
/// Throws `cannot_open` when it can never be opened as it is. A PostgreSQL server that is away, or
/// goes away, is no such reason: its store says `store_down` and connects when it is asked again.
std::unique_ptr<store> open_store(const std::string& url_or_path,
                                  purpose what_for = purpose::writing);

/// Brings the tables up to date. Safe to do twice, and by several nodes at once. Says which version
/// was found. Throws `cannot_open`.
schema_versions migrate(const std::string& url_or_path);

/// Changes nothing. Throws `cannot_open`.
schema_versions versions_of(const std::string& url_or_path);

/// Whether it is one, or else a path.
bool is_postgres_url(const std::string& url_or_path) noexcept;

/// To be shown: without a password.
std::string shown_url(const std::string& url_or_path);

} // namespace vdoc::ledger
