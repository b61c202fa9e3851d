#include "cluster/desk/audit_query.hpp"

#include "cluster/desk/checked_json.hpp"

#include <algorithm>

namespace vdoc::desk {

namespace {

constexpr std::uint32_t most_lines = 1'000;
constexpr std::size_t longest_text = 512;

audit_query read_query(const nlohmann::json& object) {
  fields from{object, "the request"};
  audit_query it;
  it.who = from.text("who", longest_text);
  it.what = from.text("what", longest_text);
  it.subject = from.text("subject", longest_text);
  it.from_unix_ms = take_moment(from, "from");
  it.until_unix_ms = take_moment(from, "until");
  it.cursor = from.text("cursor", longest_text);
  it.most = static_cast<std::uint32_t>(from.number("most", 1, most_lines, it.most));
  from.refuse_the_rest();
  return it;
}

bool is_about(const audit_line& line, const std::string& subject) {
  if (line.subject == subject)
    return true;
  const auto detail = nlohmann::json::parse(line.detail, nullptr, false);
  const auto jobs = detail.is_object() ? detail.find("jobs") : detail.end();
  return jobs != detail.end() && jobs->is_array() &&
         std::ranges::any_of(*jobs, [&](const auto& one) { return one == subject; });
}

bool matches(const audit_query& asked, const audit_line& line) {
  const bool by_them =
      asked.who.empty() || line.who == asked.who || line.who.starts_with(asked.who + " (");
  return by_them && (asked.what.empty() || line.what == asked.what) &&
         (asked.subject.empty() || is_about(line, asked.subject));
}

} // namespace

parsed_audit_query parse_audit_query(std::string_view json) {
  try {
    return {{}, read_query(parse_checked(json, "the request"))};
  } catch (const refused& why) {
    return {why.how, {}};
  }
}

audit_read read_for(const audit_query& asked) {
  const bool is_choosy = !asked.who.empty() || !asked.what.empty() || !asked.subject.empty();
  const auto after = asked.until_unix_ms == 0 ? "" : key_of_older_lines(asked.until_unix_ms);
  return {std::max(asked.cursor, after), is_choosy ? most_lines : asked.most};
}

audit_page page_of(const audit_query& asked, const std::vector<ledger::document>& read) {
  audit_page page;
  for (const auto& one : read) {
    if (page.lines.size() == asked.most)
      return page;
    page.next = one.key;
    auto line = audit_line_from(one);
    if (!line)
      continue;
    if (line->at_unix_ms < asked.from_unix_ms) {
      page.next.clear();
      return page;
    }
    if (matches(asked, *line))
      page.lines.push_back(std::move(*line));
  }
  if (read.size() < read_for(asked).most)
    page.next.clear();
  return page;
}

} // namespace vdoc::desk
