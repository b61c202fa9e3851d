#include "net/http/schedule_calls.hpp"

#include "cluster/desk/submission.hpp"
#include "net/http/query.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace vdoc::net {

namespace {

using desk::refusal;
using desk::verdict;
using nlohmann::json;

constexpr unsigned created = 201;

/// Names are unique in their tenant.
struct place {
  std::string tenant;
  std::string name;
};
verdict none_at(const place& where) {
  return {refusal::not_found, "there is no schedule " + where.name + " of tenant " + where.tenant,
          "look at the list, and name its tenant with ?tenant=", 0};
}

/// The schedule that the path names: of the tenant of the query, or else of the caller's. Nothing,
/// and answered, when the query says something else.
std::optional<place> place_of(const errand& it) {
  place where{it.who.tenant == "*" ? "default" : it.who.tenant, it.names.at(0)};
  for (const auto& [name, value] : pairs_of(it.what.query)) {
    if (name != "tenant" || !desk::is_name(value)) {
      it.answer(problem({refusal::bad_request, "there is only ?tenant=, a name", "", 0}));
      return std::nullopt;
    }
    where.tenant = value;
  }
  return where;
}

/// Calls `then` with the schedules there, or answers why they cannot be seen.
template <class Then> void look(const errand& it, Then then) {
  it.with.to.schedules(it.who,
                       [answer = it.answer, then](const desk::schedule_views& seen) mutable {
                         if (!seen.how.ok())
                           return answer(problem(seen.how));
                         then(seen.all);
                       });
}

const desk::schedule* find(const std::vector<desk::schedule>& all, const place& where) {
  const auto found = std::ranges::find_if(all, [&](const auto& one) {
    return one.name == where.name && one.what.tenant == where.tenant;
  });
  return found == all.end() ? nullptr : &*found;
}

/// Puts it, and says under which status where it is.
void put(desk::desk& to, const desk::caller& who, desk::schedule what, unsigned status,
         const web_answerer& answer) {
  const place where{what.what.tenant, what.name};
  to.put_schedule(who, std::move(what), [answer, where, status](const verdict& how) {
    if (!how.ok())
      return answer(problem(how));
    web_answer done{status, json{{"name", where.name}, {"tenant", where.tenant}}.dump()};
    done.headers.emplace_back("Location",
                              "/api/v1/schedules/" + where.name + "?tenant=" + where.tenant);
    answer(std::move(done));
  });
}

/// The body with the name of the path, which it need not repeat.
std::string named(std::string_view body, const std::string& name) {
  auto object = json::parse(body, nullptr, false);
  if (!object.is_object() || object.contains("name"))
    return std::string{body};
  object["name"] = name;
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// {"paused": true}
std::optional<bool> paused_in(std::string_view body) {
  const auto object = json::parse(body, nullptr, false);
  const bool one = object.is_object() && object.size() == 1;
  const auto paused = one ? object.find("paused") : object.end();
  return paused != object.end() && paused->is_boolean() ? std::optional{paused->get<bool>()}
                                                        : std::nullopt;
}

} // namespace

void list_schedules(const errand& it) {
  look(it, [answer = it.answer](const std::vector<desk::schedule>& all) {
    std::string text;
    for (const auto& one : all)
      text += (text.empty() ? "" : ",") + desk::to_json(one);
    answer({200, R"({"schedules":[)" + text + "]}"});
  });
}

void show_schedule(const errand& it) {
  const auto where = place_of(it);
  if (!where)
    return;
  look(it, [answer = it.answer, where = *where](const std::vector<desk::schedule>& all) {
    const auto* found = find(all, where);
    answer(found != nullptr ? web_answer{200, desk::to_json(*found)} : problem(none_at(where)));
  });
}

void create_schedule(const errand& it) {
  auto parsed = desk::parse_schedule(it.what.body, it.who);
  if (!parsed.how.ok())
    return it.answer(problem(parsed.how));
  look(it, [to = &it.with.to, who = it.who, answer = it.answer, hop = it.with.hop,
            what = std::move(parsed.what)](const std::vector<desk::schedule>& all) {
    if (find(all, {what.what.tenant, what.name}) != nullptr)
      return answer(problem({refusal::conflict, "there is a schedule of the name " + what.name,
                             "replace it with PUT, or choose another name", 0}));
    hop([=] { put(*to, who, what, created, answer); });
  });
}

void put_schedule(const errand& it) {
  auto parsed = desk::parse_schedule(named(it.what.body, it.names.at(0)), it.who);
  if (parsed.how.ok() && parsed.what.name != it.names.at(0))
    parsed.how = {refusal::bad_request, "the path and the body name different schedules",
                  "leave the name out of the body", 0};
  if (!parsed.how.ok())
    return it.answer(problem(parsed.how));
  put(it.with.to, it.who, std::move(parsed.what), 200, it.answer);
}

void change_schedule(const errand& it) {
  const auto paused = paused_in(it.what.body);
  if (!paused)
    return it.answer(problem({refusal::bad_request, "say {\"paused\": true} or false",
                              "replace the schedule with PUT to change anything else", 0}));
  const auto where = place_of(it);
  if (!where)
    return;
  look(it, [to = &it.with.to, who = it.who, answer = it.answer, hop = it.with.hop, where = *where,
            paused = *paused](const std::vector<desk::schedule>& all) {
    const auto* found = find(all, where);
    if (found == nullptr)
      return answer(problem(none_at(where)));
    auto what = *found;
    what.paused = paused;
    hop([=] { put(*to, who, what, 200, answer); });
  });
}

void remove_schedule(const errand& it) {
  const auto where = place_of(it);
  if (!where)
    return;
  it.with.to.remove_schedule(
      it.who, where->tenant, where->name, [answer = it.answer, where = *where](const verdict& how) {
        answer(how.ok()
                   ? web_answer{200, json{{"name", where.name}, {"tenant", where.tenant}}.dump()}
                   : problem(how));
      });
}

} // namespace vdoc::net
