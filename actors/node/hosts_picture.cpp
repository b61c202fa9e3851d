#include "actors/node/hosts_picture.hpp"

#include "actors/node/load_picture.hpp"
#include "cluster/desk/instant.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdio>

namespace vdoc::node {

namespace {

using nlohmann::json;

std::string rounded(double value, int digits) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  return text.data();
}

/// Between two instants of RFC 3339.
std::string seconds_between(const std::string& from, const std::string& to) {
  const auto begin = desk::from_rfc3339(from);
  const auto end = desk::from_rfc3339(to);
  if (!begin || !end)
    return "?";
  return rounded(static_cast<double>(std::max<std::int64_t>(0, *end - *begin)) / 1'000, 1) + " s";
}

std::string slots_of(const json& host) {
  std::string all;
  for (const auto& [name, it] : host.at("slots").items())
    all += "  " + name + " " + std::to_string(it.value("taken", 0)) + "/" +
           std::to_string(it.value("of", 0));
  return all;
}

std::string line_of(const json& task, const std::string& now) {
  auto line = "  " + task.value("stage", "") + "  " + task.value("job", "") + "  since " +
              seconds_between(task.value("since", ""), now);
  if (task.contains("expected_end"))
    line += ", " + seconds_between(now, task.value("expected_end", "")) + " more";
  return line + (task.value("twin", false) ? ", twin of a straggler" : "") + "\n";
}

void add_left_out(std::string& picture, const json& seen, const std::string& what) {
  if (const auto more = seen.value("more_" + what, std::uint64_t{0}); more > 0)
    picture += "and " + std::to_string(more) + " " + what + " more\n";
}

} // namespace

std::string hosts_picture(const json& seen) {
  std::string picture;
  const auto now = seen.value("at", "");
  for (const auto& host : seen.at("hosts")) {
    picture += host.value("name", "") + "  node " + host.value("node", "") + slots_of(host) +
               use_picture(host) + "  slowness " + rounded(host.value("slowness", 1.0), 2) +
               (host.value("gets_work", false) ? "" : "  gets no work") + "\n";
    for (const auto& task : host.at("tasks"))
      picture += line_of(task, now);
  }
  add_left_out(picture, seen, "hosts");
  for (const auto& job : seen.at("jobs"))
    picture += "job " + job.value("id", "") + "  heavy work over in " +
               seconds_between(now, job.value("expected_end", "")) + "\n";
  add_left_out(picture, seen, "jobs");
  for (const auto& cost : seen.at("costs")) {
    const auto node = cost.value("node", "");
    picture += "cost of " + cost.value("work", "") + "  " +
               (node.empty() ? "all nodes" : "node " + node) + "  " +
               rounded(cost.value("per_unit", 0.0), 3) + " s per s  seen " +
               std::to_string(cost.value("samples", 0U)) + " times\n";
  }
  add_left_out(picture, seen, "costs");
  return picture;
}

} // namespace vdoc::node
