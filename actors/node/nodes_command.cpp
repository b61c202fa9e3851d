#include "actors/node/nodes_command.hpp"

#include "actors/node/comma_list.hpp"
#include "actors/node/hosts_picture.hpp"
#include "actors/node/load_picture.hpp"
#include "actors/node/tree_picture.hpp"
#include "conf/roles.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

namespace vdoc::node {

namespace {

using nlohmann::json;

std::string address_of(const json& node) {
  return node.value("http", node.value("zmq", std::string{"-"}));
}

bool has_role(const json& node, const char* role) {
  const auto roles = node.value("roles", json::array());
  return std::ranges::any_of(roles, [&](const json& one) { return one == role; });
}

std::string part_of(const json& node) {
  if (node.value("leads", false))
    return "leads";
  if (has_role(node, "leader-candidate"))
    return "follows";
  return has_role(node, "worker") ? "works" : "serves";
}

/// "gateway,worker"; "all" of a node that is everything.
std::string roles_of(const json& node) {
  const auto words = node.value("roles", std::vector<std::string>{});
  const auto named = comma_list(words);
  const auto roles = conf::roles_in(named);
  return roles == conf::roles_in("all") ? "all" : words.empty() ? "-" : named;
}

/// "b  up  follows  all  0.4.0  http://127.0.0.1:8080  since 2026-12-01T08:00:00.000Z", how busy it
/// is, as far as it says, and why it is not up: "  cordoned since ... by local: new disk".
void print(const json& node) {
  std::cout << node.value("name", "") << "  " << node.value("state", "") << "  " << part_of(node)
            << "  " << roles_of(node) << "  " << node.value("version", "") << "  "
            << address_of(node) << "  since " << node.value("since", "-") << load_picture(node);
  const auto reason = node.value("reason", "");
  const auto by = node.value("by", "");
  if (!reason.empty() || !by.empty())
    std::cout << "  " << node.value("state", "") << " since " << node.value("state_since", "-")
              << (by.empty() ? "" : " by " + by) << (reason.empty() ? "" : ": " + reason);
  std::cout << "\n";
}

} // namespace

nodes_command::nodes_command(CLI::App& program) {
  auto* cluster = program.get_subcommand("cluster");
  status_ = cluster->add_subcommand("status", "whether somebody leads, and how many nodes are up");
  nodes_ = cluster->add_subcommand("nodes", "the nodes, how they are, where they can be asked");
  leader_ = cluster->add_subcommand("leader", "the node that leads, and where it can be asked");
  cordon_ = cluster->add_subcommand("cordon", "give a node nothing new; what it has goes on");
  uncordon_ = cluster->add_subcommand("uncordon", "take back cordon, drain and quarantine");
  drain_ = cluster->add_subcommand("drain", "let a node finish what it has, then end its process");
  for (auto* each : {cordon_, uncordon_, drain_}) {
    each->add_option("NODE", node_, "name of the node")->required();
    each->add_option("--cause", cause_, "why, for those who look");
  }
  quarantine_ = cluster->add_subcommand(
      "quarantine", "nodes that get no work, and contents that no job tries, and why");
  contents_ = quarantine_->add_subcommand("contents", "the contents alone");
  lift_ = quarantine_->add_subcommand("lift", "let jobs try a content again");
  lift_->add_option("CONTENT", content_, "as it is shown")->required();
  lift_->add_option("--cause", cause_, "why, for those who look");
  tree_ = cluster->add_subcommand("tree", "who supervises whom on the node that is asked");
  breakers_ = cluster->add_subcommand("breakers", "what is left alone for a while, and until when");
  reset_ = breakers_->add_subcommand("reset", "close one by hand: what waits is tried at once");
  reset_->add_option("NAME", breaker_, "of the breaker, as it is shown")->required();
  reset_->add_option("--cause", cause_, "why, for those who look");
  hosts_ = cluster->add_subcommand("hosts", "what media hosts do, until when, and what work costs");
  for (auto* each : {status_, nodes_, leader_, quarantine_, tree_, breakers_, hosts_, cordon_,
                     uncordon_, drain_, reset_, contents_, lift_}) {
    where_.describe(*each);
    each->add_flag("--json", json_, "as JSON");
  }
}

bool nodes_command::is_asked() const {
  return status_->parsed() || nodes_->parsed() || leader_->parsed() || quarantine_->parsed() ||
         tree_->parsed() || breakers_->parsed() || hosts_->parsed() || is_order();
}

bool nodes_command::is_order() const {
  return cordon_->parsed() || uncordon_->parsed() || drain_->parsed();
}

int nodes_command::give_order() const {
  const char* action = cordon_->parsed() ? "cordon" : drain_->parsed() ? "drain" : "uncordon";
  return order({{"action", action}, {"node", node_}});
}

int nodes_command::order(json what) const {
  if (!cause_.empty())
    what["cause"] = cause_;
  const auto done = service_call{where_}.ask("CLUSTER", what);
  if (json_)
    std::cout << done.dump() << std::endl;
  else if (done.contains("note"))
    std::cout << done.value("note", "") << std::endl;
  return 0;
}

int nodes_command::show_quarantine(const json& nodes) const {
  auto all = json::array();
  for (const auto& one : nodes)
    if (one.contains("quarantine"))
      all.push_back(one);
  if (json_)
    std::cout << all.dump() << std::endl;
  else
    for (const auto& one : all)
      std::cout << one.value("name", "") << "  since " << one.value("state_since", "-") << "  "
                << one.value("quarantine", "") << "\n";
  if (json_)
    return 0;
  try {
    return show_contents();
  } catch (const refused& why) { // who sees one tenant alone
    std::cerr << "video-doc: contents are not shown: " << why.what() << "\n";
    return 0;
  }
}

int nodes_command::show_contents() const {
  const auto seen = service_call{where_}.ask("CLUSTER", {{"show", "quarantine"}});
  if (json_)
    std::cout << seen.at("contents").dump() << std::endl;
  else
    for (const auto& one : seen.at("contents"))
      std::cout << "content " << one.value("content", "") << "  since " << one.value("since", "-")
                << "  until " << one.value("until", "-") << "  " << one.value("reason", "")
                << " (job " << one.value("job", "") << ")\n";
  return 0;
}

int nodes_command::lift() const {
  return order({{"action", "lift"}, {"content", content_}});
}

int nodes_command::show() const {
  service_call to{where_};
  if (nodes_->parsed() || quarantine_->parsed())
    to.turn_to_leader(); // which alone knows of those that have no database
  const auto seen = to.ask("CLUSTER", json::object());
  const auto& nodes = seen.at("nodes");
  if (quarantine_->parsed())
    return show_quarantine(nodes);
  const auto leads =
      std::ranges::find_if(nodes, [](const json& one) { return one.value("leads", false); });
  const int code = leads == nodes.end() ? 1 : 0;
  if (leader_->parsed() && code == 0)
    std::cout << (json_ ? leads->dump() : leads->value("name", "") + "  " + address_of(*leads))
              << std::endl;
  else if (leader_->parsed())
    std::cerr << "video-doc: nobody leads at the moment; ask again in a second\n";
  else if (json_)
    std::cout << (nodes_->parsed() ? nodes : seen).dump() << std::endl;
  else if (nodes_->parsed())
    std::ranges::for_each(nodes, print);
  else {
    const auto up = std::ranges::count_if(
        nodes, [](const json& one) { return one.value("state", "") == "up"; });
    std::cout << (code == 0 ? leads->value("name", "") + " leads" : "nobody leads") << "; " << up
              << " of " << nodes.size() << " nodes up" << std::endl;
  }
  return code;
}

int nodes_command::show_tree() const {
  const auto seen = service_call{where_}.ask("CLUSTER", {{"show", "tree"}});
  std::cout << (json_ ? seen.dump() + "\n" : tree_picture(seen.at("tree"))) << std::flush;
  return 0;
}

int nodes_command::show_breakers() const {
  const auto seen = service_call{where_}.ask("CLUSTER", {{"show", "breakers"}});
  if (json_)
    std::cout << seen.at("breakers").dump() << std::endl;
  else
    for (const auto& one : seen.at("breakers"))
      std::cout << one.value("name", "") << "  " << one.value("state", "") << "  failures "
                << one.value("failures", 0) << "  since " << one.value("since", "-")
                << "  next try " << one.value("next_try", "-") << "  waiting "
                << one.value("waiting", 0)
                << (one.contains("holds") ? "  holds " + one.at("holds").dump() : "") << "\n";
  return 0;
}

int nodes_command::reset_breaker() const {
  return order({{"action", "reset"}, {"breaker", breaker_}});
}

int nodes_command::show_hosts() const {
  const auto seen = service_call{where_}.ask("CLUSTER", {{"show", "hosts"}});
  std::cout << (json_ ? seen.dump() + "\n" : hosts_picture(seen)) << std::flush;
  return 0;
}

int nodes_command::run() const {
  if (hosts_->parsed())
    return show_hosts();
  if (tree_->parsed())
    return show_tree();
  if (reset_->parsed())
    return reset_breaker();
  if (lift_->parsed())
    return lift();
  if (contents_->parsed())
    return show_contents();
  if (breakers_->parsed())
    return show_breakers();
  return is_order() ? give_order() : show();
}

} // namespace vdoc::node
