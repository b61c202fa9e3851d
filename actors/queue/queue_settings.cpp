#include "actors/queue/queue_settings.hpp"

#include <nlohmann/json.hpp>

namespace vdoc::queue {

using nlohmann::ordered_json;

std::string to_body(const queue_terms& terms) {
  return ordered_json{{"paused", terms.paused},
                      {"concurrency", terms.concurrency},
                      {"starts_per_min", terms.starts_per_min}}
      .dump();
}

queue_terms terms_of_body(const std::string& body) {
  const auto parsed = ordered_json::parse(body, nullptr, false);
  queue_terms terms;
  if (!parsed.is_object())
    return terms;
  const auto number = [&](const char* name) {
    const auto found = parsed.find(name);
    return found != parsed.end() && found->is_number_unsigned() ? found->get<std::uint32_t>() : 0;
  };
  const auto paused = parsed.find("paused");
  terms.paused = paused != parsed.end() && paused->is_boolean() && paused->get<bool>();
  terms.concurrency = number("concurrency");
  terms.starts_per_min = number("starts_per_min");
  return terms;
}

queue_terms changed(queue_terms terms, const desk::queue_change& by) {
  terms.paused = by.paused.value_or(terms.paused);
  terms.concurrency = by.concurrency.value_or(terms.concurrency);
  terms.starts_per_min = by.starts_per_min.value_or(terms.starts_per_min);
  return terms;
}

} // namespace vdoc::queue
