#pragma once

#include "cluster/ledger/fence.hpp"
#include "cluster/ledger/open_store.hpp"

namespace vdoc::ledger {

/// A store in PostgreSQL 15 or later, in the schema `video_doc`. Connects when it is first asked,
/// and again after an error; a question right after a failed attempt to connect is answered
/// `store_down` without another one. No call takes longer than some ten seconds.
///
/// Texts are kept as UTF-8: each byte that is none, and NUL, becomes U+FFFD.
std::unique_ptr<store> open_postgres_store(const std::string& url, purpose what_for,
                                           std::optional<fence> by = std::nullopt);

} // namespace vdoc::ledger
