#include "conf/settings.hpp"

#include "conf/key_table.hpp"
#include "conf/text_value.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <sstream>

namespace vdoc::conf {

namespace {

/// "conf/video-doc.toml:12: run.crf".
std::string place(const std::string& file, const toml::node& at, const std::string& what) {
  return file + ":" + std::to_string(at.source().begin.line) + ": " + what;
}

void refuse_if_wrong(const key& what, settings& in, const std::string& origin) {
  if (const auto wrong = complaint(what, in); !wrong.empty())
    throw settings_error{origin + " " + wrong};
}

std::vector<std::string> texts_of(const toml::array& list, const std::string& origin) {
  std::vector<std::string> texts;
  for (const auto& one : list) {
    if (!one.is_string())
      throw settings_error{origin + " takes texts only"};
    texts.push_back(one.ref<std::string>());
  }
  return texts;
}

rung rung_of(const toml::node& from, const std::string& file) {
  const auto* table = from.as_table();
  if (table == nullptr)
    throw settings_error{place(file, from, "a rung is a table {height_px = ..., ...}")};
  rung one;
  const std::array fields{std::pair{std::string_view{"height_px"}, &one.height_px},
                          std::pair{std::string_view{"max_bitrate_kbps"}, &one.max_bitrate_kbps},
                          std::pair{std::string_view{"buffer_kbit"}, &one.buffer_kbit}};
  for (const auto& [name, value] : *table) {
    const auto field = std::ranges::find(fields, name.str(), [](const auto& f) { return f.first; });
    if (field == fields.end())
      throw settings_error{
          place(file, value, "unknown key " + std::string{name.str()} + " in a rung")};
    if (!value.is_integer())
      throw settings_error{place(file, value, std::string{name.str()} + " takes a whole number")};
    *field->second = value.ref<std::int64_t>();
  }
  return one;
}

/// Takes a node of the file over into the slot of a key; the types have to agree.
struct take_over {
  const toml::node& value;
  const std::string& file;
  const std::string& origin;

  template <class Type> const Type& as(const char* kind) const {
    if (!value.is<Type>())
      throw settings_error{origin + " takes " + kind};
    return value.ref<Type>();
  }
  void operator()(bool* to) const { *to = as<bool>("true or false"); }
  void operator()(std::int64_t* to) const { *to = as<std::int64_t>("a whole number"); }
  void operator()(std::string* to) const { *to = as<std::string>("a text"); }
  void operator()(std::vector<std::string>* to) const {
    *to = texts_of(as<toml::array>("a list of texts"), origin);
  }
  void operator()(std::vector<rung>* to) const {
    to->clear();
    for (const auto& one : as<toml::array>("a list of rungs"))
      to->push_back(rung_of(one, file));
  }
};

void read_section(settings& into, const std::string& section, const toml::table& table,
                  const std::string& file) {
  for (const auto& [name, value] : table) {
    const std::string dotted = section + "." + std::string{name.str()};
    const key* known = find_key(dotted);
    if (known == nullptr)
      throw settings_error{place(file, value, "unknown key " + dotted)};
    const std::string origin = place(file, value, dotted);
    std::visit(take_over{value, file, origin}, known->in(into));
    refuse_if_wrong(*known, into, origin);
  }
}

/// Variables that existing deployments set.
constexpr std::array foreign_names{
    std::pair{std::string_view{"DATABASE_URL"}, std::string_view{"ledger.database"}},
    std::pair{std::string_view{"MAX_CONCURRENT_JOBS"},
              std::string_view{"service.max_concurrent_jobs"}},
    std::pair{std::string_view{"VIDEO_DOC_URL"}, std::string_view{"client.url"}},
    std::pair{std::string_view{"VIDEO_DOC_IDENTITY"}, std::string_view{"client.identity"}},
    std::pair{std::string_view{"VIDEO_DOC_TOKEN"}, std::string_view{"client.token"}},
    std::pair{std::string_view{"JOB_TIMEOUT"}, std::string_view{"service.job_timeout_s"}},
    std::pair{std::string_view{"LOG_LEVEL"}, std::string_view{"log.level"}},
    std::pair{std::string_view{"LOG_FORMAT"}, std::string_view{"log.format"}},
};

/// Levels that others have, as ours.
constexpr std::array foreign_levels{std::pair{"trace", "debug"}, std::pair{"warn", "warning"},
                                    std::pair{"notice", "info"}, std::pair{"critical", "error"},
                                    std::pair{"fatal", "error"}};

/// What a foreign variable says, in our words.
std::string in_our_words(std::string_view key, std::string value) {
  if (!key.starts_with("log."))
    return value;
  std::ranges::transform(value, value.begin(), [](unsigned char c) { return std::tolower(c); });
  for (const auto& [theirs, ours] : foreign_levels)
    if (value == theirs)
      return ours;
  return value;
}

bool is_section(std::string_view name) {
  return std::ranges::any_of(key_table(), [&](const key& one) { return one.section == name; });
}

std::string variable_of(const key& what) {
  std::string name = "VIDEO_DOC_" + std::string{what.section} + "_" + std::string{what.name};
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::toupper(c); });
  return name;
}

} // namespace

