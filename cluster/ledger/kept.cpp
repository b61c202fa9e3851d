#include "cluster/ledger/kept.hpp"

#include <nlohmann/json.hpp>

namespace vdoc::ledger {

document kept_of(const std::string& job_id, const kept_results& what) {
  if (what.bytes == 0)
    return {kept_kind, job_id, ""};
  return {kept_kind, job_id,
          nlohmann::ordered_json{
              {"tenant", what.tenant}, {"bytes", what.bytes}, {"at_unix_ms", what.at_unix_ms}}
              .dump()};
}

std::optional<kept_results> kept_in(const document& stored) {
  const auto body = nlohmann::json::parse(stored.body, nullptr, false);
  if (!body.is_object())
    return std::nullopt;
  const auto tenant = body.find("tenant"), bytes = body.find("bytes"), at = body.find("at_unix_ms");
  if (tenant == body.end() || !tenant->is_string() || bytes == body.end() ||
      !bytes->is_number_unsigned() || at == body.end() || !at->is_number_integer())
    return std::nullopt;
  return kept_results{tenant->get<std::string>(), bytes->get<std::uint64_t>(),
                      at->get<std::int64_t>()};
}

} // namespace vdoc::ledger
