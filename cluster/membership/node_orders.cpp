#include "cluster/membership/node_orders.hpp"

#include <nlohmann/json.hpp>

namespace vdoc::membership {

namespace {

using nlohmann::json;

void add(json& to, const char* name, const std::optional<node_order>& order) {
  if (order)
    to[name] = {{"why", order->why},
                {"by", order->by},
                {"since_unix_ms", order->since_unix_ms},
                {"incarnation", order->incarnation}};
}

std::optional<node_order> order_in(const json& body, const char* name) {
  const auto found = body.find(name);
  if (found == body.end() || !found->is_object())
    return std::nullopt;
  return node_order{found->value("why", ""), found->value("by", ""),
                    found->value("since_unix_ms", std::int64_t{0}),
                    found->value("incarnation", "")};
}

} // namespace

const node_order* node_orders::first() const noexcept {
  for (const auto* each : {&quarantine, &drain, &cordon})
    if (*each)
      return &**each;
  return nullptr;
}

std::string also_ordered(const node_orders& orders) {
  const auto* shown = orders.first();
  if (shown == nullptr)
    return {};
  const std::string state = orders.quarantine ? "quarantined"
                            : orders.drain    ? "drained"
                                              : "cordoned";
  return "also " + state + (shown->why.empty() ? "" : ": " + shown->why);
}

ledger::document to_document(const std::string& node, const node_orders& orders) {
  auto body = json::object();
  add(body, "cordon", orders.cordon);
  add(body, "drain", orders.drain);
  add(body, "quarantine", orders.quarantine);
  return {order_kind, node,
          orders.none() ? "" : body.dump(-1, ' ', false, json::error_handler_t::replace),
          ledger::document::any_version};
}

node_orders orders_in(const ledger::document& stored) {
  const auto body = json::parse(stored.body, nullptr, false);
  if (!body.is_object())
    return {};
  try {
    return {order_in(body, "cordon"), order_in(body, "drain"), order_in(body, "quarantine")};
  } catch (const json::exception&) {
    return {}; // another type than ours
  }
}

} // namespace vdoc::membership
