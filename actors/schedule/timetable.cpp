#include "actors/schedule/timetable.hpp"

#include "cluster/desk/instant.hpp"
#include "cluster/desk/submission.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace vdoc::schedule {

namespace {

constexpr std::size_t longest_name = 63;

/// The latest time up to now, if more than one was missed.
std::int64_t latest_missed(const cron& when, std::int64_t first_unix_ms, std::int64_t now_unix_ms) {
  constexpr std::int64_t day_ms = 24LL * 3'600'000;
  auto latest = first_unix_ms;
  // What is older than a day is not gone through minute by minute.
  auto next = when.next_unix_ms(std::max(first_unix_ms, now_unix_ms - day_ms));
  while (next && *next <= now_unix_ms) {
    latest = *next;
    next = when.next_unix_ms(latest);
  }
  return latest;
}

} // namespace

desk::verdict timetable::put(desk::schedule what, std::int64_t since_unix_ms) {
  using desk::refusal;
  if (what.name.size() > longest_name || !desk::is_name(what.name))
    return {refusal::bad_request, "name is made of a to z, 0 to 9 and ._-, at most 63 of them", "",
            0};
  const auto parsed = cron::parse(what.cron);
  if (const auto* wrong = std::get_if<cron::error>(&parsed))
    return {refusal::bad_request, wrong->what, "", 0};
  const auto& when = std::get<cron>(parsed);
  const auto next = when.next_unix_ms(std::max(what.last_unix_ms, since_unix_ms));
  if (!next)
    return {refusal::bad_request, "cron \"" + what.cron + "\" never comes", "", 0};
  what.next_unix_ms = *next;
  const auto key = key_of(what.what.tenant, what.name);
  all_.insert_or_assign(key, entry{std::move(what), when, since_unix_ms});
  return {};
}

std::vector<submission> timetable::due(std::int64_t now_unix_ms) const {
  std::vector<submission> all;
  for (const auto& [key, it] : all_) {
    if (it.what.paused || it.what.next_unix_ms > now_unix_ms)
      continue;
    submission one{key, latest_missed(it.when, it.what.next_unix_ms, now_unix_ms), it.what.what};
    one.what.idempotency_key = "schedule/" + it.what.name + "/" + desk::to_rfc3339(one.due_unix_ms);
    all.push_back(std::move(one));
  }
  return all;
}

void timetable::submitted(const std::string& key, std::int64_t due_unix_ms) {
  const auto found = all_.find(key);
  if (found == all_.end() || found->second.what.next_unix_ms > due_unix_ms)
    return;
  auto& it = found->second;
  it.what.last_unix_ms = due_unix_ms;
  it.what.next_unix_ms = it.when.next_unix_ms(due_unix_ms).value_or(due_unix_ms);
}

std::optional<std::int64_t> timetable::next_unix_ms() const {
  std::optional<std::int64_t> least;
  for (const auto& [key, it] : all_)
    if (!it.what.paused)
      least = std::min(least.value_or(it.what.next_unix_ms), it.what.next_unix_ms);
  return least;
}

const desk::schedule* timetable::find(const std::string& key) const {
  const auto found = all_.find(key);
  return found == all_.end() ? nullptr : &found->second.what;
}

std::vector<desk::schedule> timetable::all() const {
  std::vector<desk::schedule> list;
  for (const auto& [key, it] : all_)
    list.push_back(it.what);
  return list;
}

std::string timetable::stored(const std::string& key) const {
  const auto found = all_.find(key);
  if (found == all_.end())
    return {};
  auto body = nlohmann::json::parse(desk::to_json(found->second.what));
  body["last_unix_ms"] = found->second.what.last_unix_ms;
  body["since_unix_ms"] = found->second.since_unix_ms;
  return body.dump();
}

bool timetable::take_stored(const std::string& body) {
  const auto stored = nlohmann::json::parse(body, nullptr, false);
  if (!stored.is_object() || !stored.contains("job"))
    return false;
  auto job = desk::parse_job(stored["job"].dump(), {"schedule", "*", desk::role::admin});
  if (!job.how.ok())
    return false;
  desk::schedule what;
  what.name = stored.value("name", "");
  what.cron = stored.value("cron", "");
  what.paused = stored.value("paused", false);
  what.last_unix_ms = stored.value("last_unix_ms", std::int64_t{0});
  what.what = std::move(job.what);
  return put(std::move(what), stored.value("since_unix_ms", std::int64_t{0})).ok();
}

} // namespace vdoc::schedule
