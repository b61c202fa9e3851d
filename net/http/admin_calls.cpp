#include "net/http/admin_calls.hpp"

#include "cluster/desk/inner_views.hpp"
#include "cluster/desk/instant.hpp"
#include "cluster/desk/json_list.hpp"
#include "cluster/desk/requests.hpp"
#include "cluster/desk/submission.hpp"
#include "net/http/link_signer.hpp"
#include "net/http/query.hpp"

#include <nlohmann/json.hpp>

namespace vdoc::net {

namespace {

using desk::joined;
using desk::refusal;
using nlohmann::json;

constexpr unsigned created = 201;
constexpr std::int64_t longest_link_s = 7LL * 24 * 60 * 60;
constexpr std::int64_t usual_link_s = 60LL * 60;
constexpr std::int64_t ms_per_s = 1'000;

/// False, and answered, when this service keeps no tokens.
bool has_registry(const errand& it) {
  if (it.with.registry == nullptr)
    it.answer(problem({refusal::not_found, "this service keeps no tokens", "", 0}));
  return it.with.registry != nullptr;
}

/// {"expires_in_s": 3600}; nothing when it is something else.
std::optional<std::int64_t> expiry_in(std::string_view body) {
  if (body.empty())
    return usual_link_s;
  const auto object = json::parse(body, nullptr, false);
  if (!object.is_object() || object.size() > 1)
    return std::nullopt;
  if (object.empty())
    return usual_link_s;
  const auto found = object.find("expires_in_s");
  if (found == object.end() || !found->is_number_integer())
    return std::nullopt;
  const auto seconds = found->get<std::int64_t>();
  return seconds >= 1 && seconds <= longest_link_s ? std::optional{seconds} : std::nullopt;
}

} // namespace

void create_token(const errand& it) {
  if (!has_registry(it))
    return;
  const auto wish = desk::parse_token_wish(it.what.body);
  if (!wish.how.ok())
    return it.answer(problem(wish.how));
  it.with.registry->create(it.who, wish.what,
                           [answer = it.answer](const desk::token_created& made) {
                             if (!made.how.ok())
                               return answer(problem(made.how));
                             auto view = nlohmann::ordered_json::parse(desk::to_json(made.what));
                             view["token"] = made.secret;
                             answer({created, view.dump()});
                           });
}

void list_tokens(const errand& it) {
  if (!has_registry(it))
    return;
  it.with.registry->list(it.who, [answer = it.answer](const desk::token_list& known) {
    answer(known.how.ok() ? web_answer{200, R"({"tokens":)" + joined(known.all) + "}"}
                          : problem(known.how));
  });
}

void revoke_token(const errand& it) {
  if (!has_registry(it))
    return;
  const auto& id = it.names.at(0);
  it.with.registry->revoke(it.who, id, [answer = it.answer, id](const desk::verdict& how) {
    answer(how.ok() ? web_answer{200, json{{"id", id}}.dump()} : problem(how));
  });
}

void list_audit(const errand& it) {
  if (!has_registry(it))
    return;
  const auto asked = desk::parse_audit_query(filter_of(it.what.query));
  if (!asked.how.ok())
    return it.answer(problem(asked.how));
  it.with.registry->read_audit(
      it.who, asked.what, [answer = it.answer](const desk::audit_page& page) {
        if (!page.how.ok())
          return answer(problem(page.how));
        answer({200, R"({"lines":)" + joined(page.lines) + R"(,"next":")" + page.next + "\"}"});
      });
}

void show_cluster(const errand& it) {
  it.with.to.look_at_nodes([answer = it.answer](const std::vector<desk::node_view>& nodes) {
    answer({200, desk::cluster_to_json(nodes)});
  });
}

/// What has a verdict and is shown as JSON.
template <class View> static desk::then<View> shown(const web_answerer& answer) {
  return [answer](const View& seen) {
    answer(seen.how.ok() ? web_answer{200, desk::to_json(seen)} : problem(seen.how));
  };
}

void show_tree(const errand& it) {
  it.with.to.look_at_tree(it.who, shown<desk::tree_view>(it.answer));
}

void show_breakers(const errand& it) {
  it.with.to.look_at_breakers(it.who, shown<desk::breaker_views>(it.answer));
}

void reset_breaker(const errand& it) {
  const auto asked = desk::parse_breaker_reset(it.what.body);
  if (!asked.how.ok())
    return it.answer(problem(asked.how));
  it.with.to.reset_breaker(
      it.who, asked.what, [answer = it.answer, name = asked.what.name](const desk::verdict& how) {
        answer(how.ok() ? web_answer{200, json{{"name", name}}.dump()} : problem(how));
      });
}

void show_hosts(const errand& it) {
  it.with.to.look_at_hosts(it.who, shown<desk::host_views>(it.answer));
}

void show_poison(const errand& it) {
  if (it.with.poison == nullptr)
    it.answer({200, desk::to_json(desk::poison_list{})});
  else
    it.with.poison->list(it.who, shown<desk::poison_list>(it.answer));
}

void lift_poison(const errand& it) {
  const auto& content = it.names.at(0);
  auto asked = desk::parse_poison_lift(it.what.body, content);
  if (asked.how.ok() && it.with.poison == nullptr)
    asked.how = {refusal::not_found, "nothing is in quarantine here", "", 0};
  if (!asked.how.ok())
    return it.answer(problem(asked.how));
  it.with.poison->lift(it.who, asked.what, [answer = it.answer, content](const desk::verdict& how) {
    answer(how.ok() ? web_answer{200, json{{"content", content}}.dump()} : problem(how));
  });
}

static void order_node(const errand& it, desk::node_action what) {
  const auto& name = it.names.at(0);
  const auto asked = desk::parse_node_change(it.what.body, what, name);
  if (!asked.how.ok())
    return it.answer(problem(asked.how));
  it.with.to.order_node(it.who, asked.what, [answer = it.answer, name](const desk::verdict& how) {
    answer(how.ok() ? web_answer{200, desk::node_ordered_to_json(name, how)} : problem(how));
  });
}
void cordon_node(const errand& it) {
  order_node(it, desk::node_action::cordon);
}
void uncordon_node(const errand& it) {
  order_node(it, desk::node_action::uncordon);
}
void drain_node(const errand& it) {
  order_node(it, desk::node_action::drain);
}

void create_link(const errand& it) {
  if (it.with.links == nullptr)
    return it.answer(problem({refusal::not_found, "this service signs no links", "", 0}));
  const auto seconds = expiry_in(it.what.body);
  if (!seconds)
    return it.answer(problem(
        {refusal::bad_request, "expires_in_s has to be a whole number from 1 to 604800", "", 0}));
  const auto until_s = it.with.unix_ms() / ms_per_s + *seconds;
  it.with.to.find(it.who, it.names.at(0),
                  [answer = it.answer, links = it.with.links, log = it.with.registry, who = it.who,
                   until_s](const desk::job_views& found) {
                    if (!found.how.ok())
                      return answer(problem(found.how));
                    const auto& id = found.jobs.at(0).record.what.id;
                    if (log)
                      log->note(desk::line_of_link(who, id, until_s * ms_per_s));
                    const auto url = "/api/v1/shared/" + id + "/" + links->sign(id, until_s) + "/";
                    answer({created,
                            nlohmann::ordered_json{
                                {"url", url}, {"expires_at", desk::to_rfc3339(until_s * ms_per_s)}}
                                .dump()});
                  });
}

} // namespace vdoc::net
