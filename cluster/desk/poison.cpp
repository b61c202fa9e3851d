#include "cluster/desk/poison.hpp"

#include "cluster/desk/checked_json.hpp"
#include "cluster/desk/instant.hpp"
#include "cluster/desk/stored_json.hpp"

#include <algorithm>

namespace vdoc::desk {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t longest_hash = 128;
constexpr std::size_t longest_text = 1'024;

std::vector<poison> all_in(const archived& found, std::int64_t now_unix_ms) {
  std::vector<poison> all;
  for (const auto& one : found.all)
    if (auto it = poison_from(one, now_unix_ms))
      all.push_back(*std::move(it));
  return all;
}

verdict check_whole(const caller& who, role needed) {
  if (who.tenant == "*" && who.may(needed))
    return {};
  return {refusal::forbidden, "that is shared between tenants",
          "use a token of the role " + to_string(needed) + " and the tenant *", 0};
}

} // namespace

ledger::document to_document(const poison& what) {
  return {poison_kind, what.content,
          written({{"reason", what.reason},
                   {"job", what.job},
                   {"marks", what.marks},
                   {"at_unix_ms", what.at_unix_ms}}),
          ledger::document::any_version};
}

std::optional<poison> poison_from(const ledger::document& stored, std::int64_t now_unix_ms) {
  const auto body = ordered_json::parse(stored.body, nullptr, false);
  if (!body.is_object())
    return std::nullopt;
  const auto at = body.find("at_unix_ms");
  poison it{stored.key, text_in(body, "reason"), text_in(body, "job"), text_in(body, "marks"),
            at != body.end() && at->is_number_integer() ? at->get<std::int64_t>() : 0};
  return now_unix_ms - it.at_unix_ms > poison_known_ms ? std::nullopt
                                                       : std::optional{std::move(it)};
}

std::string to_json(const poison_list& what) {
  ordered_json view{{"contents", ordered_json::array()}};
  for (const auto& one : what.all)
    view["contents"].push_back({{"content", one.content},
                                {"reason", one.reason},
                                {"job", one.job},
                                {"since", to_rfc3339(one.at_unix_ms)},
                                {"until", to_rfc3339(one.at_unix_ms + poison_known_ms)}});
  return written(view);
}

parsed_poison_lift parse_poison_lift(std::string_view json) {
  try {
    const auto object = parse_checked(json, "the request");
    fields from{object, "the request"};
    if (from.text("action", longest_hash, "lift") != "lift")
      refuse("the action on a content is lift");
    parsed_poison_lift it{{}, {from.text("content", longest_hash), {}}};
    if (it.what.content.empty())
      refuse("content is missing", "give it as `cluster quarantine` shows it");
    it.what.cause = from.text("cause", longest_text);
    from.refuse_the_rest();
    return it;
  } catch (const refused& why) {
    return {why.how, {}};
  }
}

parsed_poison_lift parse_poison_lift(std::string_view json, const std::string& content) {
  try {
    const auto object = parse_checked(json.empty() ? "{}" : json, "the request");
    fields from{object, "the request"};
    parsed_poison_lift it{{}, {content, from.text("cause", longest_text)}};
    from.refuse_the_rest();
    return it;
  } catch (const refused& why) {
    return {why.how, {}};
  }
}

void poison_desk::list(const caller& who, then<poison_list> answer) {
  if (auto how = check_whole(who, role::viewer); !how.ok())
    return answer({std::move(how), {}});
  where_.read(poison_kind, "", most_poison,
              [now = with_.unix_ms(), answer = std::move(answer)](const archived& found) {
                answer({found.how, all_in(found, now)});
              });
}

void poison_desk::lift(const caller& who, const poison_lift& what, then<verdict> answer) {
  if (auto how = check_whole(who, role::operator_); !how.ok())
    return answer(std::move(how));
  audit_line line{with_.unix_ms(), who.name, "lift quarantine", what.content,
                  what.cause.empty() ? "" : written({{"cause", what.cause}})};
  auto& where = where_;
  where_.read(
      poison_kind, "", most_poison,
      [&where, content = what.content, line = to_document(line, with_.new_id()),
       now = with_.unix_ms(), answer = std::move(answer)](const archived& found) mutable {
        const auto all = all_in(found, now);
        if (!found.how.ok())
          answer(found.how);
        else if (std::ranges::find(all, content, &poison::content) == all.end())
          answer({refusal::not_found, "no content " + content + " is in quarantine",
                  "see `video-doc cluster quarantine`", 0});
        else
          where.write({{poison_kind, content, ""}, std::move(line)}, false, std::move(answer));
      });
}

} // namespace vdoc::desk
