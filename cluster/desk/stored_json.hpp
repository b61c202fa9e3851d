#pragma once

#include <nlohmann/json.hpp>

#include <string>

/// Inside of cluster/desk: JSON as it is shown and stored. Nobody else includes this.
namespace vdoc::desk {

/// In one line; bytes that are no UTF-8 are replaced.
inline std::string written(const nlohmann::ordered_json& what) {
  return what.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

/// "" when it is not there, or no text.
inline std::string text_in(const nlohmann::ordered_json& from, const char* name) {
  const auto found = from.find(name);
  return found != from.end() && found->is_string() ? found->get<std::string>() : "";
}

} // namespace vdoc::desk
