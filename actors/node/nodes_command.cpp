#include "actors/node/nodes_command.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iostream>

namespace vdoc::node {

namespace {

using nlohmann::json;

std::string address_of(const json& node) {
  return node.value("http", node.value("zmq", std::string{"-"}));
}

/// "b  up  leads  0.4.0  http://127.0.0.1:8080  since 2026-12-01T08:00:00.000Z"
void print(const json& node) {
  std::cout << node.value("name", "") << "  " << node.value("state", "") << "  "
            << (node.value("leads", false) ? "leads" : "follows") << "  "
            << node.value("version", "") << "  " << address_of(node) << "  since "
            << node.value("since", "-") << "\n";
}

} // namespace

nodes_command::nodes_command(CLI::App& program) {
  auto* cluster = program.get_subcommand("cluster");
  status_ = cluster->add_subcommand("status", "whether somebody leads, and how many nodes are up");
  nodes_ = cluster->add_subcommand("nodes", "the nodes, and where they can be asked");
  leader_ = cluster->add_subcommand("leader", "the node that leads, and where it can be asked");
  for (auto* each : {status_, nodes_, leader_}) {
    where_.describe(*each);
    each->add_flag("--json", json_, "as JSON");
  }
}

bool nodes_command::is_asked() const {
  return status_->parsed() || nodes_->parsed() || leader_->parsed();
}

int nodes_command::run() const {
  const auto seen = service_call{where_}.ask("CLUSTER", json::object());
  const auto& nodes = seen.at("nodes");
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

} // namespace vdoc::node
