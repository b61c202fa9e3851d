#include "cluster/desk/key_desk.hpp"

#include "cluster/desk/audit.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace vdoc::desk {

namespace {

constexpr std::uint32_t most_keys = 10'000;
constexpr std::int64_t there_is_none = 0;

verdict check_admin(const caller& who) {
  if (who.may(role::admin))
    return {};
  return {refusal::forbidden, "this takes the role admin", "use another key or token", 0};
}

verdict still_reading() {
  return {refusal::busy, "the keys are still being read", "try again", 500};
}

std::vector<client_key> keys_in(const std::vector<ledger::document>& documents) {
  std::vector<client_key> all;
  for (const auto& one : documents)
    if (auto key = stored_key(one.key, one.body))
      all.push_back(std::move(*key));
  return all;
}

} // namespace

void key_desk::refresh() {
  if (reading_->exchange(true))
    return;
  read([reading = reading_](const key_list&) { *reading = false; });
}

void key_desk::read(then<key_list> answer) {
  where_.read(key_kind, "", most_keys,
              [ring = with_.ring, removals = with_.ring->removals(),
               answer = std::move(answer)](const archived& found) {
                key_list all{found.how, keys_in(found.all)};
                // What was taken away meanwhile must not come back.
                if (all.how.ok() && ring->removals() == removals)
                  ring->fill(all.keys);
                answer(std::move(all));
              });
}

void key_desk::create(const caller& who, client_key what, then<verdict> answer) {
  if (auto how = check_admin(who); !how.ok())
    return answer(std::move(how));
  if (!who.sees(what.tenant))
    return answer({refusal::forbidden, "tenant is not yours to give keys for", "", 0});
  if (!with_.ring->complete())
    return answer(still_reading());
  if (with_.ring->find(what.public_key))
    return answer({refusal::conflict, "this public key is known already", "make a new pair", 0});
  const verdict taken{refusal::conflict, "there is a key of the name " + what.name,
                      "choose another one, or revoke that one first", 0};
  if (with_.ring->named(what.name))
    return answer(taken);
  what.created_unix_ms = with_.unix_ms();
  what.created_by = who.name;
  where_.write(
      {{key_kind, what.name, to_json(what), there_is_none}, line_of(who, "create key", what)},
      false, [ring = with_.ring, what, taken, answer = std::move(answer)](const verdict& how) {
        if (how.ok())
          ring->put(what);
        // Only another one of that name can have come between.
        answer(how.why == refusal::conflict ? taken : how);
      });
}

void key_desk::revoke(const caller& who, const std::string& name, then<verdict> answer) {
  if (auto how = check_admin(who); !how.ok())
    return answer(std::move(how));
  if (!with_.ring->complete())
    return answer(still_reading());
  const auto known = with_.ring->named(name);
  if (!known || !who.sees(known->tenant))
    return answer({refusal::not_found, "there is no key of the name " + name, "", 0});
  where_.write({{key_kind, name, ""}, line_of(who, "revoke key", *known)}, false,
               [ring = with_.ring, name, answer = std::move(answer)](verdict how) {
                 if (how.ok())
                   ring->remove(name);
                 answer(std::move(how));
               });
}

void key_desk::list(const caller& who, then<key_list> answer) {
  if (auto how = check_admin(who); !how.ok())
    return answer({std::move(how), {}});
  read([who, answer = std::move(answer)](key_list all) {
    std::erase_if(all.keys, [&](const auto& each) { return !who.sees(each.tenant); });
    answer(std::move(all));
  });
}

ledger::document key_desk::line_of(const caller& who, const char* what,
                                   const client_key& which) const {
  const nlohmann::ordered_json detail{
      {"tenant", which.tenant}, {"role", to_string(which.as)}, {"public_key", which.public_key}};
  return to_document({with_.unix_ms(), who.name, what, which.name, detail.dump()}, with_.new_id());
}

} // namespace vdoc::desk
