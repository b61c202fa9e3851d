#pragma once

#include "actors/job/shell.hpp"

namespace vdoc::job {

/// Reads what other jobs have found, says `poison_known`, and then `start`. A ledger that cannot be
/// asked is no reason to wait.
void start_knowing_poison(self_pointer self);
/// Leaves word for other jobs.
void remember_poison(self_pointer self, const found_poison& what);

} // namespace vdoc::job
