#pragma once

#include "actors/job/shell.hpp"

/// The part of a JOB's shell that finds results of earlier jobs and takes them over.
namespace vdoc::job {

void find_twin(self_pointer self);
void digest_source(self_pointer self);
void begin_adoption(self_pointer self, const twin_found& twin);
void adopt_more(self_pointer self);
/// Leaves word of the results for later jobs. When it is lost, their work is done again.
void remember_results(self_pointer self);

} // namespace vdoc::job
