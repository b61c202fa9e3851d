#include "cluster/desk/requests.hpp"

#include "cluster/desk/checked_json.hpp"

namespace vdoc::desk {

namespace {

constexpr std::size_t longest_name = 255;
constexpr std::size_t longest_text = 1'024;
constexpr std::size_t most_states = 16;
constexpr std::int64_t most_in_a_page = 1'000;

parsed_reference read_reference(const nlohmann::json& object, bool may_have_spec) {
  fields from{object, "the request"};
  parsed_reference it;
  it.id = from.text("id", longest_name);
  if (it.id.empty())
    refuse("id is missing", "give the id of a job");
  it.cause = from.text("cause", longest_text);
  if (may_have_spec)
    if (const auto* spec = from.take("spec"))
      it.spec = spec->dump();
  from.refuse_the_rest();
  return it;
}

std::vector<ledger::job_state> states_in(fields& from) {
  std::vector<ledger::job_state> states;
  const auto* names = from.take("states");
  if (names == nullptr)
    return states;
  if (!names->is_array() || names->size() > most_states)
    refuse("states has to be a list of states");
  for (const auto& name : *names) {
    const auto state = name.is_string() ? ledger::job_state_from(name.get_ref<const std::string&>())
                                        : std::optional<ledger::job_state>{};
    if (!state)
      refuse("there is no state " + name.dump());
    states.push_back(*state);
  }
  return states;
}

parsed_filter read_filter(const nlohmann::json& object) {
  fields from{object, "the request"};
  parsed_filter it;
  it.which.states = states_in(from);
  it.which.tenant = from.text("tenant", longest_name);
  it.which.queue = from.text("queue", longest_name);
  it.which.text = from.text("text", longest_text);
  it.cursor = from.text("cursor", longest_name);
  it.most = static_cast<std::uint32_t>(from.number("most", 1, most_in_a_page, it.most));
  from.refuse_the_rest();
  return it;
}

parsed_name read_name(const nlohmann::json& object, const caller& who) {
  fields from{object, "the request"};
  parsed_name it;
  it.name = from.text("name", longest_name);
  if (it.name.empty())
    refuse("name is missing", "give the name of a schedule");
  it.tenant = from.text("tenant", longest_name, who.tenant == "*" ? "default" : who.tenant);
  from.refuse_the_rest();
  return it;
}

} // namespace

parsed_name parse_name(std::string_view json, const caller& who) {
  try {
    return read_name(parse_checked(json, "the request"), who);
  } catch (const refused& why) {
    return {why.how, {}, {}};
  }
}

parsed_reference parse_reference(std::string_view json, bool may_have_spec) {
  try {
    return read_reference(parse_checked(json, "the request"), may_have_spec);
  } catch (const refused& why) {
    return {why.how, {}, {}, {}};
  }
}

parsed_filter parse_filter(std::string_view json) {
  try {
    return read_filter(parse_checked(json.empty() ? "{}" : json, "the request"));
  } catch (const refused& why) {
    return {why.how, {}, {}, 0};
  }
}

} // namespace vdoc::desk
