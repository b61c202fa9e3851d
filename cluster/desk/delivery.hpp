#pragma once

#include "cluster/ledger/records.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace vdoc::desk {

/// The kind of the documents that deliveries are kept in.
inline constexpr const char* delivery_kind = "delivery";

/// What is kept of a delivery: the body of its document.
struct delivery_note {
  std::string job_id;
  std::string tenant; ///< of the job; empty in notes of earlier versions
  std::string url;
  std::string type; ///< "job.succeeded"
  std::string cause;
  std::int64_t at_unix_ms = 0; ///< when it happened
  std::uint32_t attempts = 0;
  std::int64_t due_unix_ms = 0;
  friend bool operator==(const delivery_note&, const delivery_note&) = default;
};

std::string to_body(const delivery_note& what);
std::optional<delivery_note> from_body(const std::string& body);

/// What a job's callback wants to hear of an event: a document to be written with it. Nothing when
/// it does not want it, or has none.
std::optional<ledger::document> delivery_of(const std::string& callback, const std::string& tenant,
                                            const ledger::event& event);

/// Whose secret signs it. The job may be removed, and then says nothing.
const std::string& tenant_of(const delivery_note& what, const ledger::job_record& job);

/// What the target reads, by the Standard Webhooks specification:
///
///     {"type": "job.failed", "timestamp": "2026-12-01T08:00:00.000Z",
///      "data": {"id": "...", "state": "failed", "cause": "...", "source": "...", "tenant": "...",
///               "queue": "...", "labels": {...}, "attempts": 3}}
std::string letter_body(const delivery_note& what, const ledger::job_record& job);

} // namespace vdoc::desk
