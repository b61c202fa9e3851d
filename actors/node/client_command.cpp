#include "actors/node/client_command.hpp"

#include "actors/node/job_watch.hpp"
#include "actors/node/job_words.hpp"
#include "actors/node/service_call.hpp"
#include "actors/node/site_submit.hpp"
#include "net/zmq/local_endpoint.hpp"
#include "net/zmq/publisher.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <filesystem>
#include <iostream>
#include <map>
#include <span>

namespace vdoc::node {

namespace {

using nlohmann::json;

std::string text_of(const json& job, const char* field) {
  const auto found = job.find(field);
  if (found == job.end())
    return "";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

std::string line_of(const json& job) {
  auto line = text_of(job, "id") + "  " + text_of(job, "state") + "  " + text_of(job, "attempts") +
              "  " + text_of(job, "source");
  if (job.contains("cause"))
    line += "  (" + text_of(job, "cause") + ")";
  else if (job.contains("stage"))
    line += "  (" + text_of(job, "stage") + ")";
  return line;
}

/// "2026-12-01T08:00:00.000Z  1  retrying: the source host does not answer"
std::string event_line_of(const json& event) {
  auto line =
      text_of(event, "at") + "  " + text_of(event, "attempt") + "  " + text_of(event, "kind");
  if (event.contains("cause"))
    line += ": " + text_of(event, "cause");
  return line;
}

/// "<id>  52 %  transcoding, 1.8 times as fast as it plays, until 2026-12-01T08:00:00.000Z"
std::string progress_line_of(const json& news) {
  constexpr double percent = 100;
  auto line = text_of(news, "id") + "  " +
              std::to_string(static_cast<int>(news.value("progress", 0.0) * percent)) + " %  " +
              text_of(news, "stage");
  if (news.contains("speed"))
    line += ", " + text_of(news, "speed") + " times as fast as it plays";
  if (news.contains("eta"))
    line += ", until " + text_of(news, "eta");
  return line;
}

} // namespace

/// One run of a command: the connection, and how answers are shown.
class client_command::visit {
public:
  explicit visit(const client_command& asked) : asked_{asked}, service_{asked.where_} {}

  json ask(const std::string& verb, const json& body) { return service_.ask(verb, body); }

  int submit();
  int status() {
    show(ask("STATUS", {{"id", asked_.id_}}));
    return 0;
  }
  int list();
  int history();
  int order(const char* verb);
  int watch(const std::vector<std::string>& ids);

private:
  void show(const json& job) const {
    std::cout << (asked_.json_ ? job.dump() : line_of(job)) << std::endl;
  }
  std::map<std::uint64_t, net::published> publish_all();
  void advise_on_files() const;

