#include "cluster/desk/checked_json.hpp"

#include "cluster/desk/instant.hpp"

#include <algorithm>
#include <array>

namespace vdoc::desk {

namespace {

constexpr int deepest = 16;
constexpr std::int64_t most_priority = 1'000;
constexpr std::int64_t latest_unix_ms = 253'402'300'799'999; // the end of the year 9999

/// How deep brackets are nested, before anything recursive looks at them.
int depth_of(std::string_view text) {
  int depth = 0;
  int most = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char one = text[i];
    if (one == '"')
      quoted = !quoted;
    else if (quoted && one == '\\')
      ++i;
    else if (!quoted && (one == '{' || one == '['))
      most = std::max(most, ++depth);
    else if (!quoted && (one == '}' || one == ']'))
      --depth;
  }
  return most;
}

bool has_control_character(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char one) { return one < 0x20 || one == 0x7f; });
}

} // namespace

nlohmann::json parse_checked(std::string_view text, const std::string& what) {
  if (depth_of(text) > deepest)
    refuse(what + " is nested too deep");
  auto parsed = nlohmann::json::parse(text, nullptr, false);
  if (parsed.is_discarded())
    refuse(what + " is not valid JSON in UTF-8");
  return parsed;
}

void check_text(const std::string& name, const std::string& text, std::size_t most) {
  if (text.size() > most)
    refuse(name + " is longer than " + std::to_string(most) + " bytes");
  if (has_control_character(text))
    refuse(name + " has a control character in it");
}

fields::fields(const nlohmann::json& object, std::string where)
    : object_{object}, where_{std::move(where)} {
  if (!object_.is_object())
    refuse((where_.empty() ? "the job" : where_) + " has to be a JSON object");
}

const nlohmann::json* fields::take(const char* name) {
  const auto found = object_.find(name);
  if (found == object_.end())
    return nullptr;
  taken_.emplace_back(name);
  return found->is_null() ? nullptr : &*found;
}

std::string fields::text(const char* name, std::size_t most, std::string otherwise) {
  const auto* value = take(name);
  if (value == nullptr)
    return otherwise;
  if (!value->is_string())
    refuse(name_of(name) + " has to be a text");
  const auto& found = value->get_ref<const std::string&>();
  if (found.size() > most || has_control_character(found)) // its name costs something
    check_text(name_of(name), found, most);
  return found;
}

std::int64_t fields::number(const char* name, std::int64_t least, std::int64_t most,
                            std::int64_t otherwise) {
  const auto* value = take(name);
  if (value == nullptr)
    return otherwise;
  const auto in_range = [&] {
    if (value->is_number_unsigned())
      return value->get<std::uint64_t>() <=
                 static_cast<std::uint64_t>(std::max<std::int64_t>(most, 0)) &&
             value->get<std::int64_t>() >= least;
    return value->get<std::int64_t>() >= least && value->get<std::int64_t>() <= most;
  };
  if (!value->is_number_integer() || !in_range())
    refuse(name_of(name) + " has to be a whole number from " + std::to_string(least) + " to " +
           std::to_string(most));
  return value->get<std::int64_t>();
}

bool fields::truth(const char* name, bool otherwise) {
  const auto* value = take(name);
  if (value == nullptr)
    return otherwise;
  if (!value->is_boolean())
    refuse(name_of(name) + " has to be true or false");
  return value->get<bool>();
}

void fields::refuse_the_rest() const {
  for (const auto& [name, value] : object_.items())
    if (std::ranges::find(taken_, name) == taken_.end())
      refuse("unknown field " + name_of(name.substr(0, 64)));
}

std::string fields::name_of(std::string_view field) const {
  return where_.empty() ? std::string{field} : where_ + "." + std::string{field};
}

std::optional<std::int32_t> take_priority(fields& from) {
  const auto* value = from.take("priority");
  if (value == nullptr)
    return std::nullopt;
  constexpr std::array names{std::pair{"low", -10}, std::pair{"normal", 0}, std::pair{"high", 10},
                             std::pair{"urgent", 20}};
  if (value->is_string())
    for (const auto& [name, priority] : names)
      if (value->get_ref<const std::string&>() == name)
        return priority;
  if (value->is_number_integer())
    return static_cast<std::int32_t>(from.number("priority", -most_priority, most_priority, 0));
  refuse("priority has to be low, normal, high, urgent or a whole number");
}

std::int64_t take_moment(fields& from, const char* name) {
  const auto* value = from.take(name);
  if (value == nullptr)
    return 0;
  if (value->is_string()) {
    const auto moment = from_rfc3339(value->get_ref<const std::string&>());
    if (moment && *moment >= 0)
      return *moment;
  } else if (value->is_number_integer()) {
    return from.number(name, 0, latest_unix_ms, 0);
  }
  refuse(from.name_of(name) +
         " has to be a time such as 2026-12-01T08:00:00Z, or Unix milliseconds");
}

} // namespace vdoc::desk
