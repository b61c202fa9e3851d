#include "cluster/uploads/upload.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <sys/random.h>
#include <system_error>

namespace vdoc::uploads {

namespace {

constexpr std::string_view scheme = "upload:";
constexpr std::size_t id_bytes = 16;
constexpr std::size_t longest_name = 200;

/// Where a text of UTF-8 may be cut at or before `most` bytes.
std::size_t cut_before(std::string_view text, std::size_t most) {
  if (text.size() <= most)
    return text.size();
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U)
    --most;
  return most;
}

bool is_utf8(const std::string& text) {
  const nlohmann::json value{text};
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::ignore) ==
         value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace

std::string to_json(const upload& what) {
  using json = nlohmann::ordered_json;
  const json body{{"tenant", what.tenant},
                  {"name", what.name},
                  {"length", what.length ? json(*what.length) : json(nullptr)},
                  {"metadata", what.metadata}};
  return body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::optional<upload> upload_from(const std::string& id, std::string_view json) {
  const auto body = nlohmann::json::parse(json, nullptr, false);
  if (!body.is_object() || !is_upload_id(id))
    return std::nullopt;
  const auto text = [&](const char* field) {
    const auto found = body.find(field);
    return found != body.end() && found->is_string() ? found->get<std::string>() : std::string{};
  };
  const auto length = body.find("length");
  upload what{id, text("tenant"), text("name"), std::nullopt, text("metadata")};
  if (what.tenant.empty() || what.name != fit_name(what.name) || length == body.end() ||
      !(length->is_number_unsigned() || length->is_null()))
    return std::nullopt;
  if (!length->is_null())
    what.length = length->get<std::uint64_t>();
  return what;
}

std::string new_upload_id() {
  std::array<unsigned char, id_bytes> chance{};
  for (std::size_t got = 0; got < chance.size();) {
    const auto some = ::getrandom(chance.data() + got, chance.size() - got, 0);
    if (some < 0 && errno != EINTR)
      throw std::system_error{errno, std::generic_category(), "getrandom"};
    got += some > 0 ? static_cast<std::size_t>(some) : 0;
  }
  constexpr std::string_view digits = "0123456789abcdef";
  std::string id;
  for (const auto one : chance) {
    id += digits[one >> 4U];
    id += digits[one & 15U];
  }
  return id;
}

bool is_upload_id(std::string_view text) {
  return text.size() == 2 * id_bytes && std::ranges::all_of(text, [](char one) {
           return (one >= '0' && one <= '9') || (one >= 'a' && one <= 'f');
         });
}

std::string fit_name(std::string_view given) {
  given.remove_prefix(std::min(given.find_last_of("/\\") + 1, given.size()));
  std::string name{given};
  const bool foreign = !is_utf8(name); // in a code of its own: what is not ASCII says nothing here
  std::ranges::replace_if(
      name, [&](unsigned char one) { return one < 0x20 || one == 0x7f || (foreign && one > 0x7f); },
      '_');
  name.erase(0, std::min(name.find_first_not_of('.'), name.size()));
  if (name.size() > longest_name) { // what tells people and programs its kind stays
    const auto dot = name.rfind('.');
    const auto end =
        dot != std::string::npos && name.size() - dot <= 16 ? name.substr(dot) : std::string{};
    name = name.substr(0, cut_before(name, longest_name - end.size())) + end;
  }
  return name.empty() ? "upload" : name;
}

std::uint32_t number_of(std::string_view id) {
  std::uint32_t number = 0;
  std::from_chars(id.data(), id.data() + std::min<std::size_t>(id.size(), 8), number, 16);
  return number;
}

std::string source_of(const std::string& id) {
  return std::string{scheme} + id;
}

std::string_view upload_in(std::string_view source) {
  if (!source.starts_with(scheme))
    return {};
  source.remove_prefix(scheme.size());
  return is_upload_id(source) ? source : std::string_view{};
}

} // namespace vdoc::uploads
