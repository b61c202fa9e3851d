#pragma once

#include "cluster/ledger/schema_versions.hpp"
#include "cluster/ledger/store.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace vdoc::ledger {

/// What a store is opened for.
enum class purpose : std::uint8_t {
  writing, ///< the tables are brought up to date first, where no program that uses them minds
  reading, ///< on a replica, perhaps: nothing is changed, and what would change something fails
};

/// Opens the store at a URL (postgresql:// or postgres://) or in a SQLite file, given as a path.
/// Throws `cannot_open` when it can never be opened as it is. A PostgreSQL server that is away, or
/// goes away, is no such reason: its store says `store_down` and connects when it is asked again.
std::unique_ptr<store> open_store(const std::string& url_or_path,
                                  purpose what_for = purpose::writing);

/// Brings the tables up to date. Safe to do twice, and by several nodes at once. Says which version
/// was found, and from which on programs can use what there is now. Throws `cannot_open`.
schema_versions migrate(const std::string& url_or_path);

/// What opening a store to write would find out when it is first asked: throws `cannot_open` if
/// this program cannot use the tables. A server that does not answer within seconds is no reason.
void check_tables(const std::string& url_or_path);

/// Changes nothing. Throws `cannot_open`, also when the tables are too new for this program.
schema_versions versions_of(const std::string& url_or_path);

/// Whether it is one, or else a path.
bool is_postgres_url(const std::string& url_or_path) noexcept;

/// To be shown: without a password.
std::string shown_url(const std::string& url_or_path);

} // namespace vdoc::ledger
