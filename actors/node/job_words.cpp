#include "actors/node/job_words.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>

namespace vdoc::node {

using nlohmann::json;

json job_of(const std::string& source) {
  const bool is_url = source.find("://") != std::string::npos;
  return {{"source", is_url ? source : std::filesystem::absolute(source).string()}};
}

void add_text(json& to, const char* name, const std::string& text) {
  if (!text.empty())
    to[name] = text;
}

void add_priority(json& to, const std::string& priority) {
  const auto number = json::parse(priority, nullptr, false);
  if (number.is_number_integer())
    to["priority"] = number;
  else
    add_text(to, "priority", priority);
}

void add_labels(json& to, const std::vector<std::string>& labels) {
  for (const auto& pair : labels) {
    const auto equals = std::min(pair.find('='), pair.size());
    to["labels"][pair.substr(0, equals)] = pair.substr(std::min(equals + 1, pair.size()));
  }
}

std::string label_filter_of(const std::string& label) {
  auto filter = label;
  if (const auto equals = filter.find('='); equals != std::string::npos)
    filter[equals] = ':';
  return filter;
}

} // namespace vdoc::node
