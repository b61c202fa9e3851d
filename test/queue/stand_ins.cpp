#include "test/queue/stand_ins.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <charconv>

namespace vdoc::test {

using namespace vdoc::ledger;

namespace {

job_state follows(job_state before, event_kind kind) {
  switch (kind) {
  case event_kind::started:
  case event_kind::resumed:
    return job_state::running;
  case event_kind::retrying:
    return job_state::retrying;
  case event_kind::interrupted:
    return job_state::interrupted;
  case event_kind::succeeded:
    return job_state::succeeded;
  case event_kind::failed:
    return job_state::failed;
  case event_kind::cancelled:
    return job_state::cancelled;
  case event_kind::due:
  case event_kind::requeued:
    return job_state::queued;
  default:
    return before;
  }
}

bool fits(const job_record& job, const event& what) {
  const bool running = job.state == job_state::running;
  switch (what.kind) {
  case event_kind::started:
  case event_kind::resumed:
    return job.state != job_state::scheduled;
  case event_kind::succeeded:
  case event_kind::retrying:
  case event_kind::interrupted:
    return running;
  case event_kind::failed:
  case event_kind::cancelled:
    return !is_end(job.state);
  case event_kind::due:
    return job.state == job_state::scheduled;
  case event_kind::requeued:
    return is_end(job.state) || job.state == job_state::retrying;
  default:
    return true;
  }
}

} // namespace

written memory_ledger::put(const job& what) {
  if (jobs.contains(what.id))
    return {outcome::done, what.id, 1};
  for (const auto& [id, it] : jobs)
    if (!what.idempotency_key.empty() && it.record.what.tenant == what.tenant &&
        it.record.what.idempotency_key == what.idempotency_key)
      return {outcome::known_already, id, 0};
  auto& it = jobs[what.id];
  it.record.what = what;
  const bool waits = what.not_before_unix_ms > 0 || !what.after.empty();
  it.record.state = waits ? job_state::scheduled : job_state::queued;
  event first;
  first.job_id = what.id;
  first.kind = event_kind::submitted;
  it.history.push_back(first);
  return {outcome::done, what.id, 1};
}

written memory_ledger::put(const event& what) {
  const auto found = jobs.find(what.job_id);
  if (found == jobs.end())
    return {outcome::unknown_job, what.job_id, 0};
  auto& job = found->second.record;
  if (what.fence != 0 && what.fence != job.attempts)
    return {outcome::stale, what.job_id, 0};
  if (!fits(job, what))
    return {outcome::impossible, what.job_id, 0};
  job.state = follows(job.state, what.kind);
  if (what.kind == event_kind::started || what.kind == event_kind::resumed) {
    ++job.attempts;
    ++job.tries;
  }
  if (what.kind == event_kind::requeued && !what.detail.empty())
    job.what.spec = what.detail;
  if (what.kind == event_kind::retrying)
    std::from_chars(what.detail.data(), what.detail.data() + what.detail.size(), job.due_unix_ms);
  if (!what.cause.empty())
    job.last_cause = what.cause;
  found->second.history.push_back(what);
  return {outcome::done, what.job_id, found->second.history.size()};
}

all_written memory_ledger::write(const ledger::write& what) {
  all_written done;
  if (!trouble.empty()) {
    done.trouble = trouble;
    done.spooled = what.must_not_be_lost;
    done.jobs.resize(what.jobs.size(), {outcome::store_down, {}, 0});
    done.events.resize(what.events.size(), {outcome::store_down, {}, 0});
    done.documents.resize(what.documents.size(), {outcome::store_down, {}, 0});
    if (!what.must_not_be_lost)
      return done;
  } else {
    ++writes;
    largest_write = std::max(largest_write, what.jobs.size() + what.events.size());
  }
  done.jobs.clear();
  for (const auto& one : what.jobs)
    done.jobs.push_back(put(one));
  done.events.clear();
  for (const auto& one : what.events)
    done.events.push_back(put(one));
  done.documents.clear();
  for (const auto& one : what.documents) {
    const auto key = one.kind + "/" + one.key;
    if (one.body.empty())
      documents.erase(key);
    else
      documents[key] = one;
    done.documents.push_back({outcome::done, {}, 1});
  }
  return done;
}

std::string memory_ledger::history_of(const std::string& id) const {
  std::string words;
  for (const auto& one : jobs.at(id).history)
    words += (words.empty() ? "" : " ") + to_string(one.kind);
  return words;
}

std::size_t memory_ledger::in_state(job_state state) const {
  return static_cast<std::size_t>(std::count_if(
      jobs.begin(), jobs.end(), [&](const auto& it) { return it.second.record.state == state; }));
}

ledger::actor spawn_ledger(caf::actor_system& system, std::shared_ptr<memory_ledger> from) {
  return system.spawn([from](ledger::actor::pointer) -> ledger::actor::behavior_type {
    return {
        [](const submit&) { return submitted{}; },
        [](const record&) { return recorded{}; },
        [](const find_last&) { return found{}; },
        [](const ledger::history_of&) { return history{}; },
        [from](const ledger::write& what) { return from->write(what); },
        [from](const health_of&) {
          health how;
          how.up = from->trouble.empty();
          how.trouble = from->trouble;
          return how;
        },
    };
  });
}

ledger::reader spawn_reader(caf::actor_system& system, std::shared_ptr<memory_ledger> from) {
  return system.spawn([from](ledger::reader::pointer) -> ledger::reader::behavior_type {
    return {
        [from](const find_job& asked) {
          const auto it = from->jobs.find(asked.id);
          if (!from->trouble.empty())
            return found{outcome::store_down, {}, from->trouble};
          return it == from->jobs.end() ? found{outcome::unknown_job, {}, {}}
                                        : found{outcome::done, it->second.record, {}};
        },
        [from](const read_history& asked) {
          const auto it = from->jobs.find(asked.job_id);
          return it == from->jobs.end() ? history{outcome::unknown_job, {}, {}}
                                        : history{outcome::done, it->second.history, {}};
        },
        [from](const list_jobs& asked) {
          job_page page;
          for (auto it = from->jobs.rbegin(); it != from->jobs.rend(); ++it) {
            const auto& job = it->second.record;
            const auto& states = asked.which.states;
            const bool fits_state = states.empty() || std::find(states.begin(), states.end(),
                                                                job.state) != states.end();
            const bool fits_tenant =
                asked.which.tenant.empty() || asked.which.tenant == job.what.tenant;
            if (!fits_state || !fits_tenant || (!asked.cursor.empty() && it->first >= asked.cursor))
              continue;
            if (page.jobs.size() == asked.most) {
              page.next = page.jobs.back().what.id;
              break;
            }
            page.jobs.push_back(job);
          }
          return page;
        },
        [from](const list_open_jobs& asked) {
          job_page page;
          if (!from->trouble.empty())
            page.result = outcome::store_down;
          for (const auto& [id, it] : from->jobs)
            if (id > asked.after_id && !is_end(it.record.state) && page.jobs.size() < asked.most)
              page.jobs.push_back(it.record);
          return page;
        },
        [](const count_jobs&) { return counts{}; },
        [from](const read_documents& asked) {
          ledger::documents page;
          for (const auto& [key, one] : from->documents)
            if (one.kind == asked.kind && one.key > asked.after_key && page.all.size() < asked.most)
              page.all.push_back(one);
          return page;
        },
    };
  });
}

} // namespace vdoc::test
