#include "cluster/ledger/dedupe.hpp"

#include <nlohmann/json.hpp>

namespace vdoc::ledger {

std::string dedupe_name(const job& what) {
  return what.tenant + "/" + what.dedupe_key;
}

document dedupe_of(const job& what, const first_job& first) {
  const nlohmann::ordered_json body{
      {"job", first.id}, {"sequence", first.sequence}, {"until_unix_ms", first.until_unix_ms}};
  return {dedupe_kind, dedupe_name(what), body.dump()};
}

std::optional<first_job> first_job_in(const std::string& body) {
  const auto parsed = nlohmann::json::parse(body, nullptr, false);
  if (!parsed.is_object())
    return std::nullopt;
  const auto job = parsed.find("job");
  const auto sequence = parsed.find("sequence");
  const auto until = parsed.find("until_unix_ms");
  if (job == parsed.end() || !job->is_string() || sequence == parsed.end() ||
      !sequence->is_number_unsigned() || until == parsed.end() || !until->is_number_integer())
    return std::nullopt;
  return first_job{*job, *sequence, *until};
}

} // namespace vdoc::ledger
