#include "net/http/tenant_calls.hpp"

#include "cluster/desk/json_list.hpp"
#include "cluster/desk/requests.hpp"
#include "cluster/desk/submission.hpp"
#include "net/http/overview_call.hpp"

#include <algorithm>
#include <utility>

namespace vdoc::net {

namespace {

using tenants = std::vector<desk::tenant_view>;

/// Gives the tenants that the caller sees to `show`.
void with_tenants(const errand& it, std::function<web_answer(const tenants&)> show) {
  with_overview(it, [who = it.who, show = std::move(show)](const desk::overview& now) {
    return show(desk::seen_by(who, now.tenants));
  });
}

} // namespace

void list_tenants(const errand& it) {
  with_tenants(it, [](const tenants& seen) {
    return web_answer{200, R"({"tenants":)" + desk::joined(seen) + "}"};
  });
}

void show_tenant(const errand& it) {
  with_tenants(it, [name = it.names.at(0)](const tenants& seen) {
    const auto found = std::ranges::find(seen, name, &desk::tenant_view::name);
    if (found == seen.end())
      return problem({desk::refusal::not_found,
                      "nothing is known of a tenant " + name +
                          ": it has no open jobs, nothing "
                          "stored and no limits of its own",
                      "", 0});
    return web_answer{200, to_json(*found)};
  });
}

void change_tenant(const errand& it) {
  auto change = desk::parse_tenant_change(it.what.body);
  if (!change.how.ok())
    return it.answer(problem(change.how));
  const auto& name = it.names.at(0);
  it.with.to.set_tenant(
      it.who, name, std::move(change.what), [answer = it.answer, name](const desk::verdict& how) {
        answer(how.ok() ? web_answer{200, R"({"name":")" + name + "\"}"} : problem(how));
      });
}

} // namespace vdoc::net
