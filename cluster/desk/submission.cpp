#include "cluster/desk/submission.hpp"

#include "cluster/desk/checked_json.hpp"
#include "cluster/desk/instant.hpp"
#include "cluster/desk/job_options.hpp"
#include "cluster/desk/token.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace vdoc::desk {

namespace {

using nlohmann::json;

bool is_hex(std::string_view text) {
  return std::ranges::all_of(
      text, [](char one) { return (one >= '0' && one <= '9') || (one >= 'a' && one <= 'f'); });
}

/// 8-4-4-4-12 hexadecimal digits.
bool is_job_id(std::string_view text) {
  constexpr std::size_t length = 36;
  if (text.size() != length)
    return false;
  for (std::size_t i = 0; i < length; ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex(text.substr(i, 1)))
      return false;
  }
  return true;
}

std::string name_in(fields& from, const char* field, std::string otherwise, std::size_t most) {
  auto name = from.text(field, most, std::move(otherwise));
  if (!is_name(name))
    refuse(from.name_of(field) + " is made of a to z, 0 to 9 and ._-");
  return name;
}

std::string queue_in(fields& from, const submission_limits& limits) {
  auto name = name_in(from, "queue", "default", limits.name_bytes);
  if (name.starts_with("stage."))
    refuse("queue must not begin with \"stage.\"", "those are the queues of the stages of a job");
  return name;
}

std::string source_in(fields& from, const submission_limits& limits) {
  auto source = from.text("source", limits.source_bytes);
  if (source.empty())
    refuse("source is missing", "give the path or the URL of a video");
  return source;
}

std::string labels_in(fields& from, const submission_limits& limits) {
  const auto* labels = from.take("labels");
  if (labels == nullptr)
    return {};
  if (!labels->is_object() || labels->size() > limits.labels)
    refuse("labels has to be an object of at most " + std::to_string(limits.labels) + " texts");
  for (const auto& [name, value] : labels->items()) {
    if (name.empty() || !value.is_string())
      refuse("labels has to be an object of texts");
    check_text("the name of a label", name, limits.label_bytes);
    check_text("labels." + name, value.get_ref<const std::string&>(), limits.label_bytes);
  }
  return labels->empty() ? std::string{} : labels->dump();
}

std::vector<std::string> after_in(fields& from, const submission_limits& limits) {
  std::vector<std::string> ids;
  const auto* value = from.take("after");
  if (value == nullptr)
    return ids;
  if (!value->is_array() || value->size() > limits.after)
    refuse("after has to be a list of at most " + std::to_string(limits.after) + " job ids");
  for (const auto& id : *value) {
    if (!id.is_string() || !is_job_id(id.get_ref<const std::string&>()))
      refuse("after has to be a list of job ids");
    if (std::ranges::find(ids, id.get_ref<const std::string&>()) == ids.end())
      ids.push_back(id);
  }
  return ids;
}

std::string callback_url_in(fields& from, const char* name, const submission_limits& limits) {
  auto url = from.text(name, limits.source_bytes);
  if (!url.starts_with("https://") && !url.starts_with("http://"))
    refuse(from.name_of(name) + " has to be an http or https URL");
  return url;
}

/// A URL, or {"url": ..., "events": ["succeeded", "failed", "cancelled"]}; as it is stored.
std::string callback_in(fields& from, const json& object, const submission_limits& limits) {
  const auto found = object.find("callback");
  if (found == object.end() || found->is_null())
    return {};
  if (found->is_string())
    return json{{"url", callback_url_in(from, "callback", limits)}}.dump();
  const auto* given = from.take("callback");
  if (!given->is_object())
    refuse("callback has to be a URL, or an object with a url");
  fields inside{*given, "callback"};
  json stored{{"url", callback_url_in(inside, "url", limits)}};
  if (const auto* events = inside.take("events")) {
    if (!events->is_array() || events->empty())
      refuse("callback.events has to be a list of succeeded, failed and cancelled");
    for (const auto& one : *events)
      if (one != "succeeded" && one != "failed" && one != "cancelled")
        refuse("callback.events has to be a list of succeeded, failed and cancelled");
    stored["events"] = *events;
  }
  inside.refuse_the_rest();
  return stored.dump();
}

std::string traceparent_in(fields& from) {
  constexpr std::size_t longest = 255;
  auto text = from.text("traceparent", longest);
  if (!text.empty() && !is_traceparent(text))
    refuse("traceparent is not of the form of W3C Trace Context");
  return text;
}

/// The spec that was read last: jobs of a batch mostly have the same.
struct known_spec {
  json given;
  std::string stored;
};

std::string spec_in(fields& from, const submission_limits& limits, known_spec& last) {
  const auto kind = from.text("kind", limits.name_bytes, "video");
  const auto* given = from.take("spec");
  if (given == nullptr && kind == "video")
    return {};
  json spec = given == nullptr ? json::object() : *given;
  if (!spec.is_object())
    refuse("spec has to be a JSON object");
  if (!spec.contains("kind"))
    spec["kind"] = kind;
  else if (spec["kind"] != kind && from.take("kind") != nullptr)
    refuse("kind and spec.kind say different things");
  if (spec == last.given)
    return last.stored;
  auto parsed = parse_options(spec.dump(), limits.spec_bytes);
  if (!parsed.how.ok())
    throw refused{std::move(parsed.how)};
  last = {std::move(spec), to_spec(parsed.what)};
  return last.stored;
}

