#pragma once

#include "actors/queue/backlog.hpp"
#include "cluster/desk/desk.hpp"

#include <string>

namespace vdoc::queue {

/// Kind of the ledger's documents that hold what operators have set of queues; the key is the
/// queue's name.
inline constexpr const char* settings_kind = "queue";

/// {"paused":true,"concurrency":2,"starts_per_min":30}
std::string to_body(const queue_terms& terms);
/// What cannot be read counts as not set.
queue_terms terms_of_body(const std::string& body);

/// What a change makes of terms.
queue_terms changed(queue_terms terms, const desk::queue_change& by);

} // namespace vdoc::queue
