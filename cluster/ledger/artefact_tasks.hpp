#pragma once

#include "cluster/ledger/records.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace vdoc::ledger {

/// Kind of the documents that say what is still to be done in the artefact store; the key is the
/// job's id, the body {"task": "move", "since_unix_ms": 0, "why": "..."}: results that were left in
/// the data folder. The task "erase" is of those that retention has removed here.
inline constexpr const char* artefacts_kind = "artefacts";

struct artefact_task {
  bool erases = false; ///< else it moves
  std::int64_t since_unix_ms = 0;
  std::string why;
};

document artefact_task_of(const std::string& job_id, const artefact_task& what);
/// That removes the document.
document no_artefact_task_of(const std::string& job_id);
/// Nothing when it cannot be read.
std::optional<artefact_task> artefact_task_in(const document& stored);

} // namespace vdoc::ledger
