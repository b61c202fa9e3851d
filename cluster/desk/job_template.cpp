#include "cluster/desk/job_template.hpp"

#include <nlohmann/json.hpp>

namespace vdoc::desk {

parsed_job parse_template(std::string_view text) {
  auto object = nlohmann::json::parse(text, nullptr, false);
  if (!object.is_object())
    return {{refusal::bad_request, "it is no JSON object", "write {\"queue\": \"incoming\"}", 0},
            {}};
  for (const char* own : {"source", "idempotency_key", "dedupe", "not_before", "after"})
    if (object.contains(own))
      return {{refusal::bad_request, std::string{own} + " cannot be the same for every file",
               "leave it out", 0},
              {}};
  object["source"] = "/";
  return parse_job(object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
                   {"watch", "*", role::admin});
}

} // namespace vdoc::desk
