#pragma once

#include "cluster/desk/desk.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace vdoc::desk {

/// {"id": "<job id>"}: which job.
struct parsed_reference {
  verdict how;
  std::string id;
};
parsed_reference parse_reference(std::string_view json);

/// {"name": "nightly", "tenant": "default"}: which schedule. The tenant may be left out: the
/// caller's own, or "default".
struct parsed_name {
  verdict how;
  std::string name;
  std::string tenant;
};
parsed_name parse_name(std::string_view json, const caller& who);

/// What an order says beside the job: {"cause": "..."}, and "spec" of a retry, "priority" of a
/// change of it (there it has to be). Empty: nothing.
struct parsed_order {
  verdict how;
  job_order what;
};
parsed_order parse_order(std::string_view json, job_action what);

/// The same with the "id" of the job, which has to be there.
struct parsed_job_order {
  verdict how;
  std::string id;
  job_order what;
};
parsed_job_order parse_job_order(std::string_view json, job_action what);

/// {"states": ["failed"], "tenant": "", "queue": "", "label": "show:news", "text": "",
/// "from": "2026-12-01T08:00:00Z", "until": ..., "cursor": "", "most": 100}, all of it optional;
/// the times are those of submission, `until` not included.
struct parsed_filter {
  verdict how;
  ledger::job_filter which;
  std::string cursor;
  std::uint32_t most = 100;
};
parsed_filter parse_filter(std::string_view json);

/// {"action": "cancel" | "retry" | "reprioritise", "filter": {...}, "most": 1000} and what
/// `parse_order` reads. The filter has to be there, and to say something: an empty one that is
/// meant is {"tenant": "*"}.
struct parsed_bulk {
  verdict how;
  job_order what;
  ledger::job_filter which;
  std::uint32_t most = 1'000;
};
parsed_bulk parse_bulk(std::string_view json);

/// {"paused": true, "concurrency": 2, "starts_per_min": 30}, at least one of them.
struct parsed_queue_change {
  verdict how;
  queue_change what;
};
parsed_queue_change parse_queue_change(std::string_view json);

/// The same with the "name" of the queue.
struct parsed_queue_order {
  verdict how;
  std::string name;
  queue_change what;
};
parsed_queue_order parse_queue_order(std::string_view json);

/// {"queued": 100, "share": 3, "running": null}, at least one of `tenant_limit`; null: as for all
/// tenants again.
struct parsed_tenant_change {
  verdict how;
  std::string name; ///< empty: not said
  tenant_change what;
};
parsed_tenant_change parse_tenant_change(std::string_view json);
/// The same with the "name" of the tenant, which has to be there.
parsed_tenant_change parse_tenant_order(std::string_view json);

/// {"action": "cordon" | "uncordon" | "drain", "node": "b", "cause": "..."}.
struct parsed_node_change {
  verdict how;
  node_change what;
};
parsed_node_change parse_node_change(std::string_view json);
/// {"cause": "..."} or nothing: the rest is known.
parsed_node_change parse_node_change(std::string_view json, node_action what,
                                     const std::string& node);

/// {"action": "reset", "breaker": "source films.example", "cause": "..."}: the action may be left
/// out where nothing else can be meant.
struct parsed_breaker_reset {
  verdict how;
  breaker_reset what;
};
parsed_breaker_reset parse_breaker_reset(std::string_view json);

} // namespace vdoc::desk
