#include "actors/node/operator_command.hpp"

#include "actors/node/job_words.hpp"
#include "conf/settings.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iostream>
#include <vector>

namespace vdoc::node {

namespace {

using nlohmann::json;

json spec_from(const std::string& text) {
  auto spec = json::parse(text, nullptr, false);
  if (!spec.is_object())
    throw refused{"--spec is no JSON object"};
  return spec;
}

std::string text_of(const json& from, const char* field) {
  const auto found = from.find(field);
  if (found == from.end())
    return "-";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

void print(const json& one, bool as_json, std::initializer_list<const char*> columns) {
  if (as_json) {
    std::cout << one.dump() << std::endl;
    return;
  }
  std::string line;
  for (const char* column : columns)
    line += (line.empty() ? "" : "  ") + text_of(one, column);
  std::cout << line << std::endl;
}

/// "night  3 wait  1 of 2 run  0 scheduled  oldest 12 s  40 s of media  paused"
std::string line_of_queue(const json& one) {
  constexpr std::int64_t per_s = 1'000;
  const auto number = [&](const char* name) { return one.value(name, std::int64_t{0}); };
  const auto text = [&](const char* name) { return std::to_string(number(name)); };
  auto line = one.value("name", "") + "  " + text("waiting") + " wait  " + text("running");
  if (number("concurrency") > 0)
    line += " of " + text("concurrency");
  line += " run  " + text("scheduled") + " scheduled";
  if (number("waiting") > 0)
    line += "  oldest " + std::to_string(number("oldest_age_ms") / per_s) + " s";
  if (number("backlog_media_ms") > 0)
    line += "  " + std::to_string(number("backlog_media_ms") / per_s) + " s of media";
  if (number("starts_per_min") > 0)
    line += "  at most " + text("starts_per_min") + " starts a minute";
  return line + (one.value("paused", false) ? "  paused" : "");
}

} // namespace

operator_command::operator_command(CLI::App& program) {
  describe_queues(program);
  describe_schedules(program);
  describe_deadletter(program);
  for (auto* each : {queues_, set_, schedules_, put_, remove_, deadletter_, replay_}) {
    place_.describe(*each);
    each->add_flag("--json", json_, "one JSON object a line");
  }
}

void operator_command::describe_queues(CLI::App& program) {
  queues_ = program.add_subcommand("queues", "the queues of a service: what waits and runs");
  set_ = queues_->add_subcommand("set", "pause, resume or limit one; that survives a restart");
  set_->add_option("NAME", name_, "of a queue of jobs, or of a stage: stage.transcode")->required();
  auto* pause = set_->add_flag("--pause", paused_, "begin nothing; what runs goes on to its end");
  set_->add_flag("--resume", resumed_, "go on")->excludes(pause);
  set_->add_option("--concurrency", concurrency_, "so many at a time; 0: no limit of its own");
  set_->add_option("--starts-per-min", starts_per_min_, "so many a minute; 0: no limit");
  queues_->require_subcommand(0, 1);
}

void operator_command::describe_schedules(CLI::App& program) {
  schedules_ = program.add_subcommand("schedules", "jobs that are submitted at certain times");
  put_ = schedules_->add_subcommand("put", "a new one, or in place of the one of that name");
  put_->add_option("NAME", name_, "of the schedule: a to z, 0 to 9 and ._-")->required();
  put_->add_option("CRON", cron_, "five fields, UTC: \"0 3 * * *\", or @daily")->required();
  put_->add_option("SOURCE", source_, "file on the service's machine, or URL")->required();
  put_->add_option("--queue", queue_, "name of a queue");
  put_->add_option("--spec", spec_, "options as JSON: {\"ladder\": \"720\"}");
  put_->add_option("--priority", priority_, "low, normal, high, urgent, or a number");
  put_->add_option("--label", labels_, "name=value; may be given several times");
  put_->add_option("--callback", callback_, "URL that is told how they ended (docs/webhooks.md)");
  put_->add_flag("--paused", paused_, "submits nothing until it is put without");
  remove_ = schedules_->add_subcommand("remove", "submit nothing any more");
  remove_->add_option("NAME", name_, "of the schedule")->required();
  for (auto* each : {put_, remove_})
    each->add_option("--tenant", tenant_, "whose");
  schedules_->require_subcommand(0, 1);
}

void operator_command::describe_deadletter(CLI::App& program) {
  deadletter_ = program.add_subcommand("deadletter", "jobs that failed for good");
  replay_ = deadletter_->add_subcommand("replay", "do them again");
  for (auto* each : {deadletter_, replay_}) {
    each->add_option("--queue", queue_, "only those of this queue");
    each->add_option("--tenant", tenant_, "only this tenant's");
    each->add_option("--text", text_, "only those with this in source or cause");
    each->add_option("--most", most_, "so many at most, the newest first")
        ->check(CLI::Range(1U, 1'000'000U));
  }
  replay_->add_option("--spec", spec_, "other options than before, as JSON");
  replay_->add_option("--cause", cause_, "why, for the history");
  deadletter_->require_subcommand(0, 1);
}

bool operator_command::is_asked() const {
  return queues_->parsed() || schedules_->parsed() || deadletter_->parsed();
}

/// The answer to an order: of interest to machines only.
void operator_command::tell(const json& answer) const {
  if (json_)
    std::cout << answer.dump() << std::endl;
}

int operator_command::show_queues(service_call& to) const {
  to.turn_to_leader();
  const auto now = to.ask("PING", json::object());
  for (const auto& one : now.at("queues"))
    std::cout << (json_ ? one.dump() : line_of_queue(one)) << std::endl;
  return 0;
}

int operator_command::set_queue(service_call& to) const {
  json question{{"name", name_}};
  if (paused_ || resumed_)
    question["paused"] = paused_;
  if (concurrency_)
    question["concurrency"] = *concurrency_;
  if (starts_per_min_)
    question["starts_per_min"] = *starts_per_min_;
  tell(to.ask("QUEUE", question));
  return 0;
}

int operator_command::show_schedules(service_call& to) const {
  const auto seen = to.ask("SCHEDULES", json::object());
  for (const auto& one : seen.at("schedules"))
    if (json_)
      std::cout << one.dump() << std::endl;
    else
      std::cout << text_of(one.at("job"), "tenant") << "/" << text_of(one, "name") << "  "
                << text_of(one, "cron") << "  "
                << (one.value("paused", false) ? "paused" : text_of(one, "next_at")) << "  "
                << text_of(one.at("job"), "source") << std::endl;
  return 0;
}

int operator_command::put_schedule(service_call& to) const {
  auto job = job_of(source_);
  add_text(job, "tenant", tenant_);
  add_text(job, "queue", queue_);
  add_text(job, "callback", callback_);
  add_priority(job, priority_);
  add_labels(job, labels_);
  if (!spec_.empty())
    job["spec"] = spec_from(spec_);
  tell(to.ask("SCHEDULE", {{"name", name_}, {"cron", cron_}, {"paused", paused_}, {"job", job}}));
  return 0;
}

int operator_command::remove_schedule(service_call& to) const {
  json question{{"name", name_}};
  add_text(question, "tenant", tenant_);
  tell(to.ask("UNSCHEDULE", question));
  return 0;
}

/// Lists the failed jobs; with `replay` each is done again. One that somebody else has asked for
/// meanwhile is told and left alone.
int operator_command::replay(service_call& to) const {
  const bool again = replay_->parsed();
  json question{{"states", {"failed"}}, {"queue", queue_}, {"tenant", tenant_}, {"text", text_}};
  constexpr std::uint32_t longest_page = 500;
  int refusals = 0;
  for (auto left = most_; left > 0;) {
    question["most"] = std::min(left, longest_page);
    const auto page = to.ask("LIST", question);
    for (const auto& job : page.at("jobs")) {
      json order{{"id", job.at("id")}};
      add_text(order, "cause", cause_);
      if (!spec_.empty())
        order["spec"] = spec_from(spec_);
      try {
        if (again)
          to.ask("RETRY", order);
        print(job, json_, {"id", "state", "attempts", "source", "cause"});
      } catch (const refused& why) {
        std::cerr << "video-doc: " << text_of(job, "id") << ": " << why.what() << "\n";
        refusals = 1;
      }
    }
    left -= std::min(left, static_cast<std::uint32_t>(page.at("jobs").size()));
    question["cursor"] = page.at("next");
    if (page.at("next") == "")
      break;
  }
  return refusals;
}

int operator_command::run() const {
  service_call to{place_};
  if (set_->parsed())
    return set_queue(to);
  if (queues_->parsed())
    return show_queues(to);
  if (deadletter_->parsed())
    return replay(to);
  if (put_->parsed())
    return put_schedule(to);
  if (remove_->parsed())
    return remove_schedule(to);
  return show_schedules(to);
}

} // namespace vdoc::node
