#include "test/http/memory_archive.hpp"

#include "cluster/desk/registry.hpp"

namespace vdoc::test {

namespace {

desk::verdict away(const std::string& trouble) {
  return {desk::refusal::busy, "the ledger is away: " + trouble, "try again", 1'000};
}

} // namespace

void memory_archive::read(const std::string& kind, const std::string& after_key, std::uint32_t most,
                          desk::then<desk::archived> answer) {
  desk::archived found;
  {
    const std::scoped_lock lock{mutex};
    if (!trouble.empty())
      found.how = away(trouble);
    else
      for (const auto& [name, one] : all)
        if (name.first == kind && name.second > after_key && found.all.size() < most)
          found.all.push_back(one);
  }
  answer(std::move(found));
}

bool memory_archive::put(ledger::document one) {
  const auto name = std::pair{one.kind, one.key};
  const auto known = all.find(name);
  const auto version = known == all.end() ? 0 : known->second.version;
  if (one.version != ledger::document::any_version && one.version != version)
    return false;
  one.version = version + 1;
  if (one.body.empty())
    all.erase(name);
  else
    all.insert_or_assign(name, std::move(one));
  return true;
}

void memory_archive::write(std::vector<ledger::document> what, bool must_not_be_lost,
                           desk::then<desk::verdict> answer) {
  desk::verdict how;
  {
    const std::scoped_lock lock{mutex};
    if (!trouble.empty() && !must_not_be_lost)
      how = away(trouble);
    else
      for (auto& one : what)
        if (!put(std::move(one)))
          how = {desk::refusal::conflict, "the ledger does not take it: stale", "", 0};
  }
  answer(std::move(how));
}

std::vector<std::string> memory_archive::audit() {
  const std::scoped_lock lock{mutex};
  std::vector<std::string> lines;
  for (const auto& [name, one] : all)
    if (name.first == desk::audit_kind)
      if (const auto line = desk::audit_line_from(one))
        lines.push_back(line->what + " " + line->subject + " by " + line->who);
  return lines;
}

} // namespace vdoc::test
