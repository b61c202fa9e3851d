#include "actors/ledger/rules.hpp"
#include "actors/ledger/scribe.hpp"
#include "actors/ledger/spawn.hpp"
#include "actors/supervision/supervisor.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <optional>
#include <unordered_map>

namespace vdoc::ledger {

namespace {

using flush_atom = caf::atom_constant<caf::atom("flush")>;
using tick_atom = caf::atom_constant<caf::atom("tick")>;
using inner_actor = actor::extend<caf::reacts_to<flush_atom>, caf::reacts_to<tick_atom>>;

/// Who waits for a wish, and what it was made of.
struct waiting {
  std::variant<caf::typed_response_promise<submitted>, caf::typed_response_promise<recorded>,
               caf::typed_response_promise<all_written>>
      who;
  std::size_t jobs = 0, events = 0, documents = 0;

  void deliver(std::vector<written> each, const std::string& trouble, bool spooled, bool in_doubt) {
    if (auto* of_job = std::get_if<0>(&who)) {
      of_job->deliver(submitted{each.at(0).result, each.at(0).job_id, trouble});
    } else if (auto* of_event = std::get_if<1>(&who)) {
      of_event->deliver(recorded{each.at(0).result, each.at(0).sequence, trouble});
    } else {
      const auto events_at = each.begin() + static_cast<std::ptrdiff_t>(jobs);
      const auto documents_at = events_at + static_cast<std::ptrdiff_t>(events);
      const auto documents_end = documents_at + static_cast<std::ptrdiff_t>(documents);
      std::get<2>(who).deliver(all_written{{each.begin(), events_at},
                                           {events_at, documents_at},
                                           {documents_at, documents_end},
                                           trouble,
                                           spooled,
                                           in_doubt});
    }
  }
};

struct ledger_state {
  static inline const char* name = "LEDGER";
  means with;
  std::optional<rules> thought;
  std::unique_ptr<spool> kept;
  scribe hand;
  std::unordered_map<std::uint64_t, waiting> waits;
  std::uint64_t tickets = 0;
  std::vector<keep> to_keep;
  bool flush_is_coming = false;
  std::optional<caf::error> ending;

  ledger_state() = default;
  ledger_state(const ledger_state&) = delete;
  ledger_state& operator=(const ledger_state&) = delete;
  ~ledger_state() {
    if (hand)
      caf::anon_send_exit(caf::actor_cast<caf::actor>(hand), caf::exit_reason::user_shutdown);
  }

  void answer(std::uint64_t ticket, std::vector<written> each, const std::string& trouble,
              bool spooled = false, bool in_doubt = false) {
    const auto found = waits.find(ticket);
    if (found == waits.end())
      return;
    found->second.deliver(std::move(each), trouble, spooled, in_doubt);
    waits.erase(found);
  }
  [[nodiscard]] std::size_t spooled_now() const { return kept ? kept->size() : 0; }
};

using self_pointer = inner_actor::stateful_pointer<ledger_state>;

void carry_out(self_pointer self, effects todo);

void flush_soon(self_pointer self) {
  if (self->state.flush_is_coming)
    return;
  self->state.flush_is_coming = true;
  self->send(self, flush_atom::value); // behind all that is in the mailbox now
}

void end_if_done(self_pointer self) {
  auto& state = self->state;
  if (state.ending && state.thought->is_idle() && state.to_keep.empty())
    self->quit(*state.ending);
}

/// An event that is written later still happened when it was spooled.
std::vector<spooled> records_of(const std::vector<keep>& all, std::int64_t now_unix_ms) {
  std::vector<spooled> records;
  for (const auto& [wishes, doubt] : all)
    for (const auto& one : wishes) {
      records.push_back({0, one.entries, doubt});
      for (auto& each : records.back().entries)
        if (auto* happened = std::get_if<event>(&each);
            happened != nullptr && happened->at_unix_ms == 0)
          happened->at_unix_ms = now_unix_ms;
    }
  return records;
}

/// Puts into the spool what is to be kept, with one sync for all of it.
void store_kept(self_pointer self) {
  auto& state = self->state;
  const auto all = std::exchange(state.to_keep, {});
  if (all.empty())
    return;
  std::string trouble;
  if (!state.kept)
    trouble = state.thought->how().trouble;
  else
    try {
      state.kept->append(records_of(all, state.with.unix_ms()));
    } catch (const std::exception& why) {
      trouble = state.thought->how().trouble + "; nor does the spool take it: " + why.what();
    }
  const auto result = trouble.empty() ? outcome::done : outcome::store_down;
  for (const auto& [wishes, doubt] : all)
    for (const auto& one : wishes)
      state.answer(one.ticket, std::vector<written>(one.entries.size(), {result, {}, 0}), trouble,
                   trouble.empty());
}

void after_commit(self_pointer self, commit_done done) {
  auto& state = self->state;
  auto& measures = *state.with.measures;
  if (done.result.trouble.empty()) {
    measures.batch_entries.observe(static_cast<double>(done.result.each.size()));
    measures.commit_s.observe(std::chrono::duration<double>(done.took).count());
  } else {
    measures.commits_failed.add();
  }
  carry_out(self, state.thought->committed(std::move(done.result), done.took, self->clock().now(),
                                           state.with.unix_ms()));
}

void after_look(self_pointer self, const caught_up& done) {
  auto& state = self->state;
  store_kept(self);
  std::string finished;
  if (state.kept && done.through > 0) {
    finished = state.kept->id();
    state.kept->drop_through(done.through);
    if (state.kept->size() > 0)
      finished.clear();
  }
  carry_out(self, state.thought->looked_after(done, state.spooled_now(), self->clock().now(),
                                              state.with.unix_ms()));
  if (!finished.empty())
    carry_out(self, state.thought->asked({0, {end_of_spool(finished)}, false}));
}

/// What SCRIBE is to catch up with; says why when the spool cannot be read.
std::string arrears_of(ledger_state& state, const std::string& doubt, arrears& what) {
  what.doubt = doubt;
  if (!state.kept || state.kept->size() == 0)
    return {};
  try {
    what.spool = state.kept->id();
    what.records = state.kept->first(state.with.on.most_entries);
    return {};
  } catch (const std::exception& why) {
    return why.what();
  }
}

struct carrier {
  self_pointer self;

