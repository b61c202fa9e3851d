#pragma once

#include "pipelines/fault.hpp"

#include <caf/fwd.hpp>

namespace vdoc {

/// Packs a fault into an error reply of category "vdoc"; it survives the wire.
caf::error to_error(const fault& why);

/// What an error reply means to a person. Errors that are not ours become a fault of `ours`, with
/// CAF's own words in `where`.
fault to_fault(const caf::error& reply);

} // namespace vdoc
