#include "actors/node/tenants_command.hpp"

#include "cluster/desk/tenant_limits.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <iostream>

namespace vdoc::node {

namespace {

using nlohmann::json;

constexpr const char* as_for_all = "default";

/// "12" or "12 of 100"; a limit that is the tenant's own has a star.
std::string part_of(const json& one, std::uint64_t used, const char* limit) {
  constexpr auto is_own = [](const json& all, const char* name) {
    return std::ranges::find(all.at("own"), name) != all.at("own").end();
  };
  const auto most = one.at("limits").value(limit, std::uint64_t{0});
  auto text = std::to_string(used);
  if (most > 0)
    text += " of " + std::to_string(most);
  return text + (is_own(one, limit) ? "*" : "");
}

/// "acme  3 of 100* wait  1 of 2 run  17 MB stored  0 GB of uploads  share 3*"
std::string line_of(const json& one) {
  constexpr std::uint64_t per_mb = 1'000'000, per_gb = 1'000'000'000;
  const auto number = [&](const char* name) { return one.value(name, std::uint64_t{0}); };
  const auto uploads = number("uploads_bytes");
  const auto own_share = std::ranges::find(one.at("own"), "share") != one.at("own").end();
  return one.value("name", "") + "  " + part_of(one, number("waiting"), "queued") + " wait  " +
         part_of(one, number("running"), "running") + " run  " +
         part_of(one, (number("results_bytes") + uploads) / per_mb, "stored_mb") + " MB stored  " +
         part_of(one, uploads / per_gb, "upload_gb") + " GB of uploads  share " +
         std::to_string(one.at("limits").value("share", std::uint64_t{1})) + (own_share ? "*" : "");
}

json value_of(const std::string& flag, const std::string& text) {
  if (text == as_for_all)
    return nullptr;
  std::uint64_t number = 0;
  const auto* end = text.data() + text.size();
  if (const auto [at, wrong] = std::from_chars(text.data(), end, number);
      wrong != std::errc{} || at != end)
    throw refused{"--" + flag + " takes a number, or " + as_for_all};
  return number;
}

/// "stored_mb" is --stored-mb.
std::string flag_of(std::string name) {
  std::ranges::replace(name, '_', '-');
  return name;
}

} // namespace

tenants_command::tenants_command(CLI::App& program)
    : tenants_{program.add_subcommand("tenants", "what tenants have, and may have")},
      set_{tenants_->add_subcommand("set", "limit one; that survives a restart")} {
  set_->add_option("NAME", name_, "of the tenant")->required();
  using desk::tenant_limit;
  const std::vector<std::pair<tenant_limit, const char*>> words{
      {tenant_limit::queued, "jobs that wait; 0: no limit; \"default\": as for all tenants"},
      {tenant_limit::running, "jobs that run; the same"},
      {tenant_limit::stored_mb, "megabytes of results and uploads; the same"},
      {tenant_limit::upload_gb, "gigabytes of uploads; the same"},
      {tenant_limit::share, "of the slots of media hosts, 1 to 1000, or \"default\""}};
  limits_.reserve(words.size()); // options point into it
  for (const auto& [limit, what] : words) {
    auto& one = limits_.emplace_back(to_string(limit), "");
    set_->add_option("--" + flag_of(one.first), one.second, what);
  }
  tenants_->require_subcommand(0, 1);
  for (auto* each : {tenants_, set_}) {
    place_.describe(*each);
    each->add_flag("--json", json_, "one JSON object a line");
  }
}

bool tenants_command::is_asked() const {
  return tenants_->parsed();
}

int tenants_command::show(service_call& to) const {
  to.turn_to_leader();
  const auto now = to.ask("PING", json::object());
  for (const auto& one : now.at("tenants"))
    std::cout << (json_ ? one.dump() : line_of(one)) << std::endl;
  return 0;
}

int tenants_command::set(service_call& to) const {
  json question{{"name", name_}};
  for (const auto& [name, text] : limits_)
    if (!text.empty())
      question[name] = value_of(flag_of(name), text);
  const auto answer = to.ask("TENANT", question);
  if (json_)
    std::cout << answer.dump() << std::endl;
  return 0;
}

int tenants_command::run() const {
  service_call to{place_};
  return set_->parsed() ? set(to) : show(to);
}

} // namespace vdoc::node
