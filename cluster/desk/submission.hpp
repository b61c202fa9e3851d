#pragma once

#include "cluster/desk/desk.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace vdoc::desk {

/// Limits of what a caller may say of one job. A longer text is refused, not cut.
struct submission_limits {
  std::size_t source_bytes = 8'192;
  std::size_t key_bytes = 255;
  std::size_t name_bytes = 63; ///< of queues and tenants: [a-z0-9._-]
  std::size_t labels = 32;
  std::size_t label_bytes = 255;
  std::size_t after = 100;
  std::size_t spec_bytes = 65'536;
  std::int64_t dedupe_s = std::int64_t{7} * 86'400; ///< the longest window
};

/// A job out of its JSON form, the same over ZeroMQ and HTTP:
///
///     {"source": "/films/talk.mp4",      path or URL; the only field that must be there
///      "kind": "video" | "noop",         default video; noop goes all the way and does nothing
///      "queue": "default", "priority": 0 | "low" | "normal" | "high" | "urgent",
///      "idempotency_key": "...", "tenant": "...", "labels": {"show": "news"},
///      "dedupe": {"key": "...", "window_s": 600},
///      "not_before": "2026-12-01T08:00:00Z" | 1764576000000, "after": ["<job id>"],
///      "traceparent": "00-...",
///      "callback": "https://..." | {"url": "https://...", "events": ["failed"]},
///      "spec": {"ladder": "auto", "preset": "...", "crf": 23, "segment_ms": 4000,
///               "container": "fmp4", "mp4": false, "captions": "auto", "language": "en",
///               "document": true, "skip_poison": false, "soft_limit_s": 0, "hard_limit_s": 3600,
///               "attempts": 3, "needs": ["zone:eu-1"], "fresh": false}}
///
/// A dedupe without a key has one made of source, queue and spec.
/// Unknown fields, wrong types and values out of range are refused by name. Priorities by name are
/// -10, 0, 10, 20. A tenant other than the caller's is `forbidden` unless the caller's is "*".
struct parsed_job {
  verdict how;
  ledger::job what;
};
parsed_job parse_job(std::string_view json, const caller& who,
                     const submission_limits& limits = {});

/// {"jobs": [...]}: one to `most` jobs, each taken or refused by itself.
struct parsed_batch {
  verdict how;
  std::vector<parsed_job> jobs;
};
parsed_batch parse_batch(std::string_view json, const caller& who, std::size_t most,
                         const submission_limits& limits = {});

/// A schedule out of its JSON form: {"name": "nightly", "cron": "0 3 * * *", "paused": false,
/// "job": <a job as above, without idempotency_key, dedupe, not_before and after>}.
struct parsed_schedule {
  verdict how;
  schedule what;
};
parsed_schedule parse_schedule(std::string_view json, const caller& who,
                               const submission_limits& limits = {});
/// Names of queues and tenants are made of a to z, 0 to 9 and ._-
bool is_name(std::string_view text);

/// W3C Trace Context, level 1: "00-<32 digits>-<16 digits>-<2 digits>", neither id all zeros.
bool is_traceparent(std::string_view text);

/// The form in which jobs, queues and tenants are shown, over ZeroMQ and HTTP.
std::string to_json(const job_view& what);
std::string to_json(const ledger::event& what);
std::string to_json(const queue_view& what);
std::string to_json(const tenant_view& what);
std::string to_json(const schedule& what);
std::string to_json(const node_view& what);
/// {"leader": "<name>", "nodes": [...]}: "" while nobody leads.
std::string cluster_to_json(const std::vector<node_view>& nodes);
/// The answer to an order on a node that is done.
std::string node_ordered_to_json(const std::string& name, const verdict& how);
/// Those that are the caller's business.
std::vector<tenant_view> seen_by(const caller& who, std::vector<tenant_view> all);
/// {"error": {"code": "busy", "message": "...", "advice": "...", "retry_after_ms": 500}}
std::string to_json(const verdict& what);
std::string to_string(refusal why);
std::string to_string(node_action what);

} // namespace vdoc::desk