environment environment_of(const char* const* variables) {
  environment all;
  for (; variables != nullptr && *variables != nullptr; ++variables) {
    const std::string_view one{*variables};
    const auto equals = one.find('=');
    if (equals != std::string_view::npos)
      all.emplace_back(one.substr(0, equals), one.substr(equals + 1));
  }
  return all;
}

void read_toml(settings& into, std::string_view toml, const std::string& name) {
  toml::table root;
  try {
    root = toml::parse(toml, name);
  } catch (const toml::parse_error& wrong) {
    throw settings_error{name + ":" + std::to_string(wrong.source().begin.line) + ": " +
                         std::string{wrong.description()}};
  }
  for (const auto& [section, value] : root) {
    const std::string title{section.str()};
    if (!is_section(title))
      throw settings_error{place(name, value, "unknown section " + title)};
    if (!value.is_table())
      throw settings_error{
          place(name, value,
                std::string{title}.append(" is a section: write [").append(title).append("]"))};
    read_section(into, title, value.ref<toml::table>(), name);
  }
}

void read_environment(settings& into, const environment& variables) {
  for (const auto& [name, value] : variables)
    for (const auto& [theirs, ours] : foreign_names)
      if (name == theirs)
        assign(into, ours, in_our_words(ours, value), name);
  for (const auto& variable : variables) {
    const std::string& name = variable.first;
    if (!name.starts_with("VIDEO_DOC_") || name == "VIDEO_DOC_CONFIG" ||
        name == "VIDEO_DOC_BINARY" || name.starts_with("VIDEO_DOC_TEST_") ||
        std::ranges::find(foreign_names, name, [](const auto& each) { return each.first; }) !=
            foreign_names.end())
      continue;
    const auto keys = key_table();
    const auto known =
        std::ranges::find_if(keys, [&](const key& one) { return variable_of(one) == name; });
    if (known == keys.end())
      throw settings_error{name + " in the environment is no setting"};
    assign(into, std::string{known->section} + "." + std::string{known->name}, variable.second,
           name);
  }
}

settings load(const std::optional<std::filesystem::path>& file, const environment& variables) {
  auto path = file;
  for (const auto& [name, value] : variables)
    if (!path && name == "VIDEO_DOC_CONFIG")
      path = value;
  settings all;
  if (path) {
    std::ifstream in{*path};
    std::ostringstream text;
    if (!in || !(text << in.rdbuf()))
      throw settings_error{path->string() + " cannot be read"};
    read_toml(all, text.str(), path->string());
  }
  read_environment(all, variables);
  return all;
}

void assign(settings& into, std::string_view name, std::string_view text, std::string_view origin) {
  const key* known = find_key(name);
  if (known == nullptr)
    throw settings_error{std::string{origin} + " sets " + std::string{name} + ", which is unknown"};
  const auto wrong = std::visit(text_value{text, known->name}, known->in(into));
  if (!wrong.empty())
    throw settings_error{std::string{origin} + " takes " + wrong + ", not \"" + std::string{text} +
                         "\""};
  refuse_if_wrong(*known, into, std::string{origin});
}

std::vector<std::string> all_keys() {
  std::vector<std::string> names;
  for (const key& one : key_table())
    names.push_back(std::string{one.section} + "." + std::string{one.name});
  return names;
}

std::string written_value(const settings& from, std::string_view name) {
  const key* known = find_key(name);
  if (known == nullptr)
    throw settings_error{std::string{name} + " is unknown"};
  auto copy = from;
  return std::visit([](const auto* value) { return to_toml(*value); }, known->in(copy));
}

} // namespace vdoc::conf
