#include "net/http/upload_door.hpp"

#include "cluster/desk/submission.hpp"
#include "net/http/exchange.hpp"
#include "net/http/upload_transfer.hpp"

#include <nlohmann/json.hpp>

#include <charconv>

/// How requests about uploads come in; upload_answers.cpp has what becomes of them.
namespace vdoc::net {

using desk::refusal;
using tus::verb;

namespace {

constexpr std::string_view collection = "/api/v1/uploads";
constexpr std::size_t threads = 4;
constexpr std::size_t piece_bytes = 256UL * 1024;
constexpr std::size_t most_under_way = 1024UL * 1024;

/// "" of the collection itself.
std::string_view id_in(std::string_view path) {
  path.remove_prefix(collection.size());
  return path.substr(std::min<std::size_t>(1, path.size()));
}

tus::request request_in(SoupServerMessage* message) {
  auto* const headers = soup_server_message_get_request_headers(message);
  tus::request what{method_of(message),
                    header_of(message, "X-HTTP-Method-Override"),
                    header_of(message, "Tus-Resumable"),
                    header_of(message, "Upload-Length"),
                    header_of(message, "Upload-Defer-Length"),
                    header_of(message, "Upload-Offset"),
                    header_of(message, "Upload-Metadata"),
                    header_of(message, "Upload-Checksum"),
                    header_of(message, "Content-Type")};
  const auto encoding = soup_message_headers_get_encoding(headers);
  if (encoding == SOUP_ENCODING_CONTENT_LENGTH)
    what.body = static_cast<std::uint64_t>(soup_message_headers_get_content_length(headers));
  else if (encoding != SOUP_ENCODING_CHUNKED)
    what.body = 0;
  return what;
}

web_answer not_here(const char* allowed) {
  auto answer = tus::with_version(
      problem(405, "bad_request", "this cannot be done here", std::string{"allowed: "} + allowed));
  answer.headers.emplace_back("Allow", allowed);
  return answer;
}

/// The job in the metadata "job", with the upload as its source.
desk::parsed_job job_in(std::string_view json, const std::string& source, const desk::caller& who) {
  auto body = nlohmann::json::parse(json, nullptr, false);
  if (!body.is_object())
    return {{refusal::bad_request, "job in Upload-Metadata has to be a JSON object", "", 0}, {}};
  if (body.contains("source"))
    return {{refusal::bad_request, "job in Upload-Metadata has no source: the upload is it",
             "leave source out", 0},
            {}};
  body["source"] = source;
  return desk::parse_job(body.dump(), who);
}

} // namespace

upload_door::upload_door(means with) : with_{std::move(with)}, disk_{threads} {}

/// What came is kept: clients go on from there when the service is back.
upload_door::~upload_door() {
  for (const auto& [message, it] : std::exchange(all_, {}))
    if (it->writer && !it->ended)
      end(it);
}

bool upload_door::has(std::string_view path) {
  return path == collection ||
         (path.starts_with(collection) && path.substr(collection.size()).starts_with('/'));
}

web_answer upload_door::described() const {
  return tus::described(with_.store->book.terms().largest_bytes);
}

std::optional<web_answer> upload_door::begin(SoupServerMessage* message, std::string_view path,
                                             const desk::caller& who) {
  const auto what = request_in(message);
  if (auto wrong = tus::check_version(what))
    return wrong;
  if (!who.may(desk::role::publisher))
    return tus::with_version(
        problem({refusal::forbidden, "a viewer cannot upload", "use a token of a publisher", 0}));
  if (!with_.store->book.is_taken_up())
    return tus::with_version(problem(desk::uploads_are_looked_through()));
  const auto id = id_in(path);
  const auto does = verb_of(what);
  if (id.empty() ? does != verb::create
                 : does != verb::look && does != verb::append && does != verb::remove)
    return not_here(id.empty() ? "OPTIONS, POST" : "OPTIONS, HEAD, PATCH, DELETE");
  if (does != verb::remove && does != verb::look && bringing_.size() >= with_.most_at_once)
    return tus::with_version(
        problem({refusal::busy, "there are too many uploads at a time", "go on later", 5'000}));
  return id.empty() ? begin_new(message, what, who) : begin_known(message, id, what, who);
}

std::optional<web_answer> upload_door::begin_new(SoupServerMessage* message,
                                                 const tus::request& what,
                                                 const desk::caller& who) {
  auto asked = tus::read_creation(what, with_.store->book.terms().largest_bytes);
  if (asked.refusal)
    return std::move(asked.refusal);
  const auto it = std::make_shared<transfer>();
  it->does = verb::create;
  it->who = who;
  it->what = {uploads::new_upload_id(), who.tenant == "*" ? "default" : who.tenant,
              uploads::fit_name(tus::value_of(asked.metadata, "filename")), asked.length,
              std::string{what.metadata}};
  if (const auto tenant = tus::value_of(asked.metadata, "tenant"); !tenant.empty())
    it->what.tenant = tenant;
  if (const auto job = tus::value_of(asked.metadata, "job"); !job.empty()) {
    auto parsed = job_in(job, uploads::source_of(it->what.id), who);
    if (!parsed.how.ok())
      return tus::with_version(problem(parsed.how));
    it->what.tenant = parsed.what.tenant;
    it->job = std::move(parsed.what);
  }
  if (!desk::is_name(it->what.tenant) || !who.sees(it->what.tenant))
    return tus::with_version(
        problem({refusal::forbidden, "tenant is not yours to upload for", "leave it out", 0}));
  const bool has_key = it->job && !it->job->idempotency_key.empty();
  if (const auto how = with_.store->book.add(it->what, with_.unix_ms(), has_key); !how.ok())
    return tus::with_version(problem(how));
  it->writer = std::make_shared<upload_writer>(
      *with_.store, upload_writer::order{it->what, true, 0, std::move(asked.sum)}, with_.unix_ms);
  start(message, it);
  return std::nullopt;
}

std::optional<web_answer> upload_door::begin_known(SoupServerMessage* message, std::string_view id,
                                                   const tus::request& what,
                                                   const desk::caller& who) {
  const auto found = with_.store->book.find(id, with_.unix_ms());
  if (!found || !who.sees(found->what.tenant))
    return tus::gone();
  const auto it = std::make_shared<transfer>();
  it->does = verb_of(what);
  it->what = found->what;
  it->who = who;
  if (it->does == verb::append) {
    auto asked =
        tus::read_continuation(what, found->what.length, with_.store->book.terms().largest_bytes);
    if (asked.refusal)
      return std::move(asked.refusal);
    it->writer = std::make_shared<upload_writer>(
        *with_.store,
        upload_writer::order{found->what, false, asked.offset, std::move(asked.sum), asked.length},
        with_.unix_ms);
  }
  interrupt(found->what.id);
  start(message, it);
  return std::nullopt;
}

void upload_door::start(SoupServerMessage* message, const shared& it) {
  soup_message_body_set_accumulate(soup_server_message_get_request_body(message), FALSE);
  it->message = message;
  all_[message] = it;
  if (!it->writer)
    return;
  bringing_[it->what.id] = message;
  disk_.post(it->what.id, [this, it] {
    it->writer->begin();
    if (it->does == verb::create)
      with_.hop([this, it] { created(it); });
  });
}

/// The old request of an upload ends where it is.
void upload_door::interrupt(const std::string& id) {
  const auto found = bringing_.find(id);
  if (found == bringing_.end())
    return;
  auto* const message = found->second;
  const auto it = all_.extract(message).mapped();
  cut_off(message);
  it->message = nullptr;
  if (it->paused)
    soup_server_message_unpause(message);
  end(it);
}

void upload_door::got_chunk(SoupServerMessage* message, GBytes* chunk) {
  const auto found = all_.find(message);
  if (found == all_.end() || !found->second->writer || found->second->ended)
    return;
  const auto& it = found->second;
  gsize size = 0;
  const auto* const bytes = static_cast<const char*>(g_bytes_get_data(chunk, &size));
  it->piece.append(bytes == nullptr ? "" : bytes, size);
  if (it->piece.size() >= piece_bytes)
    flush(it);
  if (it->under_way >= most_under_way && !it->paused) {
    it->paused = true;
    soup_server_message_pause(message);
  }
}

void upload_door::flush(const shared& it) {
  if (it->piece.empty())
    return;
  it->under_way += it->piece.size();
  disk_.post(it->what.id, [this, it, bytes = std::exchange(it->piece, {})] {
    it->writer->append(bytes);
    with_.hop([this, it, size = bytes.size()] { taken(it, size); });
  });
}

void upload_door::taken(const shared& it, std::size_t bytes) {
  it->under_way -= bytes;
  if (!it->paused || it->message == nullptr || it->under_way > most_under_way / 2)
    return;
  it->paused = false;
  soup_server_message_unpause(it->message);
}

/// Nothing more comes of a request.
void upload_door::end(const shared& it) {
  flush(it);
  it->ended = true;
  if (const auto found = bringing_.find(it->what.id);
      found != bringing_.end() && !all_.contains(found->second))
    bringing_.erase(found);
  finish_on_disk(it);
}

bool upload_door::finish(SoupServerMessage* message, web_answerer reply) {
  const auto found = all_.find(message);
  if (found == all_.end())
    return false;
  const auto it = found->second;
  it->reply = std::move(reply);
  all_.erase(found);
  if (it->writer)
    end(it);
  else if (it->does == verb::remove)
    drop(it->what.id);
  if (!it->writer)
    disk_.post(it->what.id, [this, it] { with_.hop([this, it] { answer_look(it); }); });
  return true;
}

void upload_door::forget(SoupServerMessage* message) {
  const auto found = all_.find(message);
  if (found == all_.end())
    return;
  const auto it = found->second;
  it->message = nullptr;
  all_.erase(found);
  if (it->writer)
    end(it);
}

} // namespace vdoc::net
