#include "cluster/desk/checked_json.hpp"
#include "cluster/desk/instant.hpp"
#include "cluster/desk/load_json.hpp"
#include "cluster/desk/stored_json.hpp"
#include "cluster/desk/submission.hpp"

#include <array>

namespace vdoc::desk {

namespace {

using nlohmann::ordered_json;

/// Texts out of logs and of strangers' files may not be UTF-8: shown as well as can be.
/// JSON that was stored as text: shown as JSON, or as text should it not be any.
ordered_json stored(const std::string& text) {
  auto parsed = ordered_json::parse(text, nullptr, false);
  return parsed.is_discarded() ? ordered_json(text) : parsed;
}

void add_text(ordered_json& to, const char* name, const std::string& text) {
  if (!text.empty())
    to[name] = text;
}
void add_stored(ordered_json& to, const char* name, const std::string& text) {
  if (!text.empty())
    to[name] = stored(text);
}
void add_time(ordered_json& to, const char* name, std::int64_t unix_ms) {
  if (unix_ms != 0)
    to[name] = to_rfc3339(unix_ms);
}

/// What was asked for, in the words in which it can be asked for again.
void add_wish(ordered_json& to, const ledger::job& what) {
  to["source"] = what.source;
  to["tenant"] = what.tenant;
  to["queue"] = what.queue;
  to["priority"] = what.priority;
  add_text(to, "idempotency_key", what.idempotency_key);
  add_stored(to, "labels", what.labels);
  add_time(to, "not_before", what.not_before_unix_ms);
  if (!what.after.empty())
    to["after"] = what.after;
  add_text(to, "traceparent", what.traceparent);
  add_stored(to, "callback", what.callback);
  add_stored(to, "spec", what.spec);
}

} // namespace

std::string to_json(const job_view& what) {
  const auto& record = what.record;
  ordered_json view;
  view["id"] = record.what.id;
  view["state"] = ledger::to_string(record.state);
  add_wish(view, record.what);
  view["attempts"] = record.attempts;
  view["tries"] = record.tries;
  add_text(view, "cause", record.last_cause);
  add_text(view, "reused_from", record.reused_from);
  add_time(view, "submitted_at", record.submitted_unix_ms);
  add_time(view, "changed_at", record.changed_unix_ms);
  add_time(view, "due_at", record.due_unix_ms);
  if (record.state == ledger::job_state::running) {
    view["progress"] = what.progress;
    add_time(view, "eta", what.eta_unix_ms);
  }
  add_text(view, "stage", what.stage);
  add_text(view, "folder", what.folder);
  return written(view);
}

std::string to_json(const ledger::event& what) {
  ordered_json view;
  view["sequence"] = what.sequence;
  add_time(view, "at", what.at_unix_ms);
  view["kind"] = ledger::to_string(what.kind);
  view["attempt"] = what.attempt;
  add_text(view, "cause", what.cause);
  add_stored(view, "detail", what.detail);
  return written(view);
}

std::string to_json(const queue_view& what) {
  ordered_json view;
  view["name"] = what.name;
  view["paused"] = what.paused;
  view["concurrency"] = what.concurrency;
  view["starts_per_min"] = what.starts_per_min;
  view["waiting"] = what.waiting;
  view["running"] = what.running;
  view["scheduled"] = what.scheduled;
  view["oldest_age_ms"] = what.oldest_age_ms;
  view["backlog_media_ms"] = what.backlog_media_ms;
  return written(view);
}

std::string to_json(const tenant_view& what) {
  ordered_json view;
  view["name"] = what.name;
  view["waiting"] = what.waiting;
  view["running"] = what.running;
  view["results_bytes"] = what.results_bytes;
  view["uploads_bytes"] = what.uploads_bytes;
  view["limit_bytes"] = what.limits.stored_bytes();
  auto& limits = view["limits"] = ordered_json::object();
  for (std::size_t i = 0; i < tenant_limit_count; ++i)
    limits[to_string(static_cast<tenant_limit>(i))] = what.limits[static_cast<tenant_limit>(i)];
  auto& own = view["own"] = ordered_json::array();
  for (const auto& [limit, value] : what.own)
    own.push_back(to_string(limit));
  return written(view);
}

std::vector<tenant_view> seen_by(const caller& who, std::vector<tenant_view> all) {
  std::erase_if(all, [&](const auto& one) { return !who.sees(one.name); });
  return all;
}

std::string to_json(const schedule& what) {
  ordered_json view;
  view["name"] = what.name;
  view["cron"] = what.cron;
  view["paused"] = what.paused;
  add_time(view, "next_at", what.next_unix_ms);
  add_time(view, "last_at", what.last_unix_ms);
  auto& job = view["job"] = ordered_json::object();
  add_wish(job, what.what);
  return written(view);
}

static ordered_json view_of(const node_view& what) {
  ordered_json view;
  view["name"] = what.at.node;
  view["state"] = what.state;
  add_text(view, "reason", what.reason);
  add_text(view, "by", what.by);
  add_time(view, "state_since", what.state_since_unix_ms);
  add_text(view, "quarantine", what.quarantine);
  view["leads"] = what.leads;
  view["asked"] = what.asked;
  view["version"] = what.version;
  view["roles"] = what.roles;
  view["offers"] = what.offers;
  add_text(view, "zmq", what.at.zmq);
  add_text(view, "http", what.at.http);
  view["incarnation"] = what.incarnation;
  add_time(view, "since", what.since_unix_ms);
  add_time(view, "beat_at", what.beat_unix_ms);
  if (what.newest_protocol != 0)
    view["protocols"] = {{"oldest", what.oldest_protocol}, {"newest", what.newest_protocol}};
  if (what.load)
    view["load"] = to_ordered_json(*what.load);
  if (what.slots)
    view["slots"] = {{"taken", what.slots->taken}, {"of", what.slots->of}};
  return view;
}

std::string to_json(const node_view& what) {
  return written(view_of(what));
}

std::string cluster_to_json(const std::vector<node_view>& nodes) {
  ordered_json view{{"leader", ""}, {"nodes", ordered_json::array()}};
  for (const auto& one : nodes) {
    if (one.leads)
      view["leader"] = one.at.node;
    view["nodes"].push_back(view_of(one));
  }
  return written(view);
}

std::string node_ordered_to_json(const std::string& name, const verdict& how) {
  ordered_json view{{"name", name}};
  add_text(view, "note", how.advice);
  return written(view);
}

std::string to_json(const verdict& what) {
  ordered_json error;
  error["code"] = to_string(what.why);
  error["message"] = what.what;
  add_text(error, "advice", what.advice);
  if (what.retry_after_ms != 0)
    error["retry_after_ms"] = what.retry_after_ms;
  if (!what.leader.node.empty()) {
    auto& leader = error["leader"] = ordered_json{{"node", what.leader.node}};
    add_text(leader, "zmq", what.leader.zmq);
    add_text(leader, "http", what.leader.http);
  }
  ordered_json view;
  view["error"] = std::move(error);
  return written(view);
}

verdict ledger_away(const std::string& trouble) {
  return {refusal::busy, "the ledger is away: " + trouble, "try again", 1'000};
}

verdict part_is_gone() {
  return {refusal::busy,
          "a part of the service does not answer: it is overloaded or being restarted", "try again",
          1'000};
}

verdict uploads_are_looked_through() {
  return {refusal::busy, "the uploads that lie here are being looked through, after a start",
          "try again", 1'000};
}

verdict ask_leader(node_doors leader) {
  constexpr std::uint32_t soon_ms = 500;
  verdict how{refusal::not_leader, "no node leads the cluster at the moment", "try again", soon_ms};
  if (leader.node.empty())
    return how;
  how.what = "node " + leader.node + " leads the cluster, and only it can do that";
  const auto& door = leader.http.empty() ? leader.zmq : leader.http;
  if (door.empty())
    how.what += ", but it has no doors: it is no gateway";
  how.advice = door.empty() ? "give the nodes that may lead the role gateway as well, if this is "
                              "needed"
                            : "ask " + door;
  how.leader = std::move(leader);
  return how;
}

verdict only_of_leader(const overview& seen) {
  node_doors leader;
  for (const auto& one : seen.nodes) {
    if (one.leads && one.asked)
      return {};
    if (one.leads)
      leader = one.at;
  }
  return seen.nodes.empty() ? verdict{} : ask_leader(leader);
}

std::string to_string(node_action what) {
  constexpr std::array<const char*, 3> names{"cordon", "uncordon", "drain"};
  const auto at = static_cast<std::size_t>(what);
  return at < names.size() ? names[at] : "unknown action";
}

std::string to_string(refusal why) {
  constexpr std::array<const char*, 8> names{"none",     "bad_request", "forbidden", "not_found",
                                             "conflict", "over_quota",  "busy",      "not_leader"};
  const auto at = static_cast<std::size_t>(why);
  return at < names.size() ? names[at] : "unknown refusal";
}

} // namespace vdoc::desk