std::string tenant_in(fields& from, const caller& who, const submission_limits& limits) {
  const bool all = who.tenant == "*";
  auto tenant = name_in(from, "tenant", all ? "default" : who.tenant, limits.name_bytes);
  if (!who.sees(tenant))
    throw refused{{refusal::forbidden, "tenant is not yours to submit for",
                   "leave it out, or use a key of that tenant", 0}};
  return tenant;
}

/// {"key": "...", "window_s": 600}, of a job whose source, queue and spec are read.
void take_dedupe(fields& from, ledger::job& job, const submission_limits& limits) {
  const auto* given = from.take("dedupe");
  if (given == nullptr)
    return;
  if (!given->is_object())
    refuse("dedupe has to be an object with a window_s");
  fields inside{*given, "dedupe"};
  job.dedupe_key = inside.text("key", limits.key_bytes);
  constexpr std::int64_t ms_per_s = 1'000;
  job.dedupe_window_ms = inside.number("window_s", 1, limits.dedupe_s, 0) * ms_per_s;
  inside.refuse_the_rest();
  if (job.dedupe_window_ms == 0)
    refuse("dedupe.window_s is missing", "say for how many seconds, 1 to 604800");
  if (job.dedupe_key.empty())
    job.dedupe_key = "=" + hash_of(json{job.source, job.queue, job.spec}.dump());
}

ledger::job read(const json& object, const caller& who, const submission_limits& limits,
                 known_spec& last) {
  fields from{object, ""};
  ledger::job job;
  job.source = source_in(from, limits);
  job.tenant = tenant_in(from, who, limits);
  job.queue = queue_in(from, limits);
  job.priority = take_priority(from).value_or(0);
  job.idempotency_key = from.text("idempotency_key", limits.key_bytes);
  job.labels = labels_in(from, limits);
  job.not_before_unix_ms = take_moment(from, "not_before");
  job.after = after_in(from, limits);
  job.traceparent = traceparent_in(from);
  job.callback = callback_in(from, object, limits);
  job.spec = spec_in(from, limits, last);
  take_dedupe(from, job, limits);
  from.refuse_the_rest();
  return job;
}

schedule read_schedule(const json& object, const caller& who, const submission_limits& limits) {
  fields from{object, ""};
  schedule it;
  it.name = name_in(from, "name", "", limits.name_bytes);
  it.cron = from.text("cron", limits.label_bytes);
  it.paused = from.truth("paused", false);
  const auto* job = from.take("job");
  if (job == nullptr)
    refuse("job is missing", "give the job that is to be submitted");
  known_spec none;
  it.what = read(*job, who, limits, none);
  if (!it.what.idempotency_key.empty() || !it.what.dedupe_key.empty() ||
      it.what.not_before_unix_ms != 0 || !it.what.after.empty())
    refuse("the job of a schedule has no idempotency_key, dedupe, not_before or after",
           "the schedule makes its own key and has its own times");
  from.refuse_the_rest();
  return it;
}

} // namespace

parsed_schedule parse_schedule(std::string_view text, const caller& who,
                               const submission_limits& limits) {
  try {
    return {{}, read_schedule(parse_checked(text, "the schedule"), who, limits)};
  } catch (const refused& why) {
    return {why.how, {}};
  }
}

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char one) {
    return (one >= 'a' && one <= 'z') || (one >= '0' && one <= '9') || one == '.' || one == '_' ||
           one == '-';
  });
}

bool is_traceparent(std::string_view text) {
  constexpr std::size_t length = 55;
  if (text.size() != length || text[2] != '-' || text[35] != '-' || text[52] != '-')
    return false;
  const auto version = text.substr(0, 2);
  const auto trace = text.substr(3, 32);
  const auto parent = text.substr(36, 16);
  const auto zeros = [](std::string_view part) {
    return part.find_first_not_of('0') == std::string_view::npos;
  };
  return is_hex(version) && version != "ff" && is_hex(trace) && !zeros(trace) && is_hex(parent) &&
         !zeros(parent) && is_hex(text.substr(53));
}

parsed_job parse_job(std::string_view text, const caller& who, const submission_limits& limits) {
  try {
    known_spec none;
    return {{}, read(parse_checked(text, "the job"), who, limits, none)};
  } catch (const refused& why) {
    return {why.how, {}};
  }
}

parsed_batch parse_batch(std::string_view text, const caller& who, std::size_t most,
                         const submission_limits& limits) {
  parsed_batch batch;
  try {
    const auto whole = parse_checked(text, "the batch");
    fields from{whole, "the batch"};
    const auto* jobs = from.take("jobs");
    if (jobs == nullptr || !jobs->is_array() || jobs->empty() || jobs->size() > most)
      refuse("jobs has to be a list of 1 to " + std::to_string(most) + " jobs");
    from.refuse_the_rest();
    batch.jobs.reserve(jobs->size());
    known_spec last;
    for (const auto& one : *jobs)
      try {
        batch.jobs.push_back({{}, read(one, who, limits, last)});
      } catch (const refused& why) {
        batch.jobs.push_back({why.how, {}});
      }
  } catch (const refused& why) {
    batch.how = why.how;
  }
  return batch;
}

} // namespace vdoc::desk
