#include "net/zmq/admin_verbs.hpp"

#include "cluster/desk/inner_views.hpp"
#include "cluster/desk/requests.hpp"
#include "cluster/desk/submission.hpp"

#include <nlohmann/json.hpp>

namespace vdoc::net::over_zmq {

namespace {

using desk::refusal;
using desk::verdict;

void order_node(const errand& it) {
  auto asked = desk::parse_node_change(it.what.body);
  if (!asked.how.ok())
    return refuse(it.answer, asked.how);
  it.to.order_node(it.who, asked.what,
                   [answer = it.answer, name = asked.what.node](const verdict& how) {
                     if (how.ok())
                       answer("OK", desk::node_ordered_to_json(name, how));
                     else
                       refuse(answer, how);
                   });
}

/// What has a verdict and is shown as JSON.
template <class View> desk::then<View> shown(const answerer& answer) {
  return [answer](const View& seen) {
    if (seen.how.ok())
      answer("OK", desk::to_json(seen));
    else
      refuse(answer, seen.how);
  };
}

void reset_breaker(const errand& it) {
  auto asked = desk::parse_breaker_reset(it.what.body);
  if (!asked.how.ok())
    return refuse(it.answer, asked.how);
  it.to.reset_breaker(it.who, asked.what, named(it.answer, asked.what.name));
}

/// The keeper of keys, or none and that is answered.
desk::gatekeeper* keeper_of(const errand& it) {
  if (it.keys == nullptr)
    refuse(it.answer,
           {refusal::bad_request, "this service asks for no keys", "set service.keys", 0});
  return it.keys;
}

void show_poison(const errand& it) {
  if (it.poison == nullptr)
    it.answer("OK", desk::to_json(desk::poison_list{}));
  else
    it.poison->list(it.who, shown<desk::poison_list>(it.answer));
}

void lift_poison(const errand& it) {
  auto asked = desk::parse_poison_lift(it.what.body);
  if (asked.how.ok() && it.poison == nullptr)
    asked.how = {refusal::not_found, "nothing is in quarantine here", "", 0};
  if (!asked.how.ok())
    return refuse(it.answer, asked.how);
  it.poison->lift(it.who, asked.what, named(it.answer, asked.what.content, "content"));
}

} // namespace

void cluster(const errand& it) {
  switch (desk::cluster_question_in(it.what.body)) {
  case desk::cluster_question::order:
    return order_node(it);
  case desk::cluster_question::reset:
    return reset_breaker(it);
  case desk::cluster_question::tree:
    return it.to.look_at_tree(it.who, shown<desk::tree_view>(it.answer));
  case desk::cluster_question::breakers:
    return it.to.look_at_breakers(it.who, shown<desk::breaker_views>(it.answer));
  case desk::cluster_question::hosts:
    return it.to.look_at_hosts(it.who, shown<desk::host_views>(it.answer));
  case desk::cluster_question::poison:
    return show_poison(it);
  case desk::cluster_question::lift:
    return lift_poison(it);
  case desk::cluster_question::nodes:
    break;
  }
  it.to.look_at_nodes([answer = it.answer](const std::vector<desk::node_view>& nodes) {
    answer("OK", desk::cluster_to_json(nodes));
  });
}

void create_key(const errand& it) {
  auto key = desk::parse_key(it.what.body);
  if (!key.how.ok())
    return refuse(it.answer, key.how);
  if (auto* keys = keeper_of(it))
    keys->create(it.who, key.what, named(it.answer, key.what.name));
}

void list_keys(const errand& it) {
  if (auto* keys = keeper_of(it))
    keys->list(it.who, [answer = it.answer](const desk::key_list& all) {
      if (!all.how.ok())
        return refuse(answer, all.how);
      answer("OK", R"({"keys":)" + joined(all.keys) + "}");
    });
}

void revoke_key(const errand& it) {
  const auto which = desk::parse_key_name(it.what.body);
  if (!which.how.ok())
    return refuse(it.answer, which.how);
  if (auto* keys = keeper_of(it))
    keys->revoke(it.who, which.what.name, named(it.answer, which.what.name));
}

} // namespace vdoc::net::over_zmq
