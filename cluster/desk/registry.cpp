#include "cluster/desk/registry.hpp"

#include "cluster/desk/checked_json.hpp"
#include "cluster/desk/stored_json.hpp"
#include "cluster/desk/submission.hpp"

namespace vdoc::desk {

namespace {

using nlohmann::ordered_json;

constexpr std::uint32_t most_tokens = 10'000;
constexpr std::size_t longest_name = 63;

verdict check_admin(const caller& who) {
  if (who.may(role::admin) && who.tenant == "*")
    return {};
  return {refusal::forbidden, "this is for administrators of all tenants",
          "use a token of the role admin and the tenant *", 0};
}

token_wish read_wish(const nlohmann::json& object) {
  fields from{object, "the request"};
  token_wish wish;
  wish.name = from.text("name", longest_name);
  if (wish.name.empty())
    refuse("name is missing", "say who is to have the token");
  wish.tenant = from.text("tenant", longest_name, wish.tenant);
  if (wish.tenant != "*" && !is_name(wish.tenant))
    refuse("tenant is made of a to z, 0 to 9 and ._-, or * for all");
  const auto as = role_from(from.text("role", longest_name, "publisher"));
  if (!as)
    refuse("role has to be viewer, publisher, operator or admin");
  wish.as = *as;
  from.refuse_the_rest();
  return wish;
}

std::vector<token> tokens_in(const std::vector<ledger::document>& documents) {
  std::vector<token> all;
  for (const auto& one : documents)
    if (auto it = token_from(one))
      all.push_back(std::move(*it));
  return all;
}

} // namespace

parsed_token_wish parse_token_wish(std::string_view json) {
  try {
    return {{}, read_wish(parse_checked(json, "the request"))};
  } catch (const refused& why) {
    return {why.how, {}};
  }
}

void registry::refresh() {
  if (reading_->exchange(true))
    return;
  where_.read(
      token_kind, "", most_tokens,
      [book = book_, reading = reading_, changes = book_->changes()](const archived& found) {
        if (found.how.ok())
          book->replace(tokens_in(found.all), changes);
        *reading = false;
      });
}

void registry::create(const caller& who, const token_wish& what, then<token_created> answer) {
  if (auto how = check_admin(who); !how.ok())
    return answer({std::move(how), {}, {}});
  auto secret = new_secret();
  const token made{with_.new_id(), what.name,       what.tenant,
                   what.as,        hash_of(secret), with_.unix_ms()};
  auto stored = to_document(made);
  stored.version = 0; // there is none yet
  const auto detail =
      written({{"name", made.name}, {"tenant", made.tenant}, {"role", to_string(made.as)}});
  where_.write({std::move(stored), stamped({0, who.name, "create token", made.id, detail})}, false,
               [made, secret, book = book_, answer = std::move(answer)](verdict how) {
                 if (how.ok())
                   book->add(made);
                 answer({std::move(how), made, secret});
               });
}

void registry::revoke(const caller& who, const std::string& token_id, then<verdict> answer) {
  if (auto how = check_admin(who); !how.ok())
    return answer(std::move(how));
  if (!book_->has(token_id))
    return answer({refusal::not_found, "there is no token " + token_id, "", 0});
  where_.write({{token_kind, token_id, ""}, stamped({0, who.name, "revoke token", token_id, ""})},
               false, [token_id, book = book_, answer = std::move(answer)](verdict how) {
                 if (how.ok())
                   book->remove(token_id);
                 answer(std::move(how));
               });
}

void registry::list(const caller& who, then<token_list> answer) {
  if (auto how = check_admin(who); !how.ok())
    return answer({std::move(how), {}});
  where_.read(token_kind, "", most_tokens, [answer = std::move(answer)](const archived& found) {
    answer({found.how, tokens_in(found.all)});
  });
}

void registry::read_audit(const caller& who, const audit_query& asked, then<audit_page> answer) {
  if (auto how = check_admin(who); !how.ok())
    return answer({std::move(how), {}, {}});
  const auto from = read_for(asked);
  where_.read(audit_kind, from.after_key, from.most,
              [asked, answer = std::move(answer)](const archived& found) {
                answer(found.how.ok() ? page_of(asked, found.all) : audit_page{found.how, {}, {}});
              });
}

ledger::document registry::stamped(audit_line what) const {
  what.at_unix_ms = with_.unix_ms();
  return to_document(what, with_.new_id());
}

void registry::note(audit_line what) {
  where_.write({stamped(std::move(what))}, true, [](const verdict&) {});
}

std::optional<ledger::document> registry::line_of_submit(const caller& who, bool has_key) const {
  if (tokens().empty() && !has_key)
    return std::nullopt;
  return stamped(vdoc::desk::line_of_submit(who));
}

} // namespace vdoc::desk
