#include "cluster/desk/news.hpp"

#include "cluster/desk/instant.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace vdoc::desk {

namespace {

using nlohmann::ordered_json;

/// Thousands of these are told in a second, most of them without a character to escape.
std::string quoted(const std::string& text) {
  constexpr char last_control = 0x1f;
  constexpr char last_ascii = 0x7e;
  const bool plain = std::ranges::all_of(text, [](char each) {
    return each > last_control && each <= last_ascii && each != '"' && each != '\\';
  });
  if (plain)
    return '"' + text + '"';
  return ordered_json(text).dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

/// Two digits behind the point are what people look at.
double rounded(double value) {
  constexpr double hundred = 100;
  return std::round(value * hundred) / hundred;
}

} // namespace

std::string to_json(const state_news& what) {
  auto text = R"({"id":")" + what.id + R"(","state":")" + ledger::to_string(what.now) + '"';
  if (what.before != ledger::job_state::unknown)
    text += R"(,"previous":")" + ledger::to_string(what.before) + '"';
  if (!what.cause.empty())
    text += R"(,"cause":)" + quoted(what.cause);
  text += R"(,"attempt":)" + std::to_string(what.attempt) + R"(,"tenant":)" + quoted(what.tenant) +
          R"(,"queue":)" + quoted(what.queue) + R"(,"at":")" + to_rfc3339(what.at_unix_ms) + '"';
  if (what.sequence != 0)
    text += R"(,"sequence":)" + std::to_string(what.sequence);
  return text + '}';
}

std::string to_json(const progress_news& what) {
  constexpr double ten_thousand = 10'000;
  ordered_json body{{"id", what.id},
                    {"progress", std::round(what.progress * ten_thousand) / ten_thousand},
                    {"stage", what.stage}};
  if (what.eta_unix_ms != 0)
    body["eta"] = to_rfc3339(what.eta_unix_ms);
  if (what.speed > 0)
    body["speed"] = rounded(what.speed);
  body["at"] = to_rfc3339(what.at_unix_ms);
  return body.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::string to_json(const segment_news& what) {
  constexpr double ns_per_ms = 1e6;
  constexpr double ms_per_s = 1e3;
  const ordered_json body{
      {"id", what.id},
      {"rendition", what.rendition},
      {"number", what.number},
      {"duration", std::round(static_cast<double>(what.duration_ns) / ns_per_ms) / ms_per_s},
      {"uri", what.uri},
      {"at", to_rfc3339(what.at_unix_ms)}};
  return body.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

} // namespace vdoc::desk
