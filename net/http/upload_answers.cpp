#include "net/http/artefact.hpp"
#include "net/http/upload_door.hpp"
#include "net/http/upload_transfer.hpp"

#include <algorithm>
#include <system_error>

/// What becomes of requests about uploads.
namespace vdoc::net {

using desk::refusal;
using tus::verb;

namespace {

constexpr unsigned created_status = 201;
constexpr unsigned no_content = 204;
constexpr std::uint64_t look_every = 5; ///< seconds
constexpr std::int64_t ms_per_s = 1'000;
constexpr std::int64_t asks_again_after_ms = 60'000;

/// The service itself, when it asks and removes.
desk::caller nobody() {
  return {"uploads", "*", desk::role::admin, "http"};
}

std::string place_of(const std::string& id) {
  return "/api/v1/uploads/" + id;
}

} // namespace

web_answer with_standing(web_answer what, const uploads::upload_view& one) {
  what = tus::with_version(std::move(what));
  what.headers.emplace_back("Upload-Offset", std::to_string(one.safe));
  if (!one.whole())
    what.headers.emplace_back("Upload-Expires", http_date(one.expires_unix_ms / ms_per_s));
  return what;
}

void upload_door::finish_on_disk(const shared& it) {
  disk_.post(it->what.id, [this, it] {
    it->writer->finish();
    with_.hop([this, it] {
      it->on_disk = true;
      settle(it);
    });
  });
}

/// A new upload has its place: now its job may be submitted, unless its client has gone.
void upload_door::created(const shared& it) {
  if (it->writer->refusal() || !it->job || (it->message == nullptr && !it->reply))
    return;
  it->waits_for_desk = true;
  with_.to.submit(it->who, {std::move(*it->job)},
                  [this, it, hop = with_.hop](const std::vector<desk::admission>& each) {
                    hop([this, it, how = each.at(0)] { admitted(it, how); });
                  });
}

void upload_door::admitted(const shared& it, desk::admission how) {
  it->admission = std::move(how);
  it->waits_for_desk = false;
  if (it->admission->known_already)
    point_to_the_first(it);
  settle(it);
}

/// The job was submitted before, with another upload: that is the one to go on with. This happens
/// when the answer to a first request was lost.
void upload_door::point_to_the_first(const shared& it) {
  it->waits_for_desk = true;
  with_.to.find(
      it->who, it->admission->job_id, [this, it, hop = with_.hop](const desk::job_views& found) {
        const auto source = found.how.ok() ? found.jobs.at(0).record.what.source : std::string{};
        hop([this, it, first = std::string{uploads::upload_in(source)}] {
          it->waits_for_desk = false;
          const auto known = with_.store->book.find(first, with_.unix_ms());
          drop(it->what.id);
          if (known && (!it->what.length || known->what.length == it->what.length))
            it->what = known->what;
          else if (!known && !with_.store->book.is_taken_up())
            it->admission->how = desk::uploads_are_looked_through();
          else
            it->admission->how = {refusal::conflict,
                                  "the idempotency or dedupe key is that of another job, " +
                                      it->admission->job_id,
                                  "use another key", 0};
          settle(it);
        });
      });
}

/// The answer, once everything is known that it says.
void upload_door::settle(const shared& it) {
  if (!it->on_disk || it->waits_for_desk || !it->reply)
    return;
  const bool failed = it->writer->refusal() || (it->admission && !it->admission->how.ok());
  if (failed && it->does == verb::create)
    drop(it->what.id);
  else if (it->does == verb::create)
    with_.note(it->who, "begin upload", it->what.id);
  std::exchange(it->reply, nullptr)(answer_of(it));
}

web_answer upload_door::answer_of(const shared& it) const {
  if (it->admission && !it->admission->how.ok())
    return tus::with_version(problem(it->admission->how));
  if (it->writer->refusal())
    return *it->writer->refusal();
  const auto now = with_.store->book.find(it->what.id, with_.unix_ms());
  if (!now)
    return tus::gone();
  if (it->does == verb::append)
    return with_standing({no_content, ""}, *now);
  std::string body = R"({"id":")" + it->what.id + "\"";
  if (it->admission)
    body += R"(,"job":")" + it->admission->job_id + "\"";
  auto answer = with_standing({created_status, body + "}"}, *now);
  answer.headers.emplace_back("Location", place_of(it->what.id));
  if (it->admission)
    answer.headers.emplace_back("Job-Id", it->admission->job_id);
  return answer;
}

/// Of HEAD and DELETE, when what came before them is safe.
void upload_door::answer_look(const shared& it) const {
  if (it->does == verb::remove)
    with_.note(it->who, "remove upload", it->what.id);
  if (it->does == verb::remove)
    return it->reply(tus::with_version({no_content, ""}));
  const auto now = with_.store->book.find(it->what.id, with_.unix_ms());
  if (!now)
    return it->reply(tus::gone());
  auto answer = with_standing({200, ""}, *now);
  if (now->what.length)
    answer.headers.emplace_back("Upload-Length", std::to_string(*now->what.length));
  else
    answer.headers.emplace_back("Upload-Defer-Length", "1");
  if (!now->what.metadata.empty())
    answer.headers.emplace_back("Upload-Metadata", now->what.metadata);
  it->reply(std::move(answer));
}

/// Nobody has continued it in time, or nobody needs it any more.
void upload_door::expire(const std::string& id) {
  with_.note(nobody(), "expire upload", id);
  drop(id);
}

void upload_door::drop(const std::string& id) {
  with_.store->book.remove(id);
  disk_.post(id, [store = with_.store, id] {
    try {
      store->folder.remove(id);
    } catch (const std::system_error&) { // what is left is removed with the next start
    }
  });
}

void upload_door::tick() {
  for (const auto& [message, it] : all_)
    if (it->writer)
      flush(it);
  if (++ticks_ % look_every != 0 || !with_.store->book.is_taken_up())
    return;
  const auto now = with_.unix_ms();
  std::erase_if(asked_about_, [&](const auto& one) { return one.second <= now; });
  for (const auto& one : with_.store->book.expired(now))
    if (!bringing_.contains(one.what.id) && !asked_about_.contains(one.what.id))
      remove_unless_needed(one);
}

/// A whole upload stays while a job of it is open, and as long after the end of its last job as it
/// would without one: it may be tried again.
void upload_door::remove_unless_needed(const uploads::upload_view& one) {
  if (!one.whole()) {
    with_.store->book.expire(one.what.id);
    return expire(one.what.id);
  }
  constexpr std::uint32_t enough = 100;
  asked_about_[one.what.id] = with_.unix_ms() + asks_again_after_ms;
  ledger::job_filter which;
  which.text = uploads::source_of(one.what.id);
  with_.to.list(nobody(), which, "", enough,
                [this, id = one.what.id, hop = with_.hop](const desk::job_views& page) {
                  if (!page.how.ok())
                    return;
                  std::int64_t needed_until = 0;
                  for (const auto& job : page.jobs)
                    needed_until = std::max(needed_until, ledger::is_end(job.record.state)
                                                              ? job.record.changed_unix_ms
                                                              : INT64_MAX);
                  hop([this, id, needed_until] {
                    const auto now = with_.unix_ms();
                    const auto since = std::min(needed_until, now);
                    if (since + with_.store->book.terms().expires_ms > now)
                      with_.store->book.keep(id, since);
                    else
                      expire(id);
                  });
                });
}

} // namespace vdoc::net
