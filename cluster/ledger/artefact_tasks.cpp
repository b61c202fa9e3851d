#include "cluster/ledger/artefact_tasks.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <string_view>

namespace vdoc::ledger {

namespace {

constexpr std::array<std::string_view, 4> tasks{"move", "clear", "erase", "drop"};
constexpr std::array<std::string_view, 3> parts{"none", "part", "whole"};

/// Which of the words the body has there; nothing when it is none of them.
template <class Kind, class Words>
std::optional<Kind> word_in(const nlohmann::json& body, const char* key, const Words& words) {
  const auto found = body.find(key);
  if (found != body.end() && found->is_string())
    for (std::size_t i = 0; i < words.size(); ++i)
      if (words.at(i) == found->template get_ref<const std::string&>())
        return static_cast<Kind>(i);
  return std::nullopt;
}

} // namespace

document artefact_task_of(const std::string& job_id, const artefact_task& what) {
  nlohmann::ordered_json body{{"task", tasks.at(static_cast<std::size_t>(what.what))},
                              {"since_unix_ms", what.since_unix_ms},
                              {"why", what.why}};
  if (what.in_fallback != fallback_part::none)
    body["fallback"] = parts.at(static_cast<std::size_t>(what.in_fallback));
  return {artefacts_kind, job_id,
          body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
}

document no_artefact_task_of(const std::string& job_id) {
  return {artefacts_kind, job_id, ""};
}

std::optional<artefact_task> artefact_task_in(const document& stored) {
  const auto body = nlohmann::json::parse(stored.body, nullptr, false);
  if (!body.is_object())
    return std::nullopt;
  const auto task = word_in<artefact_task::kind>(body, "task", tasks);
  const auto since = body.find("since_unix_ms"), why = body.find("why");
  if (!task || since == body.end() || !since->is_number_integer())
    return std::nullopt;
  return artefact_task{
      *task, since->get<std::int64_t>(),
      why != body.end() && why->is_string() ? why->get<std::string>() : "",
      word_in<fallback_part>(body, "fallback", parts).value_or(fallback_part::none)};
}

} // namespace vdoc::ledger
