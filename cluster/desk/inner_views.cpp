#include "cluster/desk/inner_views.hpp"

#include "cluster/desk/instant.hpp"
#include "cluster/desk/load_json.hpp"
#include "cluster/desk/stored_json.hpp"

#include <algorithm>
#include <cstddef>

namespace vdoc::desk {

using nlohmann::ordered_json;

std::string to_json(const tree_view& what) {
  ordered_json view{{"node", what.node}, {"tree", ordered_json::array()}};
  for (const auto& one : what.branches) {
    ordered_json branch{{"depth", one.depth}, {"name", one.name}};
    if (!one.strategy.empty())
      branch["strategy"] = one.strategy;
    branch["state"] = one.state;
    branch["restarts"] = one.restarts;
    if (!one.last_cause.empty())
      branch["last_cause"] = one.last_cause;
    view["tree"].push_back(std::move(branch));
  }
  return written(view);
}

std::string to_json(const breaker_views& what) {
  ordered_json view{{"node", what.node}, {"breakers", ordered_json::array()}};
  for (const auto& one : what.all) {
    ordered_json breaker{{"name", one.name},
                         {"state", one.state},
                         {"failures", one.failures},
                         {"waiting", one.waiting}};
    if (one.holds != 0)
      breaker["holds"] = one.holds;
    if (one.since_unix_ms != 0)
      breaker["since"] = to_rfc3339(one.since_unix_ms);
    if (one.next_unix_ms != 0)
      breaker["next_try"] = to_rfc3339(one.next_unix_ms);
    view["breakers"].push_back(std::move(breaker));
  }
  return written(view);
}

namespace {

constexpr std::size_t most_shown = 1'000;

ordered_json view_of(const dispatch::running_task& what, std::int64_t at_unix_ms) {
  ordered_json task{{"id", what.id},
                    {"job", what.job},
                    {"stage", dispatch::to_string(what.kind)},
                    {"since", to_rfc3339(at_unix_ms - what.ran_ms)}};
  if (what.expected_ms > 0)
    task["expected_end"] = to_rfc3339(at_unix_ms - what.ran_ms + what.expected_ms);
  if (what.is_twin)
    task["twin"] = true;
  return task;
}

/// Media hosts of a node that nobody can join have no node: it is the one that leads. Of the slots
/// only those with something to say: that there are some, or that one is taken.
ordered_json view_of(const dispatch::host_load& what, const host_views& seen) {
  ordered_json host{{"name", what.host},
                    {"node", what.node.empty() ? seen.node : what.node},
                    {"gets_work", what.gets_work},
                    {"slowness", what.slowness},
                    {"slots", ordered_json::object()},
                    {"tasks", ordered_json::array()}};
  if (const auto used = seen.uses.find(what.host); used != seen.uses.end()) {
    host["cpu"] = in_cores(used->second.cpu_percent);
    host["memory_mib"] = used->second.memory_mib;
  }
  for (std::size_t i = 0; i < dispatch::slot_count; ++i) {
    const auto which = static_cast<dispatch::slot>(i);
    if (const auto all = what.capacity.of(which); all > 0 || what.taken.at(i) > 0)
      host["slots"][dispatch::to_string(which)] = {{"taken", what.taken.at(i)}, {"of", all}};
  }
  for (const auto& one : what.tasks)
    host["tasks"].push_back(view_of(one, seen.at_unix_ms));
  return host;
}

template <class All, class View>
void add_some(ordered_json& to, const char* name, const All& all, View view) {
  auto& shown = to[name] = ordered_json::array();
  for (std::size_t i = 0; i < std::min(all.size(), most_shown); ++i)
    shown.push_back(view(all[i]));
  if (all.size() > most_shown)
    to[std::string{"more_"} + name] = all.size() - most_shown;
}

} // namespace

std::string to_json(const host_views& what) {
  ordered_json view{{"node", what.node}, {"at", to_rfc3339(what.at_unix_ms)}};
  add_some(view, "hosts", what.all.hosts, [&](const auto& one) { return view_of(one, what); });
  add_some(view, "jobs", what.all.jobs, [&](const dispatch::job_end& one) {
    return ordered_json{{"id", one.job},
                        {"expected_end", to_rfc3339(what.at_unix_ms + one.ends_in_ms)}};
  });
  add_some(view, "costs", what.all.costs, [](const dispatch::work_cost& one) {
    return ordered_json{{"work", one.work},
                        {"node", one.node},
                        {"per_unit", one.ms_per_unit},
                        {"samples", one.samples}};
  });
  return written(view);
}

cluster_question cluster_question_in(std::string_view json) {
  if (json.empty())
    return cluster_question::nodes;
  const auto body = ordered_json::parse(json, nullptr, false);
  if (body.is_object() && body.contains("breaker"))
    return cluster_question::reset;
  if (body.is_object() && body.contains("content"))
    return cluster_question::lift;
  if (!body.is_object() || body.size() > 1)
    return cluster_question::order;
  if (body.empty())
    return cluster_question::nodes;
  const auto what = text_in(body, "show");
  return what == "tree"         ? cluster_question::tree
         : what == "breakers"   ? cluster_question::breakers
         : what == "hosts"      ? cluster_question::hosts
         : what == "quarantine" ? cluster_question::poison
                                : cluster_question::order;
}

} // namespace vdoc::desk
