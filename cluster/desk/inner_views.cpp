#include "cluster/desk/inner_views.hpp"

#include "cluster/desk/instant.hpp"
#include "cluster/desk/stored_json.hpp"

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
    if (one.since_unix_ms != 0)
      breaker["since"] = to_rfc3339(one.since_unix_ms);
    if (one.next_unix_ms != 0)
      breaker["next_try"] = to_rfc3339(one.next_unix_ms);
    view["breakers"].push_back(std::move(breaker));
  }
  return written(view);
}

cluster_question cluster_question_in(std::string_view json) {
  if (json.empty())
    return cluster_question::nodes;
  const auto body = ordered_json::parse(json, nullptr, false);
  if (!body.is_object() || body.size() > 1)
    return cluster_question::order;
  if (body.empty())
    return cluster_question::nodes;
  const auto what = text_in(body, "show");
  return what == "tree"       ? cluster_question::tree
         : what == "breakers" ? cluster_question::breakers
                              : cluster_question::order;
}

} // namespace vdoc::desk
