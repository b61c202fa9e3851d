#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace vdoc::node {

/// How busy a node is, for people, as `CLUSTER` shows it: "  protocol 4-5  slots 1/2  load 0.42
/// memory 900 MiB free  disk 63000 MiB free". What it does not say is left out.
std::string load_picture(const nlohmann::json& node);

/// "  cpu 0.97  memory 210 MiB" of a media host; empty where its node does not say.
std::string use_picture(const nlohmann::json& host);

} // namespace vdoc::node
