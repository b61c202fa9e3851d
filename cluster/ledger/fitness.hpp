#pragma once

#include "cluster/ledger/records.hpp"

#include <string>
#include <string_view>

namespace vdoc::ledger {

/// Whether a text is UTF-8 (RFC 3629: nothing overlong, no surrogates) without NUL.
bool is_text(std::string_view bytes) noexcept;

/// The same text, or one with U+FFFD in place of every byte that keeps it from being one.
std::string as_text(std::string bytes);

/// Whether every store can keep it; see `store::write`.
bool is_fit(const job& what);
bool is_fit(const event& what);
bool is_fit(const document& what);

} // namespace vdoc::ledger
