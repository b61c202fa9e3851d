#include "actors/courier/spawn.hpp"
#include "actors/supervision/supervisor.hpp"
#include "actors/wire/read_pages.hpp"
#include "cluster/desk/delivery.hpp"
#include "net/log/log.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <unordered_map>

namespace vdoc::courier {

namespace {

using namespace std::chrono_literals;
using ledger::load_atom;
using ledger::outcome;

using wake_atom = caf::atom_constant<caf::atom("wake")>;

/// How an attempt went: a status, or why there is none.
struct posted {
  std::string key;
  bool put_off = false; ///< nothing was posted
  unsigned status = 0;
  bool hopeless = false; ///< the URL may not be called
  std::string why;
};

} // namespace

} // namespace vdoc::courier

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::courier::posted)

namespace vdoc::courier {

namespace {

constexpr auto within = 4'000ms;
/// Everything is read again so often: a word of QUEUE's may have been lost with QUEUE.
constexpr auto between_loads = 60'000ms;
constexpr unsigned gone = 410; ///< the target wants nothing any more (Standard Webhooks)

using inner_actor = actor::extend<caf::reacts_to<load_atom, std::string>, caf::reacts_to<wake_atom>,
                                  caf::reacts_to<posted>>;

struct open_delivery {
  desk::delivery_note what;
  std::string trouble; ///< of the last attempt
};

struct courier_state {
  static inline const char* name = "COURIER";
  means with;
  std::optional<rules> thought;
  std::unordered_map<std::string, open_delivery> open; ///< by key
  std::int64_t wake_ms = 0;                            ///< Unix time of the wake that is on its way
};
using self_pointer = inner_actor::stateful_pointer<courier_state>;

void turn(self_pointer self);

void take_up(self_pointer self, const ledger::document& what) {
  auto& state = self->state;
  const auto it = desk::from_body(what.body);
  if (!it) {
    log::say(log::level::warning, "a delivery cannot be read", {{"key", what.key}});
    return;
  }
  if (state.open.emplace(what.key, open_delivery{*it, ""}).second)
    state.thought->add({what.key, it->url, it->attempts, it->due_unix_ms});
}

void load(self_pointer self, const std::string& after_key) {
  ledger::read_pages(
      self, self->state.with.find_reader, desk::delivery_kind, after_key,
      [self](const std::vector<ledger::document>& page) {
        for (const auto& one : page)
          take_up(self, one);
        turn(self);
      },
      [self] { self->delayed_send(self, between_loads, load_atom::value, std::string{}); });
}

// --- an attempt ---------------------------------------------------------------------------------

/// What is to be posted, before it is signed.
struct parcel {
  std::string key;
  std::string url;
  std::string tenant;
  std::int64_t unix_s = 0;
  net::letter what;
};

/// Lives for one attempt, on a thread of its own if it may block.
caf::behavior runner(caf::event_based_actor* self, const inner_actor& to, const poster& post,
                     const signer& secrets, const parcel& it) {
  posted how;
  how.key = it.key;
  try {
    auto what = it.what;
    const auto signs = net::webhook_headers(secrets(it.tenant), it.key, it.unix_s, what.body);
    what.headers.insert(what.headers.begin(), signs.begin(), signs.end());
    how.status = post(it.url, what);
  } catch (const net::fetch_error& wrong) {
    how.hopeless = wrong.whose() == net::at_fault::user;
    how.why = wrong.what();
  } catch (const std::exception& wrong) {
    how.why = wrong.what();
  }
  self->send(to, how);
  return {};
}

void send_it(self_pointer self, const std::string& key, const ledger::job_record& job) {
  auto& state = self->state;
  const auto found = state.open.find(key);
  if (found == state.open.end())
    return;
  constexpr std::int64_t ms_in_s = 1'000;
  const auto& note = found->second.what;
  parcel it{key, note.url, desk::tenant_of(note, job), state.with.unix_ms() / ms_in_s, {}};
  it.what.body = desk::letter_body(note, job);
  it.what.content_type = "application/json";
  if (!job.what.traceparent.empty())
    it.what.headers.emplace_back("traceparent", job.what.traceparent);
  const inner_actor me{self};
  if (state.with.detached)
    self->home_system().spawn<caf::detached>(runner, me, state.with.post, state.with.secrets, it);
  else
    self->home_system().spawn(runner, me, state.with.post, state.with.secrets, it);
}

/// The ledger does not answer.
void put_off(self_pointer self, const std::string& key) {
  posted how;
  how.key = key;
  how.put_off = true;
  self->send(self, how);
}

void attempt(self_pointer self, const std::string& key) {
  auto& state = self->state;
  const auto reader = state.with.find_reader();
  if (!reader)
    return put_off(self, key);
  self->request(reader, within, ledger::find_job{state.open.at(key).what.job_id})
      .then(
          [self, key](const ledger::found& it) {
            if (it.result == outcome::store_down)
              return put_off(self, key);
            send_it(self, key, it.what); // a job that is removed meanwhile is told of all the same
          },
          [self, key](const caf::error&) { put_off(self, key); });
}

void ended(self_pointer self, const posted& how) {
  auto& state = self->state;
  const auto found = state.open.find(how.key);
  if (found == state.open.end())
    return;
  if (how.put_off)
    return state.thought->ended(how.key, reply::put_off, state.with.unix_ms());
  const bool taken = how.status >= 200 && how.status < 300;
  const bool refused = how.status == gone || how.hopeless;
  auto& [what, trouble] = found->second;
  state.with.measures->webhook_attempts.of({taken     ? "delivered"
                                            : refused ? "refused"
                                                      : "failed"})
      .add();
  if (!taken) {
    trouble = how.status == 0 ? how.why : "it answers " + std::to_string(how.status);
    log::say(log::level::warning, "a webhook was not delivered",
             {{"job", what.job_id}, {"target", target_of(what.url)}, {"why", trouble}});
  }
  state.thought->ended(how.key, taken ? reply::taken : (refused ? reply::refused : reply::failed),
                       state.with.unix_ms());
}

// --- what follows --------------------------------------------------------------------------------

/// When it is lost, the attempts are fewer than they were, or what was delivered is once more.
void write(self_pointer self, ledger::write what) {
  const auto ledger = self->state.with.find_ledger();
  if (!ledger || what.documents.empty())
    return;
  what.must_not_be_lost = true;
  self->request(ledger, within, std::move(what))
      .then([](const ledger::all_written&) {}, [](const caf::error&) {});
}

/// That its end was not told, in the job's history.
ledger::event given_up(const courier_state& state, const open_delivery& which) {
  const auto attempts = which.what.attempts + 1;
  const auto target = target_of(which.what.url);
  state.with.measures->webhooks_given_up.add();
  log::say(log::level::error, "a webhook is given up",
           {{"job", which.what.job_id}, {"target", target}, {"why", which.trouble}});
  ledger::event what;
  what.job_id = which.what.job_id;
  what.kind = ledger::event_kind::warned;
  // It becomes the job's cause, too: why it ended stays in it.
  what.cause = (which.what.cause.empty() ? "" : which.what.cause + "; ") + "the webhook to " +
               target + " is given up after " + std::to_string(attempts) +
               (attempts == 1 ? " attempt: " : " attempts: ") + which.trouble;
  what.at_unix_ms = state.with.unix_ms();
  return what;
}

void show(const courier_state& state) {
  const auto to_steady = [off = state.with.steady_ms() - state.with.unix_ms()](std::int64_t unix) {
    return unix == 0 ? 0 : unix + off;
  };
  resources::webhook_reading now{{}, state.thought->open()};
  for (const auto& it : state.thought->breakers())
    now.breakers.push_back({"webhook " + it.target, resources::to_string(it.where), it.failures,
                            to_steady(it.since_ms), to_steady(it.next_ms), it.waiting});
  state.with.measures->set_webhooks(std::move(now));
}

void turn(self_pointer self) {
  auto& state = self->state;
  const auto now = state.with.unix_ms();
  ledger::write changes;
  const auto todo = state.thought->decide(now);
  for (const auto& it : todo.remembers) {
    auto& what = state.open.at(it.key).what;
    what.attempts = it.attempts;
    what.due_unix_ms = it.due_unix_ms;
    changes.documents.push_back(
        {desk::delivery_kind, it.key, desk::to_body(what), ledger::document::any_version});
  }
  for (const auto& it : todo.forgets) {
    if (!it.delivered)
      changes.events.push_back(given_up(state, state.open.at(it.key)));
    state.open.erase(it.key);
    changes.documents.push_back({desk::delivery_kind, it.key, "", ledger::document::any_version});
  }
  write(self, std::move(changes));
  show(state);
  for (const auto& it : todo.sends)
    attempt(self, it.key);
  const auto next = state.thought->next_unix_ms();
  if (!next || (state.wake_ms > now && state.wake_ms <= *next))
    return;
  state.wake_ms = std::max(*next, now + 1);
  self->delayed_send(self, std::chrono::milliseconds{state.wake_ms - now}, wake_atom::value);
}

inner_actor::behavior_type courier(self_pointer self, means with) {
  self->set_exception_handler(
      [](std::exception_ptr& thrown) { return supervision::explain(thrown); });
  self->state.thought.emplace(with.terms, with.seed);
  self->state.with = std::move(with);
  self->send(self, load_atom::value, std::string{});
  return {
      [self](const tell& asked) {
        take_up(self, asked.what);
        turn(self);
      },
      [self](const reset& asked) {
        self->state.thought->reset(asked.target, self->state.with.unix_ms());
        turn(self);
      },
      [self](load_atom, const std::string& after_key) { load(self, after_key); },
      [self](wake_atom) { turn(self); },
      [self](const posted& how) {
        ended(self, how);
        turn(self);
      },
  };
}

} // namespace

actor spawn(caf::actor_system& system, means with) {
  return caf::actor_cast<actor>(system.spawn(courier, std::move(with)));
}

} // namespace vdoc::courier
