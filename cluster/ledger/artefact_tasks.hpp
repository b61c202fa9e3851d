#pragma once

#include "cluster/ledger/records.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace vdoc::ledger {

/// Kind of the documents that say what is still to be done in the artefact store; the key is the
/// job's id, the body {"task": "move", "since_unix_ms": 0, "why": "...", "fallback": "whole"}:
/// results that were left in the data folder, or put into the fallback store. The task "clear" is
/// of those that the store has, and the fallback may still have, "erase" of those that retention
/// has removed here, "drop" of those whose copy in the data folder goes once the store has them.
inline constexpr const char* artefacts_kind = "artefacts";

/// How much of a job's results the fallback store may have.
enum class fallback_part : std::uint8_t { none, part, whole };

struct artefact_task {
  enum class kind : std::uint8_t { move, clear, erase, drop } what = kind::move;
  std::int64_t since_unix_ms = 0;
  std::string why;
  fallback_part in_fallback = fallback_part::none;
  friend bool operator==(const artefact_task&, const artefact_task&) = default;
};

document artefact_task_of(const std::string& job_id, const artefact_task& what);
/// That removes the document.
document no_artefact_task_of(const std::string& job_id);
/// Nothing when it cannot be read.
std::optional<artefact_task> artefact_task_in(const document& stored);

} // namespace vdoc::ledger