  void operator()(const commit& x) const {
    self->request(self->state.hand, caf::infinite, commit_order{x.entries})
        .then([self = self](commit_done& done) { after_commit(self, std::move(done)); },
              [self = self](const caf::error& why) { self->quit(why); });
  }
  void operator()(const look_after& x) const {
    auto what = std::make_shared<arrears>();
    caught_up unreadable;
    unreadable.trouble = arrears_of(self->state, x.doubt, *what);
    if (!unreadable.trouble.empty()) {
      after_look(self, unreadable);
      return;
    }
    self->request(self->state.hand, caf::infinite, catch_up_order{std::move(what)})
        .then([self = self](const catch_up_done& done) { after_look(self, done.result); },
              [self = self](const caf::error& why) { self->quit(why); });
  }
  void operator()(reply& x) const {
    self->state.answer(x.ticket, std::move(x.each), x.trouble, false, x.in_doubt);
  }
  void operator()(keep& x) const { self->state.to_keep.push_back(std::move(x)); }
};

void carry_out(self_pointer self, effects todo) {
  for (auto& each : todo)
    std::visit(carrier{self}, each);
  // Even when all is idle: somebody may have asked for something in the meantime.
  flush_soon(self);
}

template <class Answer>
caf::result<Answer> enqueue(self_pointer self, std::vector<entry> entries, bool must_not_be_lost,
                            const waiting& parts) {
  auto& state = self->state;
  auto promise = self->template make_response_promise<Answer>();
  state.waits.emplace(++state.tickets, waiting{promise, parts.jobs, parts.events, parts.documents});
  carry_out(self, state.thought->asked({state.tickets, std::move(entries), must_not_be_lost}));
  return promise;
}

caf::result<all_written> enqueue(self_pointer self, write& asked) {
  std::vector<entry> entries;
  const waiting parts{{}, asked.jobs.size(), asked.events.size(), asked.documents.size()};
  entries.reserve(parts.jobs + parts.events + parts.documents + asked.rolls.size());
  std::move(asked.jobs.begin(), asked.jobs.end(), std::back_inserter(entries));
  std::move(asked.events.begin(), asked.events.end(), std::back_inserter(entries));
  std::move(asked.documents.begin(), asked.documents.end(), std::back_inserter(entries));
  std::move(asked.rolls.begin(), asked.rolls.end(), std::back_inserter(entries));
  return enqueue<all_written>(self, std::move(entries), asked.must_not_be_lost, parts);
}

/// Questions see what has been acknowledged.
template <class Answer, class Question>
caf::result<Answer> ask_scribe(self_pointer self, const Question& asked) {
  const auto& how = self->state.thought->how();
  if (how.up)
    return self->delegate(self->state.hand, asked);
  Answer none;
  none.result = outcome::store_down;
  none.trouble = how.trouble;
  return none;
}

void begin(self_pointer self, means with) {
  auto& state = self->state;
  state.with = std::move(with);
  if (!state.with.spool.empty())
    state.kept = std::make_unique<spool>(state.with.spool);
  state.thought.emplace(state.with.on, state.spooled_now(), state.with.unix_ms());
  state.hand =
      spawn_scribe(self->system(), state.with.open, state.with.unix_ms, state.with.detached);
  self->monitor(state.hand);
  self->set_down_handler([self](const caf::down_msg& down) { self->quit(down.reason); });
  self->set_exception_handler(
      [](std::exception_ptr& thrown) { return supervision::explain(thrown); });
  self->set_exit_handler([self](const caf::exit_msg& asked) {
    self->state.ending = asked.reason;
    flush_soon(self);
  });
  self->send(self, tick_atom::value); // something may be left of an earlier process
}

inner_actor::behavior_type ledger(self_pointer self, means with) {
  begin(self, std::move(with));
  return {
      [self](submit& asked) {
        return enqueue<submitted>(self, {std::move(asked.what)}, false, {});
      },
      [self](record& asked) { return enqueue<recorded>(self, {std::move(asked.what)}, false, {}); },
      [self](const find_last& asked) { return ask_scribe<found>(self, asked); },
      [self](const history_of& asked) { return ask_scribe<history>(self, asked); },
      [self](write& asked) { return enqueue(self, asked); },
      [self](const health_of&) {
        auto how = self->state.thought->how();
        how.spooled = self->state.spooled_now();
        return how;
      },
      [self](flush_atom) {
        auto& state = self->state;
        state.flush_is_coming = false;
        store_kept(self);
        for (auto& each : state.thought->flush(self->clock().now()))
          std::visit(carrier{self}, each);
        end_if_done(self);
      },
      [self](tick_atom) {
        auto& state = self->state;
        self->delayed_send(self, state.with.on.tick, tick_atom::value);
        carry_out(self, state.thought->tick(self->clock().now(), state.with.unix_ms()));
      },
  };
}

} // namespace

actor spawn(caf::actor_system& system, means with) {
  return system.spawn(ledger, std::move(with));
}

} // namespace vdoc::ledger
