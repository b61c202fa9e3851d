#pragma once

#include <string_view>

namespace vdoc::conf {

/// A word that a node offers, or a job needs: "spot", "zone:eu-1". One or two names of a to z, 0 to
/// 9 and ._- with a colon between, at most 80 bytes.
bool is_offer(std::string_view text);

} // namespace vdoc::conf
