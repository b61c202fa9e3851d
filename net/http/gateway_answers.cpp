#include "cluster/artefacts/receipt.hpp"
#include "net/http/gateway_inside.hpp"
#include "net/http/openapi.hpp"
#include "net/http/query.hpp"

#include <algorithm>

/// How the gateway answers what it has taken in.
namespace vdoc::net {

using desk::refusal;

namespace {

constexpr std::int64_t ms_per_s = 1'000;
constexpr const char* metrics_type = "text/plain; version=0.0.4";

/// Whether this node leads its cluster.
bool leads(const desk::overview& now) {
  return std::ranges::any_of(now.nodes, [](const auto& one) { return one.asked && one.leads; });
}

} // namespace

std::uint64_t http_gateway::inside::hold(SoupServerMessage* message) {
  const auto number = ++last;
  g_object_ref(message);
  soup_server_message_pause(message);
  held.emplace(number, message);
  numbers.emplace(message, number);
  return number;
}

/// Null when its connection has ended meanwhile.
SoupServerMessage* http_gateway::inside::held_as(std::uint64_t number) const {
  const auto found = held.find(number);
  return found == held.end() ? nullptr : found->second;
}

/// Its connection has ended, or the answer is sent.
void http_gateway::inside::finished(SoupServerMessage* message) {
  bodies.erase(message);
  known.finished(message);
  files.forget(message);
  if (stored)
    stored->forget(message);
  if (uploads)
    uploads->forget(message);
  if (events)
    events->forget(message);
  const auto number = numbers.extract(message);
  if (number.empty())
    return;
  held.erase(number.mapped());
  g_object_unref(message);
}

void http_gateway::inside::hand_out() {
  auto all = answers->take();
  const auto send = [this](mailbox::letters& each) {
    for (auto& [number, what] : each.answers)
      if (auto* const message = held_as(number))
        answer(message, std::move(what));
  };
  send(all);
  for (const auto& task : all.tasks)
    task();
  if (all.tasks.empty())
    return;
  auto more = answers->take(); // what the tasks have answered
  for (auto& task : more.tasks)
    answers->put(std::move(task));
  send(more);
}

/// Of a message that is held.
void http_gateway::inside::answer(SoupServerMessage* message, web_answer what) {
  known.is_answered_whole(message);
  set_answer(message, std::move(what));
  soup_server_message_unpause(message);
}

web_answerer http_gateway::inside::answerer_of(std::uint64_t number) const {
  return [to = answers, number](web_answer said) { to->put(number, std::move(said)); };
}

/// What nobody has to be asked for, and everybody may know. False when it is something else.
bool http_gateway::inside::answer_plainly(SoupServerMessage* message, std::string_view path) const {
  if (path == "/healthz")
    set_answer(message, {200, R"({"alive":true})"});
  else if (path == "/api/v1/openapi.yaml")
    set_answer(message, {200, std::string{openapi_document()}, "application/yaml"});
  else
    return false;
  return true;
}

bool http_gateway::inside::knows_tokens() const {
  return !terms.registry || terms.registry->tokens().is_known();
}

void http_gateway::inside::answer_ready(const web_answerer& reply) const {
  const bool takes_uploads = terms.uploads && (!terms.elsewhere || terms.elsewhere().ok());
  const bool uploads_are_known = !takes_uploads || terms.uploads->book.is_taken_up();
  with.to.look([reply, known = knows_tokens(), uploads_are_known](const desk::overview& now) {
    if (!now.ready)
      return reply(problem({refusal::busy, now.trouble, "", ms_per_s}));
    if (!known)
      return reply(problem({refusal::busy, "the tokens have not been read yet", "", ms_per_s}));
    if (!uploads_are_known)
      return reply(problem(desk::uploads_are_looked_through()));
    reply({200, std::string{R"({"ready":true,"leads":)"} + (leads(now) ? "true}" : "false}")});
  });
}

/// They name tenants, queues and hosts of sources, whosever these are.
void http_gateway::inside::answer_metrics(const desk::caller& who,
                                          const web_answerer& reply) const {
  if (who.tenant != "*")
    return reply(problem({refusal::forbidden, "metrics are of all tenants together",
                          "use a token of the tenant *; the role viewer is enough", 0}));
  reply({200, terms.metrics(), metrics_type});
}

/// Whose a request is. Counts it.
doorkeeper::decision http_gateway::inside::identify(SoupServerMessage* message) {
  const auto now_ms = resources::steady_ms_now();
  auto entry = keeper.identify(header_of(message, "Authorization"), address_of(message), now_ms);
  if (!entry.refusal)
    entry.refusal = keeper.count(entry.who, now_ms);
  return entry;
}

/// Before its body: somebody who may not upload is not listened to for hours.
std::optional<web_answer> http_gateway::inside::begin_upload(SoupServerMessage* message,
                                                             std::string_view path) {
  auto entry = identify(message);
  if (entry.refusal)
    return tus::with_version(std::move(*entry.refusal));
  entry.who.door = "http";
  if (terms.elsewhere)
    if (auto how = terms.elsewhere(); !how.ok())
      return tus::with_version(problem(how));
  return uploads->begin(message, path, entry.who);
}

void http_gateway::inside::got_upload(SoupServerMessage* message) {
  if (method_of(message) == "OPTIONS")
    return set_answer(message, uploads->described());
  if (!uploads->takes(message)) // another request has taken its place
    return cut_off(message);
  uploads->finish(message, answerer_of(hold(message)));
}

void http_gateway::inside::serve_file(std::uint64_t number, const desk::caller& who,
                                      const file_name& which) {
  const auto reply = answerer_of(number);
  const bool by_link = !which.link.empty();
  const auto now_s = with.unix_ms() / ms_per_s;
  if (by_link && !(terms.links && terms.links->holds(which.job_id, which.link, now_s)))
    return reply(problem(
        {refusal::forbidden, "the link does not hold, or not any more", "ask for a new one", 0}));
  const auto* const known_place = folders.find(which.job_id);
  if (known_place != nullptr && who.sees(known_place->tenant))
    return send_file(number, known_place->folder, which);
  with.to.find(who, which.job_id,
               [this, number, which, reply, hop = with.hop](const desk::job_views& found) {
                 if (!found.how.ok())
                   return reply(problem(found.how));
                 const auto& job = found.jobs.at(0);
                 hop([this, number, which, tenant = job.record.what.tenant, folder = job.folder] {
                   folders.put(which.job_id, {folder, tenant});
                   send_file(number, folder, which);
                 });
               });
}

/// From its folder, or, where it has been dropped there, from the artefact store.
void http_gateway::inside::send_file(std::uint64_t number, const std::string& folder,
                                     const file_name& which) {
  auto* const message = held_as(number);
  if (message == nullptr)
    return;
  if (auto file = open_artefact(folder, which.path)) {
    known.is_answered(message);
    return files.send(message, std::move(*file), which.path);
  }
  if (stored && names_result(which.path) && artefacts::has_receipt(folder))
    return stored->send(message, {which.job_id + "/" + which.path, which.path, which.link.empty()},
                        answerer_of(number), resources::steady_ms_now());
  answer(message, problem({refusal::not_found, "the job has no such file, or not yet",
                           "see whether it has succeeded", 0}));
}

void http_gateway::inside::serve_events(std::uint64_t number, const desk::caller& who,
                                        std::string_view query) {
  const auto reply = answerer_of(number);
  auto* const message = held_as(number);
  if (!events || method_of(message) == "HEAD")
    return reply(problem(404, "not_found", "this service tells no events"));
  topic_choice what;
  std::string place{header_of(message, "Last-Event-ID")};
  for (const auto& [name, value] : pairs_of(query)) {
    if (name == "topic")
      what.add(value);
    else if (name == "last_event_id" && place.empty())
      place = value;
    else if (name != "last_event_id")
      return reply(problem({refusal::bad_request, "there are topic and last_event_id", "", 0}));
  }
  if (events->open(message, who, std::move(what), place))
    known.listens(message);
  else
    reply(problem({refusal::busy, "there are too many listeners", "try again", 5'000}));
}

} // namespace vdoc::net
