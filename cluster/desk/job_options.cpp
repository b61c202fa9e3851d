#include "cluster/desk/job_options.hpp"

#include "cluster/desk/checked_json.hpp"
#include "conf/offer.hpp"
#include "conf/settings.hpp"

#include <array>
#include <optional>
#include <set>

namespace vdoc::desk {

namespace {

using nlohmann::json;

constexpr std::array texts{"ladder", "preset", "container", "captions", "language"};
constexpr std::array numbers{"crf", "segment_ms"};
constexpr std::array truths{"mp4", "document", "skip_poison"};

constexpr std::int64_t longest_s = std::int64_t{30} * 24 * 3600;
constexpr std::int64_t most_attempts = 100;
constexpr std::size_t longest_text = 255;

/// Keeps a value of [run] once the settings have agreed to it; they are made when there is one.
void keep(job_options& in, std::optional<conf::settings>& trial, const std::string& name,
          std::string value) {
  try {
    if (!trial)
      trial.emplace();
    conf::assign(*trial, "run." + name, value, "spec." + name);
  } catch (const conf::settings_error& wrong) {
    refuse(wrong.what());
  }
  in.run[name] = std::move(value);
}

void read_run(job_options& in, fields& from) {
  std::optional<conf::settings> trial;
  for (const char* name : texts)
    if (auto text = from.text(name, longest_text); !text.empty())
      keep(in, trial, name, std::move(text));
  for (const char* name : numbers)
    if (const auto* value = from.take(name)) {
      if (!value->is_number_integer())
        refuse(from.name_of(name) + " has to be a whole number");
      keep(in, trial, name, value->dump());
    }
  for (const char* name : truths)
    if (const auto* value = from.take(name)) {
      if (!value->is_boolean())
        refuse(from.name_of(name) + " has to be true or false");
      keep(in, trial, name, value->dump());
    }
}

std::vector<std::string> needs_in(fields& from) {
  constexpr std::size_t most = 16;
  std::set<std::string> needs; // equal options, equal texts
  const auto* value = from.take("needs");
  if (value == nullptr)
    return {};
  if (!value->is_array() || value->size() > most)
    refuse(from.name_of("needs") + " has to be a list of at most " + std::to_string(most) +
           " words");
  for (const auto& one : *value) {
    if (!one.is_string() || !conf::is_offer(one.get<std::string>()))
      refuse(from.name_of("needs") + " has to hold words such as \"gpu\" or \"zone:eu-1\"",
             "`video-doc cluster nodes --json` shows what nodes offer");
    needs.insert(one.get<std::string>());
  }
  return {needs.begin(), needs.end()};
}

dispatch::urgency urgency_in(fields& from) {
  const auto word = from.text("urgency", longest_text, "batch");
  const auto known = dispatch::urgency_from(word);
  if (!known)
    refuse(from.name_of("urgency") + " has to be live, interactive or batch");
  return *known;
}

job_options read(const json& object) {
  fields from{object, "spec"};
  job_options options;
  const auto kind = from.text("kind", longest_text, "video");
  if (kind != "video" && kind != "noop")
    refuse("kind has to be video or noop");
  options.kind = kind == "noop" ? job_kind::noop : job_kind::video;
  options.soft_limit_s = from.number("soft_limit_s", 0, longest_s, 0);
  options.hard_limit_s = from.number("hard_limit_s", 0, longest_s, 0);
  options.attempts = from.number("attempts", 0, most_attempts, 0);
  options.fresh = from.truth("fresh", false);
  options.needs = needs_in(from);
  options.urgency = urgency_in(from);
  read_run(options, from);
  from.refuse_the_rest();
  if (options.hard_limit_s > 0 && options.soft_limit_s > options.hard_limit_s)
    refuse("spec.soft_limit_s is beyond spec.hard_limit_s");
  return options;
}

/// The settings keep all values as text; JSON has numbers and truths.
json typed(const std::string& name, const std::string& value) {
  for (const char* one : texts)
    if (name == one)
      return value;
  return json::parse(value, nullptr, false);
}

} // namespace

parsed_options parse_options(std::string_view text, std::size_t most_bytes) {
  try {
    if (text.empty())
      return {};
    if (text.size() > most_bytes)
      refuse("spec is longer than " + std::to_string(most_bytes) + " bytes");
    return {{}, read(parse_checked(text, "spec"))};
  } catch (const refused& why) {
    return {why.how, {}};
  }
}

std::string to_spec(const job_options& what) {
  json object = json::object();
  if (what.kind == job_kind::noop)
    object["kind"] = "noop";
  for (const auto& [name, value] : what.run)
    object[name] = typed(name, value);
  const std::array limits{std::pair{"soft_limit_s", what.soft_limit_s},
                          std::pair{"hard_limit_s", what.hard_limit_s},
                          std::pair{"attempts", what.attempts}};
  for (const auto& [name, value] : limits)
    if (value != 0)
      object[name] = value;
  if (!what.needs.empty())
    object["needs"] = what.needs;
  if (what.urgency != dispatch::urgency::batch)
    object["urgency"] = to_string(what.urgency);
  if (what.fresh)
    object["fresh"] = true;
  return object.empty() ? std::string{} : object.dump();
}

job_options options_of(const std::string& spec) {
  if (spec.empty())
    return {};
  return parse_options(spec).what;
}

} // namespace vdoc::desk
