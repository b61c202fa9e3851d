#pragma once

#include "test/support/media_catalogue.hpp"

namespace vdoc::test {

/// Runs the engine on one source of the catalogue and checks all that issue and catalogue promise
/// of it: exit code, job.json, exact renditions, upright shape, languages. Failures are Boost's.
void becomes_exact(const source& recipe);

} // namespace vdoc::test
