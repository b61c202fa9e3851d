#include "cluster/desk/requests.hpp"

#include "cluster/desk/checked_json.hpp"
#include "cluster/desk/submission.hpp"

namespace vdoc::desk {

namespace {

constexpr std::size_t longest_name = 255;
constexpr std::size_t longest_text = 1'024;
constexpr std::size_t most_states = 16;
constexpr std::int64_t most_in_a_page = 1'000;

std::string id_in(fields& from) {
  auto id = from.text("id", longest_name);
  if (id.empty())
    refuse("id is missing", "give the id of a job");
  return id;
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

/// "name:value": a job that has this label. A name has no colon in it.
void read_label(fields& from, ledger::job_filter& which) {
  const auto label = from.text("label", longest_text);
  if (label.empty())
    return;
  const auto colon = label.find(':');
  if (colon == std::string::npos || colon == 0)
    refuse(from.name_of("label") + " has to be name:value");
  which.label_key = label.substr(0, colon);
  which.label_value = label.substr(colon + 1);
}

void read_which(fields& from, ledger::job_filter& which) {
  which.states = states_in(from);
  which.tenant = from.text("tenant", longest_name);
  which.queue = from.text("queue", longest_name);
  which.text = from.text("text", longest_text);
  which.submitted_from_unix_ms = take_moment(from, "from");
  which.submitted_until_unix_ms = take_moment(from, "until");
  read_label(from, which);
}

parsed_filter read_filter(const nlohmann::json& object) {
  fields from{object, "the request"};
  parsed_filter it;
  read_which(from, it.which);
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

job_order read_order(fields& from, job_action what) {
  job_order order;
  order.what = what;
  order.cause = from.text("cause", longest_text);
  if (what == job_action::retry)
    if (const auto* spec = from.take("spec"))
      order.spec = spec->dump();
  if (what == job_action::reprioritise) {
    const auto priority = take_priority(from);
    if (!priority)
      refuse("priority is missing", "low, normal, high, urgent or a whole number");
    order.priority = *priority;
  }
  return order;
}

job_action action_in(fields& from) {
  const auto name = from.text("action", longest_name);
  if (name == "cancel")
    return job_action::cancel;
  if (name == "retry")
    return job_action::retry;
  if (name == "reprioritise")
    return job_action::reprioritise;
  refuse("action has to be cancel, retry or reprioritise");
}

/// Nobody means all jobs by leaving something out.
ledger::job_filter bulk_filter_in(fields& from) {
  const auto* filter = from.take("filter");
  if (filter == nullptr || !filter->is_object() || filter->empty())
    refuse("filter is missing", R"(say which jobs; {"tenant": "*"} means all)");
  fields inside{*filter, "filter"};
  ledger::job_filter which;
  read_which(inside, which);
  inside.refuse_the_rest();
  if (which.tenant == "*")
    which.tenant.clear();
  return which;
}

parsed_bulk read_bulk(const nlohmann::json& object) {
  fields from{object, "the request"};
  parsed_bulk it;
  it.what = read_order(from, action_in(from));
  it.which = bulk_filter_in(from);
  it.most = static_cast<std::uint32_t>(from.number("most", 1, most_in_a_page, it.most));
  from.refuse_the_rest();
  return it;
}

queue_change read_queue_change(const nlohmann::json& object, fields& from) {
  constexpr std::int64_t most = 1'000'000;
  queue_change change;
  if (object.contains("paused"))
    change.paused = from.truth("paused", false);
  if (object.contains("concurrency"))
    change.concurrency = static_cast<std::uint32_t>(from.number("concurrency", 0, most, 0));
  if (object.contains("starts_per_min"))
    change.starts_per_min = static_cast<std::uint32_t>(from.number("starts_per_min", 0, most, 0));
  from.refuse_the_rest();
  if (!change.paused && !change.concurrency && !change.starts_per_min)
    refuse("nothing is to be changed", "give paused, concurrency or starts_per_min");
  return change;
}

parsed_queue_order read_queue_order(const nlohmann::json& object) {
  fields from{object, "the request"};
  parsed_queue_order it;
  it.name = from.text("name", longest_name);
  if (it.name.empty())
    refuse("name is missing", "give the name of a queue");
  it.what = read_queue_change(object, from);
  return it;
}

tenant_change read_tenant_change(const nlohmann::json& object, fields& from) {
  tenant_change change;
  for (std::size_t i = 0; i < tenant_limit_count; ++i) {
    const auto limit = static_cast<tenant_limit>(i);
    const auto* name = to_string(limit);
    const auto [least, most] = range_of(limit);
    if (!object.contains(name))
      continue;
    const auto value =
        from.number(name, static_cast<std::int64_t>(least), static_cast<std::int64_t>(most), -1);
    change[limit] = value < 0 ? std::nullopt : std::optional{static_cast<std::uint64_t>(value)};
  }
  return change;
}

parsed_tenant_change read_tenant_order(std::string_view json, bool names_it) {
  try {
    const auto object = parse_checked(json, "the request");
    fields from{object, "the request"};
    parsed_tenant_change it;
    if (names_it)
      it.name = from.text("name", longest_name);
    if (names_it && it.name.empty())
      refuse("name is missing", "give the name of a tenant");
    it.what = read_tenant_change(object, from);
    from.refuse_the_rest();
    if (it.what.empty())
      refuse("nothing is to be changed", "give queued, running, stored_mb, upload_gb or share");
    return it;
  } catch (const refused& why) {
    return {why.how, {}, {}};
  }
}

node_action node_action_in(fields& from) {
  const auto name = from.text("action", longest_name);
  for (const auto each : {node_action::cordon, node_action::uncordon, node_action::drain})
    if (to_string(each) == name)
      return each;
  refuse("action has to be cordon, uncordon or drain");
}

} // namespace

parsed_name parse_name(std::string_view json, const caller& who) {
  try {
    return read_name(parse_checked(json, "the request"), who);
  } catch (const refused& why) {
    return {why.how, {}, {}};
  }
}

parsed_reference parse_reference(std::string_view json) {
  try {
    const auto object = parse_checked(json, "the request");
    fields from{object, "the request"};
    parsed_reference it{{}, id_in(from)};
    from.refuse_the_rest();
    return it;
  } catch (const refused& why) {
    return {why.how, {}};
  }
}

parsed_job_order parse_job_order(std::string_view json, job_action what) {
  try {
    const auto object = parse_checked(json, "the request");
    fields from{object, "the request"};
    parsed_job_order it;
    it.id = id_in(from);
    it.what = read_order(from, what);
    from.refuse_the_rest();
    return it;
  } catch (const refused& why) {
    return {why.how, {}, {}};
  }
}

parsed_filter parse_filter(std::string_view json) {
  try {
    return read_filter(parse_checked(json.empty() ? "{}" : json, "the request"));
  } catch (const refused& why) {
    return {why.how, {}, {}, 0};
  }
}

parsed_order parse_order(std::string_view json, job_action what) {
  try {
    const auto object = parse_checked(json.empty() ? "{}" : json, "the request");
    fields from{object, "the request"};
    parsed_order it{{}, read_order(from, what)};
    from.refuse_the_rest();
    return it;
  } catch (const refused& why) {
    return {why.how, {}};
  }
}

parsed_bulk parse_bulk(std::string_view json) {
  try {
    return read_bulk(parse_checked(json, "the request"));
  } catch (const refused& why) {
    return {why.how, {}, {}, 0};
  }
}

parsed_queue_change parse_queue_change(std::string_view json) {
  try {
    const auto object = parse_checked(json, "the request");
    fields from{object, "the request"};
    return {{}, read_queue_change(object, from)};
  } catch (const refused& why) {
    return {why.how, {}};
  }
}

parsed_tenant_change parse_tenant_change(std::string_view json) {
  return read_tenant_order(json, false);
}
parsed_tenant_change parse_tenant_order(std::string_view json) {
  return read_tenant_order(json, true);
}

parsed_node_change parse_node_change(std::string_view json) {
  try {
    const auto object = parse_checked(json, "the request");
    fields from{object, "the request"};
    parsed_node_change it;
    it.what.what = node_action_in(from);
    it.what.node = from.text("node", longest_name);
    if (it.what.node.empty())
      refuse("node is missing", "give the name of a node");
    it.what.cause = from.text("cause", longest_text);
    from.refuse_the_rest();
    return it;
  } catch (const refused& why) {
    return {why.how, {}};
  }
}

parsed_node_change parse_node_change(std::string_view json, node_action what,
                                     const std::string& node) {
  try {
    const auto object = parse_checked(json.empty() ? "{}" : json, "the request");
    fields from{object, "the request"};
    parsed_node_change it{{}, {what, node, from.text("cause", longest_text)}};
    from.refuse_the_rest();
    return it;
  } catch (const refused& why) {
    return {why.how, {}};
  }
}

parsed_breaker_reset parse_breaker_reset(std::string_view json) {
  constexpr std::size_t longest_breaker = 300;
  try {
    const auto object = parse_checked(json, "the request");
    fields from{object, "the request"};
    if (from.text("action", longest_name, "reset") != "reset")
      refuse("the action on a breaker is reset");
    parsed_breaker_reset it{{}, {from.text("breaker", longest_breaker), {}}};
    if (it.what.name.empty())
      refuse("breaker is missing", "give its name as `cluster breakers` shows it");
    it.what.cause = from.text("cause", longest_text);
    from.refuse_the_rest();
    return it;
  } catch (const refused& why) {
    return {why.how, {}};
  }
}

parsed_queue_order parse_queue_order(std::string_view json) {
  try {
    return read_queue_order(parse_checked(json, "the request"));
  } catch (const refused& why) {
    return {why.how, {}, {}};
  }
}

} // namespace vdoc::desk