  const client_command& asked_;
  service_call service_;
};

json client_command::wish_for(const std::string& source) const {
  auto job = job_of(source);
  add_text(job, "queue", queue_);
  add_text(job, "tenant", tenant_);
  add_text(job, "idempotency_key", key_);
  add_text(job, "not_before", not_before_);
  add_text(job, "callback", callback_);
  add_text(job, "traceparent", traceparent_);
  if (dedupe_s_ > 0)
    job["dedupe"]["window_s"] = dedupe_s_;
  if (!dedupe_key_.empty())
    job["dedupe"]["key"] = dedupe_key_;
  add_priority(job, priority_);
  if (!after_.empty())
    job["after"] = after_;
  add_labels(job, labels_);
  if (noop_)
    job["kind"] = "noop";
  if (!spec_.empty())
    job["spec"] = json::parse(spec_, nullptr, false);
  if (!needs_.empty())
    job["spec"]["needs"] = needs_;
  if (!urgency_.empty())
    job["spec"]["urgency"] = urgency_;
  if (fresh_)
    job["spec"]["fresh"] = true;
  return job;
}

/// Everything is given to the service once, though it may be restarted meanwhile.
std::map<std::uint64_t, net::published> client_command::visit::publish_all() {
  std::map<std::uint64_t, net::published> settled; // by number
  if (service_.has_several())                      // the publisher knows one
    service_.turn_to_leader();
  net::publisher::means with;
  with.endpoint = service_.endpoint();
  with.identity = service_.identity();
  with.spool = asked_.spool_;
  with.told = [&](const net::published& how) { settled[how.number] = how; };
  net::publisher publisher{std::move(with)};
  const auto until = std::chrono::steady_clock::now() + service_.patience();
  const auto flush = [&] {
    const auto left = until - std::chrono::steady_clock::now();
    if (publisher.flush(std::chrono::ceil<std::chrono::milliseconds>(left)))
      return;
    const auto why = publisher.why_it_waits();
    throw refused{why.empty() ? service_.silence() : why};
  };
  std::vector<std::string> jobs;
  for (const auto& source : asked_.sources_)
    jobs.push_back(asked_.wish_for(source).dump());
  for (auto left = std::span{jobs}; !left.empty();) {
    left = left.subspan(publisher.publish_all({left.begin(), left.end()}).size());
    flush();
  }
  return settled;
}

/// A path means a file of the service's machine, and who has the file here may not know that.
void client_command::visit::advise_on_files() const {
  if (asked_.noop_ || net::is_local(service_.endpoint()))
    return;
  for (const auto& source : asked_.sources_)
    if (std::filesystem::exists(source))
      std::cerr
          << "video-doc: " << source << " is read on the machine of the service ("
          << service_.endpoint() << "), under the path "
          << std::filesystem::absolute(source).string()
          << "; if it is on this machine alone, upload it: --url http://HOST:8080 (service.http)\n";
}

int client_command::visit::submit() {
  advise_on_files();
  std::vector<std::string> ids;
  int failed = 0;
  for (const auto& [number, how] : publish_all()) {
    if (how.job_id.empty()) {
      std::cerr << "video-doc: " << how.what << "\n";
      failed = 1;
      continue;
    }
    ids.push_back(how.job_id);
    const json line{{"id", how.job_id}, {"known", how.known_already}};
    std::cout << (asked_.json_ ? line.dump() : how.job_id) << std::endl;
  }
  return asked_.watches_ ? std::max(failed, watch(ids)) : failed;
}

int client_command::visit::list() {
  json question{{"text", asked_.text_},
                {"queue", asked_.queue_},
                {"tenant", asked_.tenant_},
                {"states", asked_.states_}};
  add_text(question, "label", label_filter_of(asked_.label_));
  add_text(question, "from", asked_.from_);
  add_text(question, "until", asked_.until_);
  constexpr std::uint32_t longest_page = 500;
  for (auto left = asked_.most_; left > 0;) {
    question["most"] = std::min(left, longest_page);
    const auto page = ask("LIST", question);
    for (const auto& job : page.at("jobs"))
      show(job);
    left -= std::min(left, static_cast<std::uint32_t>(page.at("jobs").size()));
    question["cursor"] = page.at("next");
    if (text_of(page, "next").empty())
      break;
  }
  return 0;
}

int client_command::visit::history() {
  const auto past = ask("HISTORY", {{"id", asked_.id_}});
  for (const auto& event : past.at("events"))
    std::cout << (asked_.json_ ? event.dump() : event_line_of(event)) << std::endl;
  return 0;
}

int client_command::visit::order(const char* verb) {
  json question{{"id", asked_.id_}};
  add_priority(question, asked_.priority_);
  if (!asked_.cause_.empty())
    question["cause"] = asked_.cause_;
  if (!asked_.spec_.empty())
    question["spec"] = json::parse(asked_.spec_, nullptr, false);
  const auto answer = ask(verb, question);
  if (asked_.json_)
    std::cout << answer.dump() << std::endl;
  return 0;
}

int client_command::visit::watch(const std::vector<std::string>& ids) {
  watch_means with;
  with.events = asked_.events();
  with.identity = service_.identity();
  with.look = [this](const std::string& id) { return ask("STATUS", {{"id", id}}); };
  with.show = [this](const json& job) { show(job); };
  with.show_progress = [this](const json& news) {
    std::cout << (asked_.json_ ? news.dump() : progress_line_of(news)) << std::endl;
  };
  return watch_jobs(with, ids) ? 0 : 1;
}

client_command::client_command(CLI::App& program)
    : submit_{add(program, "submit", "give jobs to a service; prints their ids")},
      status_{add(program, "status", "how a job of a service stands")},
      watch_{add(program, "watch", "follow a job of a service to its end")},
      list_{add(program, "list", "jobs of a service, the newest first")},
      cancel_{add(program, "cancel", "end a job of a service")},
      history_{add(program, "history", "what a job of a service went through")},
      retry_{add(program, "retry", "do a job of a service again, or at once")},
      reprioritise_{add(program, "reprioritise", "let a job of a service go before others")} {
  submit_
      ->add_option("SOURCE", sources_,
                   "files, which are uploaded to an http: or https: URL and otherwise read on the "
                   "service's machine; or URLs")
      ->required();
  for (auto* each : {submit_, reprioritise_})
    each->add_option("--priority", priority_, "low, normal, high, urgent, or a number")
        ->required(each == reprioritise_);
  submit_->add_option("--most-mbit", most_mbit_, "upload no faster than so many Mbit/s")
      ->check(CLI::PositiveNumber);
  submit_->add_option("--key", key_, "idempotency key: the same one twice is the same job");
  submit_->add_option("--dedupe", dedupe_s_,
                      "seconds in which the same source, queue and spec are the same job");
  submit_->add_option("--dedupe-key", dedupe_key_, "for --dedupe, instead of those");
  submit_->add_option("--not-before", not_before_, "2026-12-01T08:00:00Z");
  submit_->add_option("--after", after_, "ids of jobs that must have succeeded first");
  submit_->add_option("--label", labels_, "name=value; may be given several times");
  submit_->add_option("--callback", callback_,
                      "URL that is told how they ended (docs/webhooks.md)");
  submit_->add_option("--traceparent", traceparent_, "W3C Trace Context that goes with them");
  submit_->add_option("--spool", spool_,
                      "file that keeps what is not acknowledged, for the next submit with it");
  submit_->add_flag("--noop", noop_, "a job that does nothing, to try a set-up");
  submit_->add_option("--urgency", urgency_,
                      "live, interactive or batch: goes before all that is less urgent");
  submit_->add_option("--needs", needs_, "only nodes that offer these words transcode: zone:eu-1");
  submit_->add_flag("--fresh", fresh_, "do the work though an earlier job has the same results");
  submit_->add_flag("--watch", watches_, "follow them to their ends");
  for (auto* each : {status_, watch_, history_, cancel_, retry_, reprioritise_})
    each->add_option("ID", id_, "of the job")->required();
  for (auto* each : {submit_, watch_})
    each->add_option("--events", events_,
                     "of the service, instead of service.events; \"\" asks again and again");
  for (auto* each : {cancel_, retry_, reprioritise_})
    each->add_option("--cause", cause_, "why, for the history");
  for (auto* each : {submit_, retry_})
    each->add_option("--spec", spec_, "options as JSON: {\"ladder\": \"720\"}");
  for (auto* each : {submit_, list_}) {
    each->add_option("--queue", queue_, "name of a queue");
    each->add_option("--tenant", tenant_, "whose");
  }
  list_->add_option("--state", states_, "only those in this state; may be given several times");
  list_->add_option("--text", text_, "only those with this in source or cause");
  list_->add_option("--label", label_, "only those with this label: name=value");
  list_->add_option("--from", from_, "only those submitted from then on: 2026-12-01T08:00:00Z");
  list_->add_option("--until", until_, "only those submitted before");
  list_->add_option("--most", most_, "so many at most")->check(CLI::Range(1U, 1'000'000U));
}

CLI::App* client_command::add(CLI::App& program, const char* name, const char* what) {
  auto* made = program.add_subcommand(name, what);
  where_.describe(*made);
  made->add_flag("--json", json_, "one JSON object a line");
  return made;
}

bool client_command::is_asked() const {
  for (const auto* each :
       {submit_, status_, watch_, list_, history_, cancel_, retry_, reprioritise_})
    if (each->parsed())
      return true;
  return false;
}

/// Another service's events are of no use: with another endpoint its events are to be named, too.
std::string client_command::events() const {
  const auto all = where_.settings();
  if (events_)
    return *events_;
  const bool usual = where_.endpoint.empty() && all.client.url.empty();
  return all.client.events.empty() && usual ? all.service.events : all.client.events;
}

/// Files of this machine are uploaded.
int client_command::submit_over_http(const conf::settings& all, const std::string& url) const {
  site_submission what;
  what.where = {url, all.client.token, all.client.authorities};
  what.patience = where_.patience();
  what.sources = sources_;
  what.wish = [this](const std::string& source) { return wish_for(source); };
  what.most_mbit_per_s = most_mbit_;
  what.json = json_;
  const auto ids = submit_to(what);
  const int failed = ids.size() == sources_.size() ? 0 : 1;
  if (!watches_)
    return failed;
  net::site_client service{what.where, what.patience};
  watch_means with;
  with.look = [&](const std::string& id) { return job_at(service, id); };
  with.show = [this](const json& job) {
    std::cout << (json_ ? job.dump() : line_of(job)) << std::endl;
  };
  return watch_jobs(with, ids) ? failed : 1;
}

int client_command::run() const {
  const auto all = where_.settings();
  if (const auto url = where_.endpoint_of(all); submit_->parsed() && is_site(url))
    return submit_over_http(all, url);
  visit service{*this};
  if (submit_->parsed())
    return service.submit();
  if (status_->parsed())
    return service.status();
  if (watch_->parsed())
    return service.watch({id_});
  if (list_->parsed())
    return service.list();
  if (history_->parsed())
    return service.history();
  if (reprioritise_->parsed())
    return service.order("REPRIORITISE");
  return service.order(cancel_->parsed() ? "CANCEL" : "RETRY");
}

} // namespace vdoc::node
