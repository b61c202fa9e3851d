#pragma once

#include "cluster/ledger/records.hpp"

#include <string>

namespace vdoc::node {

/// What `video-doc ledger jobs` and `history` print: one line each, for people or as JSON. Texts
/// are shown on that line whatever is in them.
std::string line_of(const ledger::job_record& one, bool json);
std::string line_of(const ledger::event& one, bool json);

} // namespace vdoc::node
