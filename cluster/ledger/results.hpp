#pragma once

#include "cluster/ledger/records.hpp"

#include <string>

namespace vdoc::ledger {

/// Kind of the documents that say which job has results that others may reuse. The body is
/// {"job": "<id>"}. They may outlive the job.
inline constexpr const char* results_kind = "result";

document results_of(const std::string& key, const std::string& job_id);
/// "" when it cannot be read.
std::string job_of_results(const document& stored);

} // namespace vdoc::ledger
