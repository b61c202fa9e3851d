#include "cluster/desk/gatekeeper.hpp"

#include "cluster/desk/checked_json.hpp"
#include "cluster/desk/instant.hpp"
#include "cluster/desk/submission.hpp"

namespace vdoc::desk {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t longest_name = 63;
constexpr std::size_t key_length = 40;

/// RFC 32/Z85 of the ZeroMQ project.
bool is_z85(std::string_view text) {
  constexpr std::string_view alphabet =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
  return text.size() == key_length && text.find_first_not_of(alphabet) == std::string_view::npos;
}

} // namespace

std::string to_json(const client_key& what) {
  const ordered_json body{{"name", what.name},
                          {"public_key", what.public_key},
                          {"tenant", what.tenant},
                          {"role", to_string(what.as)},
                          {"created_at", to_rfc3339(what.created_unix_ms)},
                          {"created_by", what.created_by}};
  return body.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::optional<client_key> stored_key(const std::string& name, std::string_view json) {
  const auto body = nlohmann::json::parse(json, nullptr, false);
  if (!body.is_object())
    return std::nullopt;
  const auto text = [&](const char* field) {
    const auto found = body.find(field);
    return found != body.end() && found->is_string() ? found->get<std::string>() : std::string{};
  };
  const auto as = role_from(text("role"));
  client_key key{name,
                 text("public_key"),
                 text("tenant"),
                 as.value_or(role::viewer),
                 from_rfc3339(text("created_at")).value_or(0),
                 text("created_by")};
  if (!as || !is_z85(key.public_key) || key.tenant.empty())
    return std::nullopt;
  return key;
}

parsed_key parse_key(std::string_view json) {
  parsed_key parsed;
  try {
    const auto body = parse_checked(json, "the key");
    fields from{body, ""};
    auto& key = parsed.what;
    key.name = from.text("name", longest_name);
    key.public_key = from.text("public_key", key_length);
    key.tenant = from.text("tenant", longest_name, "default");
    const auto as = role_from(from.text("role", longest_name, "publisher"));
    from.refuse_the_rest();
    if (!is_name(key.name))
      refuse("name has to be there, of the letters a to z, digits, '.', '_' and '-'");
    if (!is_z85(key.public_key))
      refuse("public_key has to be 40 characters of Z85", "make a pair with video-doc key create");
    if (!is_name(key.tenant) && key.tenant != "*")
      refuse("tenant has to be a name, or * for all");
    if (!as)
      refuse("role has to be viewer, publisher, operator or admin");
    key.as = *as;
  } catch (const refused& why) {
    parsed.how = why.how;
  }
  return parsed;
}

parsed_key parse_key_name(std::string_view json) {
  parsed_key parsed;
  try {
    const auto body = parse_checked(json, "the request");
    fields from{body, ""};
    parsed.what.name = from.text("name", longest_name);
    from.refuse_the_rest();
    if (!is_name(parsed.what.name))
      refuse("name has to be there: of the key");
  } catch (const refused& why) {
    parsed.how = why.how;
  }
  return parsed;
}

bool key_ring::complete() const {
  const std::scoped_lock lock{mutex_};
  return complete_;
}

void key_ring::fill(std::vector<client_key> all) {
  const std::scoped_lock lock{mutex_};
  for (auto& each : all) {
    const auto name = each.public_key;
    by_public_key_.insert_or_assign(name, std::move(each));
  }
  complete_ = true;
}

void key_ring::put(client_key what) {
  const std::scoped_lock lock{mutex_};
  const auto key = what.public_key;
  by_public_key_.insert_or_assign(key, std::move(what));
}

void key_ring::remove(const std::string& name) {
  const std::scoped_lock lock{mutex_};
  std::erase_if(by_public_key_, [&](const auto& each) { return each.second.name == name; });
  ++removals_;
}

std::optional<caller> key_ring::find(std::string_view public_key) const {
  const std::scoped_lock lock{mutex_};
  const auto found = by_public_key_.find(public_key);
  if (found == by_public_key_.end())
    return std::nullopt;
  return caller{found->second.name, found->second.tenant, found->second.as, ""};
}

std::optional<client_key> key_ring::named(std::string_view name) const {
  const std::scoped_lock lock{mutex_};
  for (const auto& [public_key, one] : by_public_key_)
    if (one.name == name)
      return one;
  return std::nullopt;
}

std::uint64_t key_ring::removals() const {
  const std::scoped_lock lock{mutex_};
  return removals_;
}

} // namespace vdoc::desk
